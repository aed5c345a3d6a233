"""Typed changes: each holds the row before and after, so it can be shown, applied and reversed."""

from typing import Generic, NamedTuple, TypeAlias, TypeVar

from maintien.enrolments.state import (
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.ids import UNSAVED, InstanceId

Row: TypeAlias = EnrolmentInstance | UserEnrolment | RoleAssignment | GroupMembership

R_co = TypeVar("R_co", bound=Row, covariant=True)

NEW_MANUAL_INSTANCE = InstanceId(UNSAVED)
"""Stands for the manual instance that the same course plan adds; a course has at most one."""


class Added(NamedTuple, Generic[R_co]):
    """A row that is not there yet. Its id is :data:`~maintien.moodle.ids.UNSAVED` unless it had one once."""

    row: R_co

    def inverse(self) -> "Removed[R_co]":
        """The change that takes this one back."""
        return Removed(self.row)


class Changed(NamedTuple, Generic[R_co]):
    """A row that gets other values under the same id. Both rows are of one type."""

    before: R_co
    after: R_co

    def inverse(self) -> "Changed[R_co]":
        """The change that takes this one back."""
        return Changed(self.after, self.before)


class Removed(NamedTuple, Generic[R_co]):
    """A row that goes."""

    row: R_co

    def inverse(self) -> Added[R_co]:
        """The change that takes this one back."""
        return Added(self.row)


Change: TypeAlias = Added[Row] | Changed[Row] | Removed[Row]


def row_of(change: Change) -> Row:
    """Give the row that a change is about, as it leaves it: or as it was, where the row goes."""
    return change.after if isinstance(change, Changed) else change.row
