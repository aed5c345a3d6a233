"""The words for why a person of an archive is not restored."""

from typing import Final

from maintien.mbz.matching.archived_people import NotInArchive, NotRestored, UnmatchedPerson
from maintien.mbz.matching.people import NoAccount, SeveralAccounts, UsernameTaken
from maintien.messages import N_
from maintien.reports.language import Texts
from maintien.reports.safe_text import printable

LABELS: Final[dict[type[NotRestored], str]] = {
    NoAccount: N_("no account on this site"),
    UsernameTaken: N_("user name of somebody else on this site"),
    SeveralAccounts: N_("several accounts that it may be"),
    NotInArchive: N_("enrolled in the archive, which says nothing else of them"),
}


def unmatched_label(texts: Texts, reason: type[NotRestored]) -> str:
    """Name a kind of reason in a few words, for counts."""
    return texts.gettext(LABELS[reason])


def unmatched_name(person: UnmatchedPerson) -> str:
    """Name a person of an archive, harmless for a terminal, and the accounts it is about in brackets."""
    name = printable(person.fullname or person.username) or f"#{person.id}"
    match person.reason:
        case UsernameTaken(userid=userid):
            return f"{name} ({printable(person.username)}, #{userid})"
        case SeveralAccounts(userids=userids):
            accounts = ", ".join(f"#{userid}" for userid in userids)
            return f"{name} ({accounts})"
        case NoAccount() if person.fullname:
            return f"{name} ({printable(person.username)})"
        case NoAccount() | NotInArchive():
            return name
