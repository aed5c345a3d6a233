"""Finds the people of an archive again on a site: Moodle's rules, one account at a time.

An archive made on the same site:

1A. id, user name and host of the network are the same: it is them;
1B. an account whose names were made anonymous is whoever has the same user name;
1C. the account was deleted since: id and host are the same, and the user name is made of the e-mail
    address of the archive, or the e-mail address of the user name of the archive;
1D. the account was deleted in the archive and lives again: id and host are the same, and so is the
    e-mail address that the archive's user name is made of;
1E. somebody else has the user name: a conflict.

An archive made on another site:

2A. user name and host are the same, and the e-mail address or the first access: it is them;
2B. the account was deleted since: made of the archive's e-mail address and user name, or of one of the
    two with the same first access;
2C. the account was deleted in the archive and lives here: the same e-mail address and first access;
2D. somebody else has the user name: a conflict.

Whoever is none of these has no account. Moodle would make one; maintien never does, and names them.

Upper and lower case count in user names and not in e-mail addresses. Where Moodle takes the first of
several accounts that answer, maintien names the person as ambiguous. Moodle's own comparison of e-mail
addresses takes ``_`` and ``%`` in them for wildcards; here they stand for themselves. Two settings of
Moodle's are not followed: ``$CFG->forcedifferentsitecheckingusersonrestore``, and duplicates of the
administrator (``backup/import_general_duplicate_admin_allowed``).

Source: restore_dbops::precheck_user and precheck_included_users (backup/util/dbops/restore_dbops.class.php),
backup_anonymizer_helper::is_anonymous_user, delete_user (lib/moodlelib.php), Moodle 4.1 and 4.3.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from hashlib import md5
from typing import Final, NamedTuple, TypeAlias

from maintien.enrolments.accounts import AccountsWanted, SiteAccount
from maintien.mbz.archive import ArchivedUser
from maintien.moodle.ids import UserId

_EMAIL_KEPT: Final = 89
"""Characters of an e-mail address that the user name of a deleted account keeps: 100 for the column, less a
full stop and a time of ten digits."""

_USERNAME_LENGTH: Final = 100
"""The column's: whoever has a longer one is no account of any site."""

_DELETED_AT: Final = re.compile(r"(.*?)\.[0-9]+.?$")
"""A deleted account's user name: an e-mail address, and when."""

_ANONYMOUS_USERNAME: Final = re.compile(r"anon[0-9]*")
_ANONYMOUS_FIRSTNAME: Final = re.compile(r"anonfirstname[0-9]*")
_ANONYMOUS_LASTNAME: Final = re.compile(r"anonlastname[0-9]*")
_ANONYMOUS_EMAIL: Final = re.compile(r"anon[0-9]*@doesntexist\.(com|invalid)")


class MatchedBy(Enum):
    """Which rule found somebody."""

    SAME_ACCOUNT = "1A"
    ANONYMOUS = "1B"
    DELETED_SINCE = "1C"
    DELETED_BEFORE = "1D"
    USERNAME_AND_TRAIT = "2A"
    DELETED_SINCE_ELSEWHERE = "2B"
    DELETED_BEFORE_ELSEWHERE = "2C"


class Found(NamedTuple):
    """The person's account."""

    account: SiteAccount
    by: MatchedBy


class NoAccount(NamedTuple):
    """The person has no account on the site."""


class UsernameTaken(NamedTuple):
    """Somebody else has the person's user name."""

    userid: UserId


class SeveralAccounts(NamedTuple):
    """Several accounts may be the person's."""

    userids: tuple[UserId, ...]


Match: TypeAlias = Found | NoAccount | UsernameTaken | SeveralAccounts
Unmatched: TypeAlias = NoAccount | UsernameTaken | SeveralAccounts


class Sought(NamedTuple):
    """A person of an archive, and the network's host that their account would belong to here."""

    user: ArchivedUser
    hostid: int

    @property
    def username_hash(self) -> str:
        """What a deleted account has for an e-mail address."""
        return md5(self.user.username.encode(), usedforsecurity=False).hexdigest()

    @property
    def email_before_deletion(self) -> str:
        """The e-mail address that the user name of an account deleted in the archive is made of."""
        return _DELETED_AT.sub(r"\1", self.user.username[: _USERNAME_LENGTH + 1])


@dataclass(frozen=True, slots=True)
class Accounts:
    """Accounts of the site by what they are looked up by."""

    by_id: dict[UserId, SiteAccount] = field(default_factory=dict)
    by_username: defaultdict[str, list[SiteAccount]] = field(default_factory=lambda: defaultdict(list))
    by_email: defaultdict[str, list[SiteAccount]] = field(default_factory=lambda: defaultdict(list))
    """Of deleted accounts."""
    by_first_access: defaultdict[int, list[SiteAccount]] = field(default_factory=lambda: defaultdict(list))

    def add(self, accounts: Iterable[SiteAccount]) -> None:
        """Take accounts in; one that is there already changes nothing."""
        for account in accounts:
            if account.id in self.by_id:
                continue
            self.by_id[account.id] = account
            self.by_username[account.username].append(account)
            self.by_first_access[account.firstaccess].append(account)
            if account.is_deleted:
                self.by_email[account.email].append(account)


Lookup: TypeAlias = Callable[[AccountsWanted], Iterable[SiteAccount]]


