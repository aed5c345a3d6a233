"""What is worth knowing beside a result, and is no error."""

from dataclasses import dataclass
from typing import Final, TypeAlias

from maintien.bootstrap import Invocation
from maintien.cli.console.output import say
from maintien.errors.tree import MaintienError, SiteError
from maintien.messages import N_
from maintien.reports.language import Texts
from maintien.reports.safe_text import printable
from maintien.reports.site_wording import site_remark_remedy, site_remark_text
from maintien.reports.wording import error_text
from maintien.sites.opening import OldMoodle, OpeningWarning, UnprovenMoodle


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownOperatorId:
    """Nobody has the id that is written as the operator's."""

    operator: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredColumns:
    """Columns of the courses file mean nothing here."""

    columns: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfamiliarMethod:
    """The site says nothing of an enrolment method that was asked for."""

    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDateNotForRole:
    """People are converted for a role that gets no end date."""

    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralEndDates:
    """Courses have end dates of their own, and a report's heading shows one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteNotOpened:
    """Runs are looked at without their site."""

    reason: str
    """A whole sentence in the person's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursesDoneBefore:
    """A run that is gone on with has done some of its courses already."""

    run: int
    courses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoneAlready:
    """A run that is to be undone was undone before."""

    run: int
    undo: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterOutOfReach:
    """The register can't be read, so that whom it lists is unknown."""

    error: SiteError


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupsAhead:
    """A preview, whose run would back courses up first."""

    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupsMade:
    """A run has backed courses up."""

    archives: int
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUpBefore:
    """A run that is gone on with backed its courses up, and is not asked to go on doing so."""

    run: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNotReadable:
    """The account may not read the standard log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradesNotReadable:
    """The account may not read the grades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterNotSeen:
    """The register can't be read, so that a forecast says nothing of whom it lists."""

    error: SiteError


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignNotOn:
    """A campaign has not begun, or is over."""

    campaign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitWouldStop:
    """A campaign would do more than its file allows."""

    error: MaintienError


Notice: TypeAlias = (
    UnknownOperatorId
    | IgnoredColumns
    | UnfamiliarMethod
    | EndDateNotForRole
    | SeveralEndDates
    | SiteNotOpened
    | CoursesDoneBefore
    | UndoneAlready
    | RegisterOutOfReach
    | BackupsAhead
    | BackupsMade
    | BackedUpBefore
    | RegisterNotSeen
    | LogNotReadable
    | GradesNotReadable
    | CampaignNotOn
    | LimitWouldStop
    | OpeningWarning
)

_SENTENCES: Final[dict[type[Notice], str]] = {
    UnknownOperatorId: N_(
        "There is no account with the id {operator} on this site; it is written all the same."
    ),
    IgnoredColumns: N_("These columns of the courses file mean nothing and are ignored: {columns}."),
    UnfamiliarMethod: N_("This site says nothing of an enrolment method “{method}”: check the spelling."),
    EndDateNotForRole: N_(
        "The end date is not for the role “{role}”, whose holders keep the end of their automatic"
        " enrolment: --end-roles says for whom it is."
    ),
    SeveralEndDates: N_(
        "The courses file gives courses end dates of their own; the heading shows only one of them."
    ),
    SiteNotOpened: N_("{reason} Without the site, people and roles are shown by their ids."),
    CoursesDoneBefore: N_("Courses that run {run} had done before, and that are not shown here: {courses}."),
    UndoneAlready: N_("Run {run} was undone already, by run {undo}."),
    RegisterOutOfReach: N_(
        "Whom the external database lists is unknown; once it lists nobody any more, --feed-is-gone says so."
        " {error}"
    ),
    BackupsAhead: N_(
        "With --run, each course in which something is to be written is backed up into {folder} first."
    ),
    BackupsMade: N_("Backups made in {folder} before anything was written: {archives}."),
    BackedUpBefore: N_(
        "Run {run} backed each course up first: add --backup DIR for the rest of its courses too."
    ),
    LogNotReadable: N_(
        "This account may not read the standard log, so that it is unknown whom syncs have unenrolled."
    ),
    GradesNotReadable: N_("This account may not read grades, so that they are not counted."),
    RegisterNotSeen: N_("Whom the external database lists is unknown. {error}"),
    CampaignNotOn: N_("The campaign “{campaign}” is not on now: nothing is done."),
    LimitWouldStop: "{error}",
    OldMoodle: N_("This site runs Moodle {release}, on which maintien was never tried: try on a copy first."),
    UnprovenMoodle: N_(
        "This site runs Moodle {release}, which is newer than this maintien: try on a copy first."
    ),
}


def notice_text(texts: Texts, notice: Notice) -> str:
    """Say a notice in a sentence, harmless for a terminal."""
    if isinstance(notice, OldMoodle | UnprovenMoodle):
        return f"{site_remark_text(texts, notice)} {site_remark_remedy(texts, notice)}"
    if isinstance(notice, RegisterOutOfReach | RegisterNotSeen | LimitWouldStop):
        error = error_text(texts, notice.error)
        return texts.gettext(_SENTENCES[type(notice)]).format(error=printable(error))
    fields = {name: printable(str(getattr(notice, name))) for name in notice.__slots__}
    return texts.gettext(_SENTENCES[type(notice)]).format(**fields)


def notify(invocation: Invocation, *notices: Notice) -> None:
    """Say notices on standard error, unless nobody wants to hear them."""
    if invocation.is_quiet:
        return
    texts = invocation.texts
    for notice in notices:
        sentence = notice_text(texts, notice)
        say(texts.gettext("Note: {sentence}").format(sentence=sentence))
