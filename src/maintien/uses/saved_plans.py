"""Makes a conversion's plan as a file, for somebody to look at and somebody to apply."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version as version_of
from pathlib import Path

from maintien.bootstrap import PROGRAM, Session, site_identity
from maintien.planning.course_planners import CoursePlanners, Policies
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import Circumstances, end_of
from maintien.runs.execute import preview
from maintien.runs.plan_file import Fingerprint, PlanFileHeader
from maintien.runs.plan_file_writing import write_plan_file
from maintien.uses.callers import Caller
from maintien.uses.conversion_request import ConversionRequest
from maintien.uses.late_starts import LateStarts
from maintien.uses.policies import Terms, make_policies, make_policy
from maintien.uses.selections import Asked, find_courses


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPlan:
    """A plan that was written to a file."""

    fingerprint: Fingerprint
    policies: Policies
    courses: int
    """How many were looked at."""


def save_conversion_plan(
    caller: Caller,
    session: Session,
    asked: Asked,
    request: ConversionRequest,
    path: Path,
    *,
    take: Callable[[CoursePlan], None],
) -> SavedPlan:
    """Plan a conversion and write it to ``path``; ``take`` is given each course's plan. Writes nothing else.

    Raises EndBeforeStart, what :func:`~maintien.uses.policies.make_policies` raises, and what a site or a
    plan file gives rise to.
    """
    now = session.clock()
    found = find_courses(session.site, asked)
    terms = Terms(config=session.config, zone=session.zone, now=now)
    policies = make_policies(request, found, partial(make_policy, terms=terms))
    circumstances = Circumstances(now=now, operator=session.find_operator().id)
    planners = CoursePlanners(policies=policies, config=session.config, circumstances=circumstances)
    process = caller.invocation.machine.process
    header = PlanFileHeader(
        site_id=site_identity(session),
        site_name=session.site.name,
        made_at=now,
        made_by=f"{process.user}@{process.host}",
        operator=circumstances.operator,
        command=caller.command,
        version=version_of(PROGRAM),
        policies=policies,
        courses=len(found.sizes),
    )
    late_starts = LateStarts()
    plans = preview(
        session.site,
        found.sizes,
        planners.plan,
        inherited_roles=planners.inherited_roles,
        observer=caller.observer,
    )
    with write_plan_file(path, header) as file:
        for plan in plans:
            file.add(plan)
            late_starts.look_at(plan)
            take(plan)
        texts = caller.invocation.texts
        late_starts.require_somebody_in_time(texts, session.zone, end_of(policies.common))
    return SavedPlan(fingerprint=file.fingerprint, policies=policies, courses=len(found.sizes))
