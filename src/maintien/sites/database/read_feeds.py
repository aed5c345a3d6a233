"""Reads with each batch of courses whom the feeds still list, of the people they have enrolled.

Cohorts are in Moodle's own database: one query a batch. The register is outside and has no order that
batches could use, so it is read once, before (:mod:`maintien.sites.feeds.register_people`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from maintien.enrolments.state import EnrolmentInstance
from maintien.moodle.ids import CourseId, InstanceId, UserId
from maintien.sites.database.tables import MoodleTables

COHORT = "cohort"
DATABASE = "database"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFeeds:
    """What is known of the feeds before any course is read."""

    register: Mapping[CourseId, Collection[int]] | None
    """Ids of the people whom the register lists, by course; None where it can't be read."""

    def read_listed(
        self, connection: Connection, tables: MoodleTables, instances: Collection[EnrolmentInstance]
    ) -> Mapping[InstanceId, frozenset[UserId]]:
        """Tell for each of these instances whom its feed lists; instances without a known feed are missing.

        Disabled instances and cohorts count as well: who is listed comes back when they are enabled.

        Source: enrol_cohort_sync (enrol/cohort/locallib.php), Moodle 4.1 and 4.3.
        """
        listed = _members(connection, tables, [row.id for row in instances if row.method == COHORT])
        if self.register is not None:
            for row in instances:
                if row.method == DATABASE:
                    people = self.register.get(row.courseid, ())
                    listed[row.id] = frozenset(UserId(userid) for userid in people)
        return listed


def _members(
    connection: Connection, tables: MoodleTables, ids: Collection[InstanceId]
) -> dict[InstanceId, frozenset[UserId]]:
    """Find the people of these instances who are in the cohort that the instance follows."""
    if not ids:
        return {}
    instance, enrolment, member = tables.enrol, tables.user_enrolments, tables.cohort_members
    theirs = and_(member.c.cohortid == instance.c.customint1, member.c.userid == enrolment.c.userid)
    rows = connection.execute(
        select(instance.c.id, member.c.userid)
        .select_from(instance.join(enrolment, enrolment.c.enrolid == instance.c.id).join(member, theirs))
        .where(instance.c.id.in_(sorted(ids)))
    )
    people: dict[InstanceId, set[UserId]] = {instanceid: set() for instanceid in ids}
    for instanceid, userid in rows:
        people[InstanceId(instanceid)].add(UserId(userid))
    return {instanceid: frozenset(found) for instanceid, found in people.items()}