def match_people(people: Sequence[Sought], look_up: Lookup, *, is_same_site: bool) -> list[Match]:
    """Find these people again, in their order; ``look_up`` is asked at most twice for all of them."""
    accounts = Accounts()
    accounts.add(look_up(_wanted_first(people, is_same_site=is_same_site)))
    if is_same_site:
        return [_match_on_same_site(sought, accounts) for sought in people]
    matches = {
        place: account
        for place, sought in enumerate(people)
        if (account := _same_elsewhere(sought, accounts)) is not None
    }
    others = [sought for place, sought in enumerate(people) if place not in matches]
    if others:
        accounts.add(look_up(_wanted_of_deleted(others)))
    return [
        Found(matches[place], MatchedBy.USERNAME_AND_TRAIT)
        if place in matches
        else _match_deleted_elsewhere(sought, accounts)
        for place, sought in enumerate(people)
    ]


def _wanted_first(people: Sequence[Sought], *, is_same_site: bool) -> AccountsWanted:
    usernames = {s.user.username for s in people if 0 < len(s.user.username) <= _USERNAME_LENGTH}
    ids = {sought.user.id for sought in people} if is_same_site else set[UserId]()
    return AccountsWanted(ids=ids, usernames=usernames)


def _wanted_of_deleted(people: Sequence[Sought]) -> AccountsWanted:
    return AccountsWanted(
        deleted_emails={sought.username_hash for sought in people},
        first_accesses={sought.user.firstaccess for sought in people} - {0},
    )


def _match_on_same_site(sought: Sought, accounts: Accounts) -> Match:
    user = sought.user
    account = accounts.by_id.get(user.id)
    named = accounts.by_username.get(user.username, [])
    here = account is not None and account.mnethostid == sought.hostid
    if account is not None and here and account.username == user.username:
        return Found(account, MatchedBy.SAME_ACCOUNT)
    if named and is_anonymous(user):
        return _the_one(named, MatchedBy.ANONYMOUS)
    if account is not None and here:
        if account.is_deleted and (
            _is_made_of_email(account, user.email) or account.email == sought.username_hash
        ):
            return Found(account, MatchedBy.DELETED_SINCE)
        if user.is_deleted and _has_email(account, sought.email_before_deletion):
            return Found(account, MatchedBy.DELETED_BEFORE)
    others = [one for one in named if one.mnethostid == sought.hostid and one.id != user.id]
    return UsernameTaken(others[0].id) if others else NoAccount()


def _same_elsewhere(sought: Sought, accounts: Accounts) -> SiteAccount | None:
    """Find who has the user name, and the e-mail address or the first access (rule 2A)."""
    for account in accounts.by_username.get(sought.user.username, ()):
        is_same = _folded(account.email) == _folded(sought.user.email)
        if account.mnethostid == sought.hostid and (is_same or _has_first_access(account, sought.user)):
            return account
    return None


def _match_deleted_elsewhere(sought: Sought, accounts: Accounts) -> Match:
    user = sought.user
    known = [
        *accounts.by_email.get(sought.username_hash, ()),
        *(accounts.by_first_access.get(user.firstaccess, ()) if user.firstaccess else ()),
    ]
    here = [one for one in {one.id: one for one in known}.values() if one.mnethostid == sought.hostid]
    deleted = [one for one in here if _is_deleted_since(one, sought)]
    if deleted:
        return _the_one(deleted, MatchedBy.DELETED_SINCE_ELSEWHERE)
    if user.is_deleted:
        before = [one for one in here if _was_deleted_before(one, sought)]
        if before:
            return _the_one(before, MatchedBy.DELETED_BEFORE_ELSEWHERE)
    named = accounts.by_username.get(user.username, ())
    others = [one for one in named if one.mnethostid == sought.hostid]
    return UsernameTaken(others[0].id) if others else NoAccount()


def _is_deleted_since(account: SiteAccount, sought: Sought) -> bool:
    """Whether two of three traits are the same: e-mail address, user name, first access."""
    if not account.is_deleted:
        return False
    traits = (
        account.email == sought.username_hash,
        _is_made_of_email(account, sought.user.email),
        _has_first_access(account, sought.user),
    )
    return sum(traits) > 1


def _was_deleted_before(account: SiteAccount, sought: Sought) -> bool:
    return _has_email(account, sought.email_before_deletion) and _has_first_access(account, sought.user)


def _the_one(accounts: Sequence[SiteAccount], by: MatchedBy) -> Match:
    if len(accounts) > 1:
        return SeveralAccounts(tuple(sorted(account.id for account in accounts)))
    return Found(accounts[0], by)


def is_anonymous(user: ArchivedUser) -> bool:
    """Whether the person's names are those that Moodle's option to make them anonymous invents."""
    return bool(
        _ANONYMOUS_USERNAME.fullmatch(user.username)
        and _ANONYMOUS_FIRSTNAME.fullmatch(user.firstname)
        and _ANONYMOUS_LASTNAME.fullmatch(user.lastname)
        and _ANONYMOUS_EMAIL.fullmatch(user.email)
    )


def _is_made_of_email(account: SiteAccount, email: str) -> bool:
    return _folded(account.username).startswith(_folded(f"{email[:_EMAIL_KEPT]}."))


def _has_email(account: SiteAccount, email: str) -> bool:
    return _folded(account.email[:_EMAIL_KEPT]) == _folded(email)


def _has_first_access(account: SiteAccount, user: ArchivedUser) -> bool:
    return account.firstaccess != 0 and account.firstaccess == user.firstaccess


def _folded(text: str) -> str:
    return text.upper()
