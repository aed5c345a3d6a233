"""Values that Moodle's columns and settings take.

Source: lib/enrollib.php (``ENROL_*``), lib/accesslib.php (``CONTEXT_*``), Moodle 4.1 and 4.3.
"""

from enum import IntEnum
from typing import Final


class EnrolmentStatus(IntEnum):
    """``user_enrolments.status``."""

    ACTIVE = 0
    SUSPENDED = 1


class InstanceStatus(IntEnum):
    """``enrol.status``."""

    ENABLED = 0
    DISABLED = 1


class UnenrolAction(IntEnum):
    """What a method does to people its feed has dropped (``enrol_*/unenrolaction``).

    Also what the manual method does at the end date (``enrol_manual/expiredaction``).
    """

    UNENROL = 0
    KEEP = 1
    SUSPEND = 2
    SUSPEND_AND_REMOVE_ROLES = 3


class ContextLevel(IntEnum):
    """``context.contextlevel``."""

    SYSTEM = 10
    USER = 30
    CATEGORY = 40
    COURSE = 50


MANUAL: Final = "manual"
"""The method whose rows belong to people, not to a feed."""

COHORT: Final = "cohort"
"""The method that follows the members of a cohort."""

DATABASE: Final = "database"
"""The method that follows a table outside Moodle, the register."""

AUTOMATIC_METHODS: Final = frozenset({COHORT, DATABASE})
"""The methods whose feeds drop people, and whose syncs then withdraw them."""

NO_END: Final = 0
"""``timeend`` of an enrolment that never ends."""

FOREVER: Final = 2147483647
"""The column default of ``timeend``; Moodle reads it as a date in 2038, people mean "never"."""

NO_COMPONENT: Final = ""
"""``component`` of what people gave by hand; a method's rows have ``enrol_<method>``."""

NO_ITEM: Final = 0
"""``itemid`` of what people gave by hand; a method's rows have their instance's id."""


def component_of(method: str) -> str:
    """Name the component that owns what ``method`` gave: ``enrol_cohort`` for ``cohort``."""
    return f"enrol_{method}"


def is_unlimited(ends_at: int) -> bool:
    """Whether an enrolment with this ``timeend`` never ends."""
    return ends_at in (NO_END, FOREVER)
