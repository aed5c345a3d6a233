"""Who loses access to a course when the feeds drop them, what happens to them, and what they lose.

The rules, in order:

1. Asked about are people who have access at the moment asked for, and through automatic methods only;
   deleted and suspended accounts have no access to lose.
2. A method does to people whom its feed drops what its unenrol action says. It does nothing where the
   site has it switched off, since its sync does not run then; the external database does nothing in
   hidden courses, where its settings say so, nor to somebody who has no role that it gave: its sync goes
   by roles. Cohort sync has no "keep".
3. One method that keeps a person is enough to keep access.
4. Whoever is unenrolled loses the group memberships that the instance owns; and whoever then has no
   enrolment left in the course, by whatever method, active or not, loses all groups and grades.
5. Where the feeds were read, whom they list keeps access, gets it, or gets it back: cohort sync takes in
   people in enabled instances only, the external database in any.

Source: enrol_cohort_sync (enrol/cohort/locallib.php), enrol_database_plugin::sync_enrolments
(enrol/database/lib.php), enrol_plugin::unenrol_user (lib/enrollib.php), Moodle 4.1 and 4.3.
"""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum

from maintien.enrolments.roll import CourseRoll, Listing, RollEntry, RollInstance
from maintien.enrolments.state import Course
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import InstanceId, UserId
from maintien.moodle.values import COHORT, DATABASE, UnenrolAction

NOBODY: frozenset[UserId] = frozenset()


class UnenrolEffect(Enum):
    """What being dropped does to a person in a course; the worst that any of their methods does."""

    KEPT = "kept"
    """Access stays."""
    SUSPENDED = "suspended"
    SUSPENDED_WITHOUT_ROLES = "suspended_and_roles_removed"
    UNENROLLED = "unenrolled"


class ListedState(Enum):
    """What the feeds say of a person who depends on them."""

    LISTED = "listed"
    """Some feed lists the person, so the next sync leaves them their access."""
    DROPPED = "dropped"
    """No feed lists the person any more: the next sync does what the unenrol action says."""
    SPARED = "spared"
    """No feed lists the person, but the register is empty, which the sync takes for an accident."""
    UNKNOWN = "unknown"
    """A feed that could not be read may list the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSync:
    """What the next sync would do in a course, as far as its feeds were read."""

    states: Mapping[ListedState, frozenset[UserId]]
    """The forecast's people, each in one of them."""
    to_add: frozenset[UserId]
    """People listed whom an instance has not enrolled yet."""
    to_return: frozenset[UserId]
    """People listed whose enrolment is suspended now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseForecast:
    """The people of one course whose access depends on feeds."""

    course: Course
    participants: int
    """Everybody enrolled whose account is not deleted, with access or without."""
    people: frozenset[UserId]
    """People who have access, and through automatic methods only."""
    students: frozenset[UserId]
    """Those of them who are students."""
    by_method: Mapping[str, frozenset[UserId]]
    """Those who have access through each automatic method; the sets may overlap."""
    effects: Mapping[UnenrolEffect, frozenset[UserId]]
    """What happens to each once the feeds drop them all; where the feeds were read, what happens now to
    those whom they have dropped already."""
    gone: frozenset[UserId]
    """People who have no enrolment left in the course then."""
    groups: Mapping[UserId, int] = field(default_factory=dict)
    """How many group memberships they lose; without those who lose none."""
    grades: Mapping[UserId, int] = field(default_factory=dict)
    """How many recorded grades they lose; without those who lose none."""
    next_sync: NextSync | None = None
    """None where no feed was to be read."""

    @property
    def losing(self) -> frozenset[UserId]:
        """People who lose access once the feeds drop them."""
        return self.people - self.effects[UnenrolEffect.KEPT]

    @property
    def losing_now(self) -> frozenset[UserId]:
        """People who lose access with the next sync; nobody where no feed was read."""
        if self.next_sync is None:
            return NOBODY
        return self.losing & self.next_sync.states[ListedState.DROPPED]

    def methods_of(self, userid: UserId) -> tuple[str, ...]:
        """Name the automatic methods through which a person has access, in alphabetical order."""
        return tuple(sorted(method for method, people in self.by_method.items() if userid in people))

    def effect_on(self, userid: UserId) -> UnenrolEffect:
        """Tell what happens to one of the forecast's people."""
        return next(effect for effect, people in self.effects.items() if userid in people)

    def listed_state_of(self, userid: UserId) -> ListedState | None:
        """Tell what the feeds say of one of the forecast's people; None where none was to be read."""
        if self.next_sync is None:
            return None
        return next(state for state, people in self.next_sync.states.items() if userid in people)


