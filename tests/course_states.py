"""Random course states for properties: small, and dense in the cases that matter."""

from hypothesis import strategies as st

from maintien.enrolments.state import CourseState
from maintien.moodle.values import FOREVER, NO_END
from tests.builders import NOW, STUDENT, TEACHER, UNTIL, CourseBuilder

METHODS = ("manual", "cohort", "database", "cohort", "self")
STARTS = (0, NOW - 50, NOW + 50, UNTIL + 50)
ENDS = (NO_END, FOREVER, NOW - 40, NOW + 90, UNTIL, UNTIL + 60)

statuses = st.sampled_from((0, 0, 0, 1))


@st.composite
def course_states(draw: st.DrawFn) -> CourseState:
    """Draw a course of up to four instances and six people."""
    course = CourseBuilder()
    methods = draw(st.lists(st.sampled_from(METHODS), min_size=1, max_size=4))
    if methods.count("manual") > 1:
        methods = ["manual", *(method for method in methods if method != "manual")]
    instances = [course.instance(method, status=draw(statuses)) for method in methods]
    for _ in range(draw(st.integers(1, 6))):
        person = course.person(
            is_deleted=draw(st.integers(0, 9)) == 0, is_suspended=draw(st.integers(0, 7)) == 0
        )
        for instance in draw(st.sets(st.sampled_from(instances), max_size=3)):
            course.enrol(
                person,
                instance,
                status=draw(statuses),
                starts_at=draw(st.sampled_from(STARTS)),
                ends_at=draw(st.sampled_from(ENDS)),
            )
            if draw(st.booleans()):
                course.assign(person, draw(st.sampled_from((STUDENT, STUDENT, TEACHER))), instance)
        if draw(st.integers(0, 3)) == 0:
            course.assign(person, STUDENT)
        for group in draw(st.sets(st.integers(61, 63), max_size=2)):
            course.join(person, group, draw(st.sampled_from((None, *instances))))
    return course.state()
