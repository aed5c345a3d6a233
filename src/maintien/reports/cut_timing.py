"""How far the cut has got: in a sentence or two at the top of a preview, and in documents."""

from collections.abc import Iterator
from datetime import tzinfo
from typing import Final, Protocol

from maintien.enrolments.cut_timing import CourseTiming, CutCounts, CutTiming
from maintien.messages import N_
from maintien.reports.documents import Document, moment_document
from maintien.reports.language import Texts
from maintien.reports.safe_text import Prose

_STYLES: Final = {
    CutTiming.BEFORE: "green",
    CutTiming.UNDER_WAY: "bold yellow",
    CutTiming.DONE: "bold red",
    CutTiming.UNKNOWN: "yellow",
    CutTiming.NOTHING_AUTOMATIC: "dim",
}

_SENTENCES: Final = {
    CutTiming.BEFORE: N_("still to come: no sign of it since {since}"),
    CutTiming.UNDER_WAY: N_(
        "under way: people withdrawn since {since}: {withdrawn}, of whom {lost} have no access now; dropped"
        " and waiting for the next sync: {waiting}"
    ),
    CutTiming.DONE: N_(
        "done: people withdrawn since {since}: {withdrawn}, of whom {lost} have no access now"
    ),
    CutTiming.UNKNOWN: N_("unknown: neither the feed nor the log can be read"),
    CutTiming.NOTHING_AUTOMATIC: N_("no automatic enrolments"),
}
_NAMES: Final = {
    CutTiming.BEFORE: N_("still to come"),
    CutTiming.UNDER_WAY: N_("under way"),
    CutTiming.DONE: N_("done already"),
    CutTiming.UNKNOWN: N_("not known"),
    CutTiming.NOTHING_AUTOMATIC: N_("no automatic enrolments"),
}
_POINTER: Final = N_("“maintien rescue” gives back what the cut took away.")


class Timed(Protocol):
    """What is said of the cut of one course."""

    @property
    def timing(self) -> CutTiming:
        """How far it has got."""

    @property
    def waiting(self) -> int:
        """People who are dropped, and whom the next sync withdraws."""

    @property
    def withdrawn(self) -> int:
        """People whom a sync has withdrawn lately."""

    @property
    def without_access(self) -> int:
        """Those of them who have no access by anything else."""


def timing_name(texts: Texts, timing: CutTiming) -> str:
    """Say in a word or two how far the cut has got."""
    return texts.gettext(_NAMES[timing])


def timing_text(
    texts: Texts, counts: CutCounts, only: CourseTiming | None, since: int, zone: tzinfo
) -> Prose:
    """Say how far the cut has got: of ``only`` one course, or in how many courses."""
    text = Prose()
    if only is None:
        for number, timing in enumerate(_found(counts)):
            text.append(", " if number else "")
            text.append(timed_courses_text(texts, timing, counts.courses[timing]), _STYLES[timing])
    else:
        text.append(course_timing_text(texts, only, since, zone), _STYLES[only.timing])
    if counts.without_access:
        text.append("\n→ ", "bold")
        text.append(texts.gettext(_POINTER))
    return text


def _found(counts: CutCounts) -> Iterator[CutTiming]:
    return (timing for timing in CutTiming if counts.courses[timing])


def timed_courses_text(texts: Texts, timing: CutTiming, number: int) -> str:
    """Say in how many courses the cut has got so far."""
    return _courses_message(texts, timing, number).format(n=texts.number(number))


def _courses_message(texts: Texts, timing: CutTiming, number: int) -> str:
    match timing:
        case CutTiming.BEFORE:
            return texts.ngettext("still to come in {n} course", "still to come in {n} courses", number)
        case CutTiming.UNDER_WAY:
            return texts.ngettext("under way in {n} course", "under way in {n} courses", number)
        case CutTiming.DONE:
            return texts.ngettext("done in {n} course", "done in {n} courses", number)
        case CutTiming.UNKNOWN:
            return texts.ngettext("unknown in {n} course", "unknown in {n} courses", number)
        case CutTiming.NOTHING_AUTOMATIC:
            return texts.ngettext(
                "no automatic enrolments in {n} course", "no automatic enrolments in {n} courses", number
            )


def course_timing_text(texts: Texts, timing: Timed, since: int, zone: tzinfo) -> str:
    """Say how far the cut of one course has got; signs are from after ``since``, in Unix seconds."""
    return texts.gettext(_SENTENCES[timing.timing]).format(
        since=texts.day(since, zone),
        withdrawn=texts.number(timing.withdrawn),
        waiting=texts.number(timing.waiting),
        lost=texts.number(timing.without_access),
    )


def cut_document(counts: CutCounts, since: int, zone: tzinfo) -> Document:
    """Describe how far the cut has got in all courses."""
    return {
        "since": moment_document(since, zone),
        "courses": {timing.value: counts.courses[timing] for timing in CutTiming},
        "withdrawn": counts.withdrawn,
        "without_access": counts.without_access,
        "waiting": counts.waiting,
    }


def timing_document(timing: CourseTiming) -> Document:
    """Describe how far the cut of one course has got."""
    return {
        "timing": timing.timing.value,
        "active": timing.active,
        "waiting": timing.waiting,
        "withdrawn": timing.withdrawn,
        "without_access": timing.without_access,
        "feeds_known": timing.are_feeds_known,
    }
