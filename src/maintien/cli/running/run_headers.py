"""What the journal is told of a run, and who conducts it."""

import shlex

from maintien.bootstrap import PROGRAM, SITE_VARIABLE, Invocation, Session, open_store
from maintien.cli.console.progress import observer_of
from maintien.cli.invocation.secrets import find_secrets, without_secrets
from maintien.moodle.ids import UserId
from maintien.runs.conduct import Conductor
from maintien.runs.journal import RunHeader, RunKind
from maintien.uses.callers import Caller


def caller_of(invocation: Invocation) -> Caller:
    """Tell who calls; passwords are not in the command."""
    return Caller(
        invocation=invocation,
        command=_command(invocation),
        observer=observer_of(invocation),
        waits=invocation.wishes.wait,
    )


def run_header(
    invocation: Invocation, session: Session, *, kind: RunKind, operator: UserId, began_at: int
) -> RunHeader:
    """Describe a run that begins; passwords are not in it."""
    return caller_of(invocation).run_header(session, kind=kind, operator=operator, began_at=began_at)


def conductor_for(invocation: Invocation, session: Session, operator: UserId) -> Conductor:
    """Conduct runs on an open site in the operator's name.

    Raises BadStateUrl, RunStoreFailed or RunStoreTooNew.
    """
    return caller_of(invocation).conductor(session, open_store(invocation), operator)


def _command(invocation: Invocation) -> str:
    given = invocation.arguments
    variable = invocation.machine.environment.get(SITE_VARIABLE, "")
    secrets = find_secrets([*given, variable])
    return shlex.join([PROGRAM, *(without_secrets(word, secrets) for word in given)])
