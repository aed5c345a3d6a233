"""Databases select the participants that the filter describes."""

from datetime import UTC

from maintien.moodle.ids import CourseId
from maintien.sites.interface import Selection
from maintien.uses.participant_filters import FilterRequest, make_filter
from maintien.uses.policies import Terms
from tests.golden_cases import PROCEDURE_CASES, load_restored, procedure_case
from tests.servers.moodle_databases import MoodleDatabase
from tests.sites.small_moodle import opened


def test_manual_active_students_are_those_that_the_page_selected(moodle_database: MoodleDatabase) -> None:
    asked = FilterRequest(methods=("manual",), roles=("student",), statuses=("active",))
    for number in PROCEDURE_CASES:
        case = procedure_case(number)
        moodle_database.empty()
        with moodle_database.engine.begin() as connection:
            load_restored(connection, case, moodle_database.prefix)
        site = opened(moodle_database.site_url)
        courses = [size.course for size in site.select(Selection(everything=True))]
        terms = Terms(config=site.read_config(), zone=UTC, now=case.clock)
        wanted = make_filter(asked, site, [course.id for course in courses], terms)
        found = site.find_participants(courses, wanted, case.clock)
        site.close()
        selected = {CourseId(case.course.id): case.selected} if case.selected else {}
        assert found == selected, number