def forecast_course(
    roll: CourseRoll, config: SiteConfig, *, at: int, reads_feeds: bool = False
) -> CourseForecast:
    """Forecast what becomes of a course's people whose access at Unix time ``at`` depends on feeds.

    With ``reads_feeds`` also what the next sync would do, from the roll's listings.
    """
    standing = _Standing(roll, config, at)
    if_all_dropped = standing.drop({})
    if not reads_feeds:
        return standing.forecast(if_all_dropped, None)
    next_sync = standing.next_sync()
    already = next_sync.states[ListedState.DROPPED]
    as_feeds_are = standing.drop(left_alone_by_feeds(roll, roll.members()))
    return standing.forecast(if_all_dropped.replaced_for(already, as_feeds_are), next_sync)


def reached_by_sync(
    roll: CourseRoll, config: SiteConfig, instanceid: InstanceId, members: AbstractSet[UserId]
) -> AbstractSet[UserId]:
    """Find which of an instance's ``members`` its sync withdraws in some way once their feed drops them."""
    instance = roll.instances[instanceid]
    if not instance.is_automatic or unenrol_action(roll, config, instance) is UnenrolAction.KEEP:
        return NOBODY
    if instance.method == DATABASE:
        return members & roll.role_holders.get(instanceid, NOBODY)
    return members


def unenrol_action(roll: CourseRoll, config: SiteConfig, instance: RollInstance) -> UnenrolAction:
    """Tell what an automatic instance does to people whom its feed drops: keep, if its sync stays away."""
    if not config.is_enabled(instance.method):
        return UnenrolAction.KEEP
    if instance.method == DATABASE and config.register_skips_hidden_courses and not roll.is_visible:
        return UnenrolAction.KEEP
    return config.unenrol_action(instance.method)


