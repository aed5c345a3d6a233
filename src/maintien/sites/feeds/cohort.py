"""What cohorts say: their members are listed for every course that cohort sync feeds from them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Select, and_, select

from maintien.moodle.ids import CourseId, InstanceId, RoleId, UserId
from maintien.sites.database.tables import MoodleTables
from maintien.sites.feeds.interface import Listed

COHORT: Final = "cohort"


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortFeed:
    """The cohorts of a site, as a :class:`~maintien.sites.feeds.interface.Feed`."""

    connection: Connection
    tables: MoodleTables

    @property
    def method(self) -> str:
        """Cohort sync."""
        return COHORT

    def read_listed(self, courses: Collection[CourseId] | None = None) -> Iterator[Listed]:
        """Read the members of all cohorts that are synced with these courses, or with any.

        Members count for disabled instances too: these don't take people in, but keep those they have.

        Source: enrol_cohort_sync (enrol/cohort/locallib.php), Moodle 4.1 and 4.3.
        """
        statement = members(self.tables)
        if courses is not None:
            statement = statement.where(self.tables.enrol.c.courseid.in_(courses))
        for instanceid, courseid, userid, roleid in self.connection.execute(statement):
            yield Listed(
                InstanceId(instanceid), CourseId(courseid), UserId(userid), RoleId(roleid or 0) or None
            )


def members(tables: MoodleTables) -> Select[int, int, int, int | None]:
    """Every cohort instance with every living member of its cohort: instance, course, user, role."""
    instance, member, user = tables.enrol, tables.cohort_members, tables.user
    return (
        select(instance.c.id, instance.c.courseid, member.c.userid, instance.c.roleid)
        .join_from(instance, member, member.c.cohortid == instance.c.customint1)
        .join(user, and_(user.c.id == member.c.userid, user.c.deleted == 0))
        .where(instance.c.enrol == COHORT)
    )
