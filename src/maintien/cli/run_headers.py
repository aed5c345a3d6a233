"""What the journal is told of a run, and who conducts it."""

import shlex
from importlib.metadata import version as version_of

from maintien.bootstrap import (
    PROGRAM,
    SITE_VARIABLE,
    Invocation,
    Session,
    open_store,
    site_identity,
)
from maintien.cli.progress import observer_of
from maintien.cli.secrets import find_secrets, without_secrets
from maintien.moodle.ids import UserId
from maintien.planning.course_planners import Policies
from maintien.planning.policy import Circumstances
from maintien.runs.conduct import Conductor
from maintien.runs.journal import RunHeader, RunKind
from maintien.runs.plan_file import PlanFileHeader
from maintien.sites.interface import Author


def run_header(
    invocation: Invocation, session: Session, *, kind: RunKind, operator: UserId, began_at: int
) -> RunHeader:
    """Describe a run that begins; passwords are not in it."""
    return RunHeader(
        kind=kind,
        site_id=site_identity(session),
        site_name=session.site.name,
        operator=operator,
        command=_command(invocation),
        version=version_of(PROGRAM),
        process=invocation.machine.process,
        began_at=began_at,
    )


def plan_file_header(
    invocation: Invocation,
    session: Session,
    *,
    policies: Policies,
    circumstances: Circumstances,
    courses: int,
) -> PlanFileHeader:
    """Describe a plan that is made, over so many courses; passwords are not in it."""
    process = invocation.machine.process
    return PlanFileHeader(
        site_id=site_identity(session),
        site_name=session.site.name,
        made_at=circumstances.now,
        made_by=f"{process.user}@{process.host}",
        operator=circumstances.operator,
        command=_command(invocation),
        version=version_of(PROGRAM),
        policies=policies,
        courses=courses,
    )


def conductor_for(invocation: Invocation, session: Session, operator: UserId) -> Conductor:
    """Conduct runs on an open site in the operator's name.

    Raises BadStateUrl, RunStoreFailed or RunStoreTooNew.
    """
    return Conductor(
        site=session.site,
        store=open_store(invocation),
        author=Author(operator=operator, clock=session.clock),
        process=invocation.machine.process,
        observer=observer_of(invocation),
        waits=invocation.wishes.wait,
    )


def _command(invocation: Invocation) -> str:
    given = invocation.arguments
    variable = invocation.machine.environment.get(SITE_VARIABLE, "")
    secrets = find_secrets([*given, variable])
    return shlex.join([PROGRAM, *(without_secrets(word, secrets) for word in given)])
