"""Plans each course under its own policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from maintien.enrolments.state import CourseState
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import CourseId, RoleId
from maintien.planning.plan import CoursePlan
from maintien.planning.planner import Planner
from maintien.planning.policy import Circumstances, Policy, end_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """Which policy each course has."""

    common: Policy
    """What holds where a course has none of its own, and what a report's heading says."""
    of_courses: Mapping[CourseId, Policy] = field(default_factory=dict)

    def of(self, courseid: CourseId) -> Policy:
        """Give the policy of one course."""
        return self.of_courses.get(courseid, self.common)

    @property
    def have_several_ends(self) -> bool:
        """Whether courses end at different times."""
        return any(end_of(policy) != end_of(self.common) for policy in self.of_courses.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePlanners:
    """One planner for each policy, however many courses share it."""

    policies: Policies
    config: SiteConfig
    circumstances: Circumstances
    planners: Mapping[Policy, Planner] = field(init=False)

    def __post_init__(self) -> None:
        planners = {
            policy: Planner(policy=policy, config=self.config, circumstances=self.circumstances)
            for policy in (self.policies.common, *self.policies.of_courses.values())
        }
        object.__setattr__(self, "planners", planners)

    def plan(self, state: CourseState) -> CoursePlan:
        """Plan a course under its policy."""
        return self.planners[self.policies.of(state.course.id)].plan(state)

    @property
    def inherited_roles(self) -> frozenset[RoleId]:
        """The roles that some policy has to look up above the courses."""
        return frozenset().union(*(planner.inherited_roles for planner in self.planners.values()))
