"""Restores what an archive holds of a course: merged into the course, everybody as a manual enrolment.

1. Enrolments and roles of the archive are folded into the course (:mod:`~maintien.planning.folding`), for
   the people and the roles that were found again on the site; nobody is created.
2. Nothing else changes: the course's own enrolments, its groups and its contents stay.
3. A manual method that the course lacks is added as the archive describes it, if the archive's first
   method is a manual one, else from the site's defaults.

Source: restore_enrolments_structure_step and restore_ras_and_caps_structure_step
(backup/moodle2/restore_stepslib.php), Moodle 4.1 and 4.3, with the target *merge* and the enrolment
methods *never*.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from maintien.enrolments.state import CourseState
from maintien.moodle.config import SiteConfig
from maintien.moodle.values import MANUAL
from maintien.planning.changes import Change, Changed
from maintien.planning.findings import (
    Finding,
    ManualInstanceDisabled,
    ManualInstanceFromArchive,
    ManualMethodDisabledOnSite,
)
from maintien.planning.folding import Folding
from maintien.planning.manual_instance import find_obstacle
from maintien.planning.plan import CoursePlan, RestoredFrom
from maintien.planning.policy import Circumstances
from maintien.planning.prechecks import check_manual_instance


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """What there is to restore, in the site's own ids."""

    source: CourseState
    """What the archive holds of the course, for the people and roles that were found again. Its
    instances and rows keep the archive's numbers. ``deleted`` are people whose account here is."""
    origin: RestoredFrom
    findings: tuple[Finding, ...] = ()
    """What finding people and roles again brought to light."""


def plan_restore(
    state: CourseState, restoration: Restoration, config: SiteConfig, circumstances: Circumstances
) -> CoursePlan:
    """Plan what restoring leaves different in this course."""
    folding = Folding(state, config, circumstances)
    folding.fold(restoration.source)
    enrolments = list(folding.enrolment_changes())
    converted = {c.after.userid if isinstance(c, Changed) else c.row.userid for c in enrolments}
    changes: tuple[Change, ...] = (
        *folding.instance_changes(),
        *enrolments,
        *folding.role_changes,
    )
    with_new_roles = {row.userid for row in folding.new_roles()}
    return CoursePlan(
        course=state.course,
        changes=changes,
        warnings=(*_manual_instance_findings(folding), *restoration.findings),
        converted=frozenset(converted),
        touched=frozenset(folding.dirty & (converted | with_new_roles)),
        echoes={u: folding.events[u] - 1 for u in converted if folding.events[u] > 1},
        restored_from=restoration.origin,
    )


def _manual_instance_findings(folding: Folding) -> Iterator[Finding]:
    """Say what becomes of people in the manual instance; the restore succeeds whatever that is."""
    manual, config = folding.manual, folding.config
    if not config.is_enabled(MANUAL):
        yield ManualMethodDisabledOnSite()
    if manual is None:
        return
    if folding.is_from_source:
        yield ManualInstanceFromArchive()
        if not manual.is_enabled:
            yield ManualInstanceDisabled()
        return
    yield from check_manual_instance(folding.state, config)
    if obstacle := find_obstacle(folding.state, config, enable_manual=False):
        yield obstacle
