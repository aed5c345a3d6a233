"""Works on uploaded archives, each in a process of its own that may take so much and no more."""

from contextlib import suppress
from functools import partial
from typing import Any, Final, TypeVar

from maintien.mbz.converting.archive import ArchiveConverted, convert_archive
from maintien.mbz.fleet import work_bounded
from maintien.mbz.fleet_worker import Bounds, Failed, Job
from maintien.mbz.limits import DEFAULT_LIMITS, GIB
from maintien.mbz.summary import summarise_at
from maintien.planning.encoding import encode_finding
from maintien.reports.archive_documents import summary_document
from maintien.uses.archives import make_archive_request, require_zone
from maintien.uses.conversion_request import ConversionRequest
from maintien.web.archive_files import location_of, path_of_converted
from maintien.web.models import OperationState, UploadedArchive
from maintien.web.operations.outcomes import Outcome
from maintien.web.operations.work import Work
from maintien.web.surroundings import now, surroundings

BOUNDS: Final = Bounds(memory=2 * GIB, seconds=60 * 60)
"""Many times what the largest archives take."""

_LONGEST_TEXT: Final = 1000
_MOST_ENTRIES: Final = 500

Result = TypeVar("Result")


def look_into_archive(work: Work) -> Outcome:
    """Count what an archive holds."""
    archive = _archive(work)
    if archive is None:
        return Outcome(state=OperationState.STOPPED)
    summary = _work_on(work, archive, partial(summarise_at, location_of(archive), DEFAULT_LIMITS))
    if isinstance(summary, Outcome):
        return summary
    document = summary_document(archive.name, summary, surroundings().machine.zone)
    UploadedArchive.objects.filter(pk=archive.pk).update(summary=_bounded(document))
    return Outcome(state=OperationState.DONE)


def convert_uploaded_archive(work: Work) -> Outcome:
    """Make a small archive of manual enrolments of one."""
    archive = _archive(work)
    if archive is None:
        return Outcome(state=OperationState.STOPPED)
    options: dict[str, Any] = dict(work.operation.options)
    zone, new_method = require_zone(options.pop("zone")), options.pop("new_method")
    request = make_archive_request(ConversionRequest(**options), now=now(), zone=zone, new_method=new_method)
    target = path_of_converted(archive)
    with suppress(FileNotFoundError):
        # Of other options, or of a worker that died.
        target.unlink()
    job = partial(convert_archive, location_of(archive), request, target, DEFAULT_LIMITS)
    made = _work_on(work, archive, job)
    if isinstance(made, Outcome):
        return made
    UploadedArchive.objects.filter(pk=archive.pk).update(converted=_document(made, request.ends_at))
    return Outcome(state=OperationState.DONE)


def _bounded(value: Any) -> Any:  # noqa: ANN401 -- whatever JSON holds
    """Cut what no course has: whoever made the archive decides how long its lists and names are."""
    match value:
        case str():
            return value[:_LONGEST_TEXT]
        case dict():
            pairs = list(value.items())[:_MOST_ENTRIES]
            return {name[:_LONGEST_TEXT]: _bounded(part) for name, part in pairs}
        case list():
            return [_bounded(part) for part in value[:_MOST_ENTRIES]]
        case _:
            return value


def _archive(work: Work) -> UploadedArchive | None:
    """Find the archive; None where its owner has removed it meanwhile."""
    if work.operation.target is None:
        raise RuntimeError("no archive to work on")
    return UploadedArchive.objects.filter(pk=work.operation.target).first()


def _work_on(work: Work, archive: UploadedArchive, job: Job[Result]) -> Result | Outcome:
    heart = work.heart
    done = work_bounded(job, location_of(archive), BOUNDS, is_to_leave=lambda: heart.has_to_leave)
    match done:
        case None:
            return Outcome(state=OperationState.STOPPED if heart.is_to_stop else OperationState.WAITING)
        case Failed(error=error):
            return Outcome(state=OperationState.FAILED, error=error)
        case _:
            return done.result


def _document(made: ArchiveConverted, ends_at: int) -> dict[str, Any]:
    """Give what pages say of a conversion; findings and reasons are put into words there."""
    findings = [*((made.obstacle,) if made.obstacle is not None else ()), *made.warnings]
    return {
        "is_written": made.path is not None,
        "size": made.size,
        "ends_at": ends_at,
        "people": made.people_converted,
        "enrolments": made.enrolments,
        "roles": made.roles,
        "memberships": made.memberships,
        "findings": [encode_finding(finding) for finding in findings],
        "left_alone": {reason.__name__: number for reason, number in made.left_alone.items()},
        "unknown_roles": list(made.unknown_roles),
    }
