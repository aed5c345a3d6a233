"""Lets a site read with the courses what was taken from people, where a policy gives it back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from maintien.bootstrap import Session
from maintien.enrolments.archive_evidence import ArchiveEvidence
from maintien.mbz.limits import ArchiveLimits
from maintien.moodle.ids import CourseId
from maintien.planning.course_planners import Policies
from maintien.planning.policy import RescuePolicy
from maintien.sites.interface import CourseSize
from maintien.uses.rescue_archives import ArchiveChooser, ToldByArchives
from maintien.uses.selections import Found

NO_EVIDENCE: Final[Mapping[CourseId, ArchiveEvidence]] = {}


def read_archives(
    session: Session, found: Found, policies: Policies, words: Sequence[str], limits: ArchiveLimits
) -> ToldByArchives:
    """Read the archives that ``words`` mean, as evidence of the courses found.

    Raises ArchiveError, NoArchiveFound and NoArchiveOfSelection.
    """
    policy = policies.common
    if not words or not isinstance(policy, RescuePolicy):
        return ToldByArchives(evidence={}, archives=())
    chooser = ArchiveChooser(
        site=session.site.accounts(),
        courses={size.course.id: size.course for size in found.sizes},
        window=policy.window,
        limits=limits,
    )
    return chooser.read(words)


def sized_by_withdrawals(
    session: Session,
    found: Found,
    policies: Policies,
    evidence: Mapping[CourseId, ArchiveEvidence] = NO_EVIDENCE,
) -> Found:
    """Give the courses found the size that they have for a rescue: with the people who are gone."""
    return replace(found, sizes=sizes_with_withdrawals(session, found.sizes, policies, evidence))


def sizes_with_withdrawals(
    session: Session,
    sizes: Sequence[CourseSize],
    policies: Policies,
    evidence: Mapping[CourseId, ArchiveEvidence] = NO_EVIDENCE,
) -> Sequence[CourseSize]:
    """Give courses the size that they have under these policies: in a rescue with the people who are gone."""
    policy = policies.common
    if not isinstance(policy, RescuePolicy):
        return sizes
    archived = {courseid: len(each.enrolments) for courseid, each in evidence.items()}
    return [
        CourseSize(course, max(people, archived.get(course.id, 0)))
        for course, people in session.site.with_removed(sizes, policy.window)
    ]


def reading_withdrawals(
    session: Session, policies: Policies, evidence: Mapping[CourseId, ArchiveEvidence] = NO_EVIDENCE
) -> Session:
    """Give the session a site that reads what was taken within the time that the policies name.

    What archives tell of it is ``evidence``.

    Whatever plans or plans again under a rescue's policy needs one: without it nothing is given back.
    """
    policy = policies.common
    if not isinstance(policy, RescuePolicy):
        return session
    site = replace(session.site, withdrawn_within=policy.window, archives=evidence)
    return replace(session, site=site)