def left_alone_by_feeds(
    roll: CourseRoll, members: Mapping[InstanceId, AbstractSet[UserId]]
) -> Mapping[InstanceId, AbstractSet[UserId]]:
    """Tell whom the next sync leaves as they are in each instance whose feed was read."""
    return {
        instanceid: members.get(instanceid, NOBODY) if listing.spares_everybody else listing.people
        for instanceid, listing in roll.listings.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drop:
    """What a sync that drops certain people does to those who depend on it."""

    effects: Mapping[UnenrolEffect, frozenset[UserId]]
    gone: frozenset[UserId]
    groups: Mapping[UserId, int]
    grades: Mapping[UserId, int]

    def replaced_for(self, people: frozenset[UserId], other: "_Drop") -> "_Drop":
        """Take what is said of ``people`` from another one."""
        if not people:
            return self
        return _Drop(
            effects={
                effect: (mine - people) | (other.effects[effect] & people)
                for effect, mine in self.effects.items()
            },
            gone=(self.gone - people) | (other.gone & people),
            groups=_replaced(self.groups, people, other.groups),
            grades=_replaced(self.grades, people, other.grades),
        )


def _replaced(
    mine: Mapping[UserId, int], people: frozenset[UserId], other: Mapping[UserId, int]
) -> Mapping[UserId, int]:
    kept = {userid: number for userid, number in mine.items() if userid not in people}
    return kept | {userid: number for userid, number in other.items() if userid in people}


class _Standing:
    """Who is in a course through what, gone through once; all further questions are of sets."""

    def __init__(self, roll: CourseRoll, config: SiteConfig, at: int) -> None:
        self._roll = roll
        self._config = config
        self._at = at
        self._members = roll.members()
        self._with_access = roll.with_access(at)
        self._automatic = [i for i, instance in roll.instances.items() if instance.is_automatic]
        self._people = self._depending_on_feeds()

    def _depending_on_feeds(self) -> frozenset[UserId]:
        people: set[UserId] = set()
        for instanceid in self._automatic:
            people |= self._with_access.get(instanceid, NOBODY)
        for instanceid, others in self._with_access.items():
            if not self._roll.instances[instanceid].is_automatic:
                people -= others
        return frozenset(people - self._roll.barred)

    def forecast(self, drop: _Drop, next_sync: NextSync | None) -> CourseForecast:
        """Put together what is known of the course's people."""
        enrolled: set[UserId] = set().union(*self._members.values())
        by_method: dict[str, frozenset[UserId]] = {}
        for instanceid in self._automatic:
            method = self._roll.instances[instanceid].method
            through = self._people & self._with_access.get(instanceid, NOBODY)
            by_method[method] = by_method.get(method, NOBODY) | through
        return CourseForecast(
            course=self._roll.course,
            participants=len(enrolled - self._roll.deleted),
            people=self._people,
            students=self._people & self._roll.students,
            by_method=by_method,
            effects=drop.effects,
            gone=drop.gone,
            groups=drop.groups,
            grades=drop.grades,
            next_sync=next_sync,
        )

    def drop(self, listed: Mapping[InstanceId, AbstractSet[UserId]]) -> _Drop:
        """Tell what a sync does that drops everybody but whom each instance's feed lists."""
        withdrawn = {
            instanceid: self._reached(instanceid) - listed.get(instanceid, NOBODY)
            for instanceid in self._automatic
        }
        losing = self._people - self._still_in(withdrawn)
        by_action = self._by_action(withdrawn)
        unenrolled = losing & by_action[UnenrolAction.UNENROL]
        without_roles = (losing - unenrolled) & by_action[UnenrolAction.SUSPEND_AND_REMOVE_ROLES]
        gone = unenrolled - self._left_enrolled(withdrawn)
        return _Drop(
            effects={
                UnenrolEffect.KEPT: self._people - losing,
                UnenrolEffect.SUSPENDED: losing - unenrolled - without_roles,
                UnenrolEffect.SUSPENDED_WITHOUT_ROLES: without_roles,
                UnenrolEffect.UNENROLLED: unenrolled,
            },
            gone=gone,
            groups=self._lost_groups(withdrawn, unenrolled, gone),
            grades=self._lost_grades(gone),
        )

    def _reached(self, instanceid: InstanceId) -> AbstractSet[UserId]:
        members = self._members.get(instanceid, set())
        return reached_by_sync(self._roll, self._config, instanceid, members)

    def _action(self, instanceid: InstanceId) -> UnenrolAction:
        return unenrol_action(self._roll, self._config, self._roll.instances[instanceid])

    def _still_in(self, withdrawn: Mapping[InstanceId, AbstractSet[UserId]]) -> set[UserId]:
        """Find who still has access through an automatic instance."""
        people: set[UserId] = set()
        for instanceid in self._automatic:
            people |= self._with_access.get(instanceid, set()) - withdrawn[instanceid]
        return people

    def _by_action(
        self, withdrawn: Mapping[InstanceId, AbstractSet[UserId]]
    ) -> Mapping[UnenrolAction, set[UserId]]:
        people: dict[UnenrolAction, set[UserId]] = {action: set() for action in UnenrolAction}
        for instanceid, leaving in withdrawn.items():
            if leaving:
                people[self._action(instanceid)] |= leaving
        return people

    def _left_enrolled(self, withdrawn: Mapping[InstanceId, AbstractSet[UserId]]) -> set[UserId]:
        """Find who has an enrolment afterwards, be it suspended."""
        people: set[UserId] = set()
        for instanceid, members in self._members.items():
            leaving = withdrawn.get(instanceid)
            if not leaving or self._action(instanceid) is not UnenrolAction.UNENROL:
                people |= members
            elif len(leaving) < len(members):
                people |= members - leaving
        return people

    def _lost_groups(
        self,
        withdrawn: Mapping[InstanceId, AbstractSet[UserId]],
        unenrolled: frozenset[UserId],
        gone: frozenset[UserId],
    ) -> Mapping[UserId, int]:
        unenrolling = {
            int(instanceid): leaving
            for instanceid, leaving in withdrawn.items()
            if leaving and self._action(instanceid) is UnenrolAction.UNENROL
        }
        lost: Counter[UserId] = Counter()
        for userid, owner in self._roll.memberships:
            goes_with_owner = userid in unenrolled and userid in unenrolling.get(owner, NOBODY)
            if userid in gone or goes_with_owner:
                lost[userid] += 1
        return dict(lost)

    def _lost_grades(self, gone: frozenset[UserId]) -> Mapping[UserId, int]:
        return {userid: number for userid, number in self._roll.grades.items() if userid in gone}

    def next_sync(self) -> NextSync:
        """Tell what the feeds say of the people, and whom they add or bring back."""
        secured = self._secured()
        spared, unknown = self._people_of_unclear_feeds()
        remaining = self._people - secured
        states = {
            ListedState.LISTED: self._people & secured,
            ListedState.SPARED: remaining & spared,
            ListedState.UNKNOWN: (remaining - spared) & unknown,
            ListedState.DROPPED: remaining - unknown - spared,
        }
        to_add: set[UserId] = set()
        to_return: set[UserId] = set()
        for instanceid, listing in self._taking_in():
            members = self._members.get(instanceid, NOBODY)
            to_add |= listing.people - members
            to_return |= listing.people & self._suspended_in(instanceid)
        return NextSync(
            states=states,
            to_add=frozenset(to_add - self._roll.deleted),
            to_return=frozenset(to_return - self._roll.deleted),
        )

    def _taking_in(self) -> list[tuple[InstanceId, Listing]]:
        """Find the instances whose sync enrols people, with what their feed says."""
        found = []
        for instanceid in self._automatic:
            instance, listing = self._roll.instances[instanceid], self._roll.listings.get(instanceid)
            if listing is None or not self._is_followed(instance):
                continue
            if instance.is_enabled or instance.method != COHORT:
                found.append((instanceid, listing))
        return found

    def _is_followed(self, instance: RollInstance) -> bool:
        if not self._config.is_enabled(instance.method):
            return False
        is_skipped = self._config.register_skips_hidden_courses and not self._roll.is_visible
        return instance.method != DATABASE or not is_skipped

    def _secured(self) -> set[UserId]:
        """Find who has access through a feed that lists them, once its sync has run."""
        secured: set[UserId] = set()
        for instanceid, listing in self._taking_in():
            if self._roll.instances[instanceid].is_enabled:
                secured |= listing.people - self._out_of_time(instanceid)
        return secured

    def _out_of_time(self, instanceid: InstanceId) -> set[UserId]:
        """Find people whose enrolment's dates keep them out also after the sync.

        Only the external database takes dates away, from enrolments without a role that it gave.
        """
        late: set[UserId] = set()
        for entry in self._entries_of(instanceid):
            if not entry.is_in_time(self._at):
                late.update(entry.people)
        if self._roll.instances[instanceid].method == DATABASE:
            return late & self._roll.role_holders.get(instanceid, NOBODY)
        return late

    def _suspended_in(self, instanceid: InstanceId) -> set[UserId]:
        suspended: set[UserId] = set()
        for entry in self._entries_of(instanceid):
            if not entry.is_active:
                suspended.update(entry.people)
        return suspended

    def _entries_of(self, instanceid: InstanceId) -> list[RollEntry]:
        return [entry for entry in self._roll.entries if entry.instanceid == instanceid]

    def _people_of_unclear_feeds(self) -> tuple[set[UserId], set[UserId]]:
        """Find whom an empty register spares, and whom a feed may list that was not read."""
        spared: set[UserId] = set()
        unknown: set[UserId] = set()
        for instanceid in self._automatic:
            people = self._with_access.get(instanceid, NOBODY)
            listing = self._roll.listings.get(instanceid)
            if listing is None:
                unknown |= people
            elif listing.spares_everybody:
                spared |= people
        return spared, unknown
