"""Lets a site read with the courses whatever a policy decides by, besides the courses themselves."""

from collections.abc import Callable

from maintien.bootstrap import Session
from maintien.errors.tree import SiteError
from maintien.planning.course_planners import Policies
from maintien.uses.feeds_of_moves import nobody_told, reading_feeds_of_moves
from maintien.uses.manual_edits import choosing_people
from maintien.uses.withdrawals import reading_withdrawals


def reading_evidence(
    session: Session,
    policies: Policies,
    *,
    at: int,
    tell_unread: Callable[[SiteError], None] = nobody_told,
) -> Session:
    """Give the session a site that reads what the policies decide by, when it is Unix time ``at``.

    For a move that is whom the feeds list, for a rescue what was taken, and for changing or removing
    manual enrolments whom the filter selects.

    Raises what reading a site raises; a register that can't be read is told to ``tell_unread``.
    """
    fed = reading_feeds_of_moves(session, policies, tell_unread=tell_unread)
    return choosing_people(reading_withdrawals(fed, policies), policies, at)
