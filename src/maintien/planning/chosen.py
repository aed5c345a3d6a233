"""Whom a filter of participants chooses in a course that is planned."""

from maintien.enrolments.participant_filter import ParticipantFilter
from maintien.enrolments.participants_of_state import select_participants
from maintien.enrolments.state import CourseState
from maintien.moodle.ids import UserId


def choose_people(state: CourseState, wanted: ParticipantFilter, at: int) -> frozenset[UserId]:
    """Give whom the site has chosen, where it read the course with the filter; else choose them here.

    A course's rows don't tell names, last access, nor all the roles above it: where the filter looks at
    these, only the site can choose, and a course that was read without it is a programmer's mistake.
    """
    if state.selected is not None:
        return state.selected
    looks_at_roles_above = wanted.roles is not None and wanted.roles.no_role
    if wanted.keywords is not None or wanted.last_access is not None or looks_at_roles_above:
        raise RuntimeError("the site was not told whom to choose")
    return select_participants(state, wanted, at)
