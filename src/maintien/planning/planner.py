"""Chooses the rules that plan a course, from the policy."""

from dataclasses import dataclass

from maintien.enrolments.state import CourseState
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import RoleId
from maintien.planning.convert import plan_conversion
from maintien.planning.end_date import plan_end_date
from maintien.planning.like_moodle import plan_like_moodle
from maintien.planning.move import plan_move
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import (
    Circumstances,
    ConversionPolicy,
    EndDatePolicy,
    EndFor,
    LikeMoodlePolicy,
    Mode,
    Policy,
    RescuePolicy,
    UnenrolPolicy,
)
from maintien.planning.rescue import plan_rescue
from maintien.planning.unenrol import plan_unenrol


@dataclass(frozen=True, slots=True, kw_only=True)
class Planner:
    """Plans one course after another under one policy; holds no state of its own."""

    policy: Policy
    config: SiteConfig
    circumstances: Circumstances

    def plan(self, state: CourseState) -> CoursePlan:
        """Plan what the policy does to this course."""
        match self.policy:
            case ConversionPolicy(mode=Mode.MOVE):
                return plan_move(state, self.policy, self.config, self.circumstances)
            case ConversionPolicy():
                return plan_conversion(state, self.policy, self.config, self.circumstances)
            case LikeMoodlePolicy():
                return plan_like_moodle(state, self.policy, self.config, self.circumstances)
            case RescuePolicy():
                return plan_rescue(state, self.policy, self.config, self.circumstances)
            case EndDatePolicy():
                return plan_end_date(state, self.policy, self.config, self.circumstances)
            case UnenrolPolicy():
                return plan_unenrol(state, self.policy, self.config, self.circumstances)

    @property
    def inherited_roles(self) -> frozenset[RoleId]:
        """The roles that have to be looked up in the contexts above the course as well.

        Moodle's participants page filters by roles of the parent contexts too
        (participants_search::get_roles_sql, user/classes/table/participants_search.php, Moodle 4.3),
        so whatever reproduces its selection needs them; a conversion's own rules don't.
        """
        match self.policy:
            case ConversionPolicy(end_for=EndFor.CONVERTED) | RescuePolicy():
                return frozenset()
            case ConversionPolicy() | LikeMoodlePolicy():
                return self.policy.end_roles
            case EndDatePolicy() | UnenrolPolicy():
                roles = self.policy.whom.roles
                return frozenset() if roles is None else roles.roles
