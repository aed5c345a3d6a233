"""In whose name a command would write."""

from maintien.bootstrap import Invocation, Session
from maintien.cli.console.notices import UnknownOperatorId, notify
from maintien.moodle.ids import UserId


def require_operator(invocation: Invocation, session: Session) -> UserId:
    """Find the operator's account; an id that nobody has is taken, and said.

    Raises UnknownOperator and NoOperator.
    """
    operator = session.find_operator()
    if not operator.is_known:
        notify(invocation, UnknownOperatorId(operator=operator.id))
    return operator.id
