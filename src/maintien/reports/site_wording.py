"""The words for what opening a site found out: its release, and whether it may be written to."""

from typing import Final, TypeAlias, assert_never

from maintien.messages import N_
from maintien.reports.finding_wording import Severity
from maintien.reports.language import Texts
from maintien.reports.safe_text import printable
from maintien.sites.opening import OldMoodle, OpeningWarning, UnprovenMoodle
from maintien.sites.write_access import (
    FileIsReadOnly,
    MayWrite,
    MissingPrivilege,
    PrivilegesMissing,
    ServerIsReadOnly,
    WriteAccess,
)

SiteRemark: TypeAlias = OpeningWarning | WriteAccess

_REMEDIES: Final[dict[type[SiteRemark], str]] = {
    OldMoodle: N_("Try it on a copy of the site first."),
    UnprovenMoodle: N_("Look for a newer maintien, or try it on a copy of the site first."),
    MayWrite: "",
    FileIsReadOnly: N_(
        "Previews work; for --run, let this account of the machine write to the file and its folder."
    ),
    ServerIsReadOnly: N_("Previews work; for --run, name the server that takes changes."),
    PrivilegesMissing: N_("Previews work; for --run, grant these privileges to the account."),
}


def site_remark_severity(remark: SiteRemark) -> Severity:
    """Tell how much it matters."""
    match remark:
        case MayWrite():
            return Severity.OK
        case OldMoodle() | UnprovenMoodle():
            return Severity.WARNING
        case FileIsReadOnly() | ServerIsReadOnly() | PrivilegesMissing():
            return Severity.OBSTACLE
        case _:
            assert_never(remark)


def site_remark_text(texts: Texts, remark: SiteRemark) -> str:
    """Say it in a sentence."""
    match remark:
        case OldMoodle(release=release):
            text = texts.gettext("Moodle {release} is older than those that maintien is tested with.")
            return text.format(release=printable(release))
        case UnprovenMoodle(release=release):
            text = texts.gettext("Moodle {release} is not one of those that maintien is tested with.")
            return text.format(release=printable(release))
        case MayWrite():
            return texts.gettext("The database account may write what a conversion writes.")
        case FileIsReadOnly():
            return texts.gettext("The database's file may only be read.")
        case ServerIsReadOnly():
            return texts.gettext("The database server takes no changes at present.")
        case PrivilegesMissing(missing=missing):
            text = texts.gettext("The database account lacks privileges: {privileges}.")
            return text.format(privileges=texts.join(_privilege(texts, each) for each in missing))
        case _:
            assert_never(remark)


def _privilege(texts: Texts, missing: MissingPrivilege) -> str:
    if missing.table is None:
        return printable(missing.privilege)
    text = texts.gettext("{privilege} on {table}")
    return text.format(privilege=missing.privilege, table=printable(missing.table))


def site_remark_remedy(texts: Texts, remark: SiteRemark) -> str:
    """Say what to do about it; empty when nothing needs doing."""
    return texts.gettext(_REMEDIES[type(remark)])
