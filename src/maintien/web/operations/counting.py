"""Counts every course of a site, so that pages need not."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from django.db import transaction

from maintien.bootstrap import Session
from maintien.sites.database.categories import CategoryRow
from maintien.sites.interface import Selection
from maintien.uses.counting import CourseCount, count_courses, lately
from maintien.web.models import CountedCategory, CountedCourse, CountedSite, OperationState
from maintien.web.operations.outcomes import Outcome
from maintien.web.operations.work import Work
from maintien.web.sites import open_site_session
from maintien.web.surroundings import now

_AT_ONCE: Final = 500
_LONGEST_PATH: Final = 255


def count(work: Work) -> Outcome:
    """Count a site, and replace what was counted before."""
    site = work.operation.site
    with open_site_session(site) as session:
        began = now()
        tree = session.site.read_category_tree()
        paths = {int(row.id): path_of(row.ancestry) for row in tree}
        sizes = session.site.select(Selection(everything=True))
        counts: list[CourseCount] = []
        counting = count_courses(
            session, sizes, window=lately(session), reads_register=True, observer=work.heart
        )
        for found in counting:
            if work.heart.has_to_leave:
                return Outcome(state=OperationState.STOPPED)
            counts.append(found)
        _replace(site, session, began, tree, paths, counts)
    return Outcome(state=OperationState.DONE, result={"courses": len(counts)})


def path_of(ancestry: Iterable[int]) -> str:
    """Write where a category is so that ``startswith`` finds what lies below it: ``/1/5/``."""
    return f"/{'/'.join(map(str, ancestry))}/"[:_LONGEST_PATH]


def _replace(
    site: str,
    session: Session,
    began: int,
    tree: list[CategoryRow],
    paths: Mapping[int, str],
    counts: list[CourseCount],
) -> None:
    rows = [_course_row(site, found, paths) for found in counts]
    with transaction.atomic():
        CountedCourse.objects.filter(site=site).delete()
        CountedCategory.objects.filter(site=site).delete()
        CountedCourse.objects.bulk_create(rows, batch_size=_AT_ONCE)
        CountedCategory.objects.bulk_create(_category_rows(site, tree, rows), batch_size=_AT_ONCE)
        CountedSite.objects.update_or_create(
            site=site,
            defaults={
                "counted_at": began,
                "release": session.config.release[:100],
                "zone": str(session.zone),
                "courses": len(rows),
                "participants": sum(row.participants for row in rows),
                "automatic_only": sum(row.automatic_only for row in rows),
                "at_risk": sum(row.at_risk for row in rows),
                "already_cut": sum(row.already_cut for row in rows),
            },
        )


def _course_row(site: str, found: CourseCount, paths: Mapping[int, str]) -> CountedCourse:
    risk, timing, course = found.risk, found.timing, found.risk.course
    return CountedCourse(
        site=site,
        course=course.id,
        shortname=course.shortname,
        fullname=course.fullname,
        idnumber=course.idnumber or "",
        category=course.categoryid,
        path=paths.get(course.categoryid, "/"),
        participants=risk.participants,
        automatic_only=risk.automatic_only,
        at_risk=risk.at_risk,
        already_cut=risk.already_cut,
        timing=timing.timing.value,
        waiting=timing.waiting,
        withdrawn=timing.withdrawn,
    )


def _category_rows(site: str, tree: list[CategoryRow], courses: list[CountedCourse]) -> list[CountedCategory]:
    number: Counter[int] = Counter()
    at_risk: Counter[int] = Counter()
    above = {int(row.id): row.ancestry for row in tree}
    for course in courses:
        for category in above.get(course.category, ()):
            number[category] += 1
            at_risk[category] += course.at_risk
    return [
        CountedCategory(
            site=site,
            category=row.id,
            name=row.name[:255],
            path=path_of(row.ancestry),
            depth=len(row.ancestry) - 1,
            position=position,
            courses=number[row.id],
            at_risk=at_risk[row.id],
        )
        for position, row in enumerate(tree)
    ]
