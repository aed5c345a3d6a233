"""Plans courses within what a plan file holds: nothing is planned that was not reviewed."""

from dataclasses import dataclass, field

from maintien.enrolments.state import CourseState
from maintien.moodle.ids import CourseId
from maintien.planning.drift import CourseDrift, find_drift, without_what_is_done
from maintien.planning.plan import CoursePlan
from maintien.planning.restricting import restrict_plan, withhold_plan
from maintien.runs.execute import PlanCourse
from maintien.runs.plan_file_reading import PlanFile


@dataclass(slots=True, kw_only=True)
class ReviewedPlans:
    """Plans each course anew and holds it against its plan in the file."""

    file: PlanFile
    plan_today: PlanCourse
    accepts_drift: bool
    """Whether what still holds of a course that drifted is planned, rather than nothing."""
    drifted: dict[CourseId, CourseDrift] = field(default_factory=dict, init=False)
    """Drift found and not taken yet. A course that is planned again is compared again."""

    def plan(self, state: CourseState) -> CoursePlan:
        """Plan a course, all of it or what still holds, and note its drift.

        Raises what :meth:`PlanFile.plan_of` raises.
        """
        planned = without_what_is_done(state, self.file.plan_of(state.course.id))
        today = self.plan_today(state)
        drift = find_drift(planned, today)
        self.drifted.pop(state.course.id, None)
        if drift.is_empty:
            return today
        self.drifted[state.course.id] = drift
        return restrict_plan(today, planned) if self.accepts_drift else withhold_plan(today)

    def take_drift(self, course: CourseId) -> CourseDrift | None:
        """Give the drift of a course that was planned, if it has any, and forget it."""
        return self.drifted.pop(course, None)
