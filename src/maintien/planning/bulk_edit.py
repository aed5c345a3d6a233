"""On which rows Moodle's bulk operations work: those of the first manual instance on the course's page.

Source: user/action_redir.php, which takes the first of enrol_get_instances (lib/enrollib.php) and looks
for the selected people in that one alone; Moodle 4.1 and 4.3.
"""

from collections.abc import Iterable

from maintien.enrolments.state import EnrolmentInstance
from maintien.moodle.values import MANUAL


def find_edited_instance(instances: Iterable[EnrolmentInstance]) -> EnrolmentInstance | None:
    """Find the manual instance that the bulk edit works on, or None where the course has none.

    A restore takes the oldest (:attr:`~maintien.enrolments.state.CourseState.manual_instance`), which
    need not be the same.
    """
    manual = (instance for instance in instances if instance.method == MANUAL)
    return min(manual, key=lambda instance: (instance.sortorder, instance.id), default=None)
