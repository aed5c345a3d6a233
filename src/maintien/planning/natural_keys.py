"""Finds the row that a journalled change is about, also where the database has numbered it since."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from maintien.enrolments.state import (
    CourseState,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.ids import UNSAVED, InstanceId
from maintien.moodle.values import MANUAL
from maintien.planning.changes import NEW_MANUAL_INSTANCE, Row


class RowsByKey:
    """The rows of a course, by what identifies them besides their id."""

    def __init__(self, state: CourseState) -> None:
        """Index the rows of ``state``."""
        self._state = state
        rows: Iterable[Row] = (
            *state.instances,
            *state.enrolments,
            *state.roles,
            *state.memberships,
        )
        self._by_id: Mapping[tuple[type, int], Any] = {(type(row), row.id): row for row in rows}
        self._by_key: dict[Hashable, Any] = {}
        for row in rows:
            # The first by id, where a role is there twice.
            self._by_key.setdefault(self._key(row), row)

    def find(self, row: Row) -> Any | None:  # noqa: ANN401 -- a row of the same table
        """Give the row that is there for ``row``: by its id if it has one, else by its key."""
        if row.id != UNSAVED:
            return self._by_id.get((type(row), row.id))
        return self._by_key.get(self._key(row))

    def find_by_key(self, row: Row) -> Any | None:  # noqa: ANN401 -- a row of the same table
        """Give the row with the same key, whatever its id."""
        return self._by_key.get(self._key(row))

    def same_but_for_ids(self, planned: Row, found: Row) -> bool:
        """Whether ``found`` is what ``planned`` became: equal but for what the database numbered."""
        return bool(self.numbered(planned, found) == found)

    def numbered(self, planned: Any, found: Any) -> Any:  # noqa: ANN401 -- rows of one table
        """Give ``planned`` the ids that the database gave to what ``found`` is."""
        if planned.id == UNSAVED:
            planned = planned._replace(id=found.id)
        if isinstance(planned, UserEnrolment) and planned.instanceid == NEW_MANUAL_INSTANCE:
            planned = planned._replace(instanceid=self._manual_instance())
        return planned

    def _key(self, row: Row) -> Hashable:
        match row:
            case EnrolmentInstance():
                return (EnrolmentInstance, MANUAL) if row.method == MANUAL else (row.id,)
            case UserEnrolment():
                instanceid = row.instanceid
                if instanceid == NEW_MANUAL_INSTANCE:
                    instanceid = self._manual_instance()
                return (UserEnrolment, instanceid, row.userid)
            case RoleAssignment():
                return (RoleAssignment, row.roleid, row.userid, row.component, row.itemid)
            case GroupMembership():
                return (GroupMembership, row.groupid, row.userid)

    def _manual_instance(self) -> InstanceId:
        manual = self._state.manual_instance
        return NEW_MANUAL_INSTANCE if manual is None else manual.id
