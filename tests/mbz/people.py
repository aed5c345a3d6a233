"""People and roles of an archive, and accounts of a site, a line each."""

from collections.abc import Sequence

from maintien.enrolments.accounts import AccountsWanted, SiteAccount
from maintien.mbz.archive import ArchivedUser
from maintien.mbz.matching.people import Lookup, Match, Sought, match_people
from maintien.moodle.ids import UserId

HERE = 1
ELSEWHERE = 3


def archived(
    userid: int,
    username: str,
    *,
    email: str = "",
    firstaccess: int = 0,
    is_deleted: bool = False,
    names: tuple[str, str] = ("Ada", "Martin"),
    mnethosturl: str = "",
) -> ArchivedUser:
    """Somebody in an archive."""
    return ArchivedUser(
        id=UserId(userid),
        username=username,
        idnumber="",
        email=email or f"{username}@example.fr",
        firstname=names[0],
        lastname=names[1],
        auth="manual",
        mnethosturl=mnethosturl,
        is_deleted=is_deleted,
        firstaccess=firstaccess,
    )


def account(
    userid: int,
    username: str,
    *,
    email: str = "",
    firstaccess: int = 0,
    is_deleted: bool = False,
    host: int = HERE,
) -> SiteAccount:
    """Somebody's account."""
    return SiteAccount(
        id=UserId(userid),
        username=username,
        email=email or f"{username}@example.fr",
        firstaccess=firstaccess,
        is_deleted=is_deleted,
        mnethostid=host,
    )


def look_up_among(accounts: Sequence[SiteAccount]) -> Lookup:
    """Look accounts up as a database that does not care for upper and lower case does."""

    def look_up(wanted: AccountsWanted) -> Sequence[SiteAccount]:
        usernames = {name.lower() for name in wanted.usernames}
        return [
            one
            for one in accounts
            if one.id in wanted.ids
            or one.username.lower() in usernames
            or (one.is_deleted and one.email in wanted.deleted_emails)
            or one.firstaccess in wanted.first_accesses
        ]

    return look_up


def match(user: ArchivedUser, *accounts: SiteAccount, is_same_site: bool, host: int = HERE) -> Match:
    """Find one person again among these accounts."""
    (found,) = match_people([Sought(user, host)], look_up_among(accounts), is_same_site=is_same_site)
    return found
