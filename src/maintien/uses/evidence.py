"""Lets a site read with the courses whatever a policy decides by, besides the courses themselves."""

from collections.abc import Callable

from maintien.bootstrap import Session
from maintien.errors import SiteError
from maintien.planning.course_planners import Policies
from maintien.uses.feeds_of_moves import nobody_told, reading_feeds_of_moves
from maintien.uses.withdrawals import reading_withdrawals


def reading_evidence(
    session: Session, policies: Policies, *, tell_unread: Callable[[SiteError], None] = nobody_told
) -> Session:
    """Give the session a site that reads whom the feeds list, for a move, and what was taken, for a rescue.

    Raises what reading a site raises; a register that can't be read is told to ``tell_unread``.
    """
    fed = reading_feeds_of_moves(session, policies, tell_unread=tell_unread)
    return reading_withdrawals(fed, policies)
