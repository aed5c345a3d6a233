"""Moodle's rules for finding the people of an archive again, each in a pair: one it takes, one it leaves."""

from hashlib import md5

import pytest

from maintien.enrolments.accounts import AccountsWanted, SiteAccount
from maintien.mbz.archive import ArchivedUser
from maintien.mbz.matching.people import (
    Found,
    Match,
    MatchedBy,
    NoAccount,
    SeveralAccounts,
    Sought,
    UsernameTaken,
    match_people,
)
from maintien.moodle.ids import UserId
from tests.mbz.people import ELSEWHERE, account, archived, look_up_among, match

MET = 1_700_000_000
OTHER_DAY = 1_700_000_001


def hashed(username: str) -> str:
    return md5(username.encode(), usedforsecurity=False).hexdigest()


def on_same_site(user: ArchivedUser, *accounts: SiteAccount) -> Match:
    return match(user, *accounts, is_same_site=True)


def elsewhere(user: ArchivedUser, *accounts: SiteAccount) -> Match:
    return match(user, *accounts, is_same_site=False)


def test_same_id_and_user_name_is_the_same_person() -> None:
    ada = account(7, "ada", email="other@example.fr")

    assert on_same_site(archived(7, "ada"), ada) == Found(ada, MatchedBy.SAME_ACCOUNT)


def test_same_id_with_another_user_name_is_somebody_else() -> None:
    assert on_same_site(archived(7, "ada"), account(7, "bob")) == NoAccount()


def test_same_id_and_user_name_on_another_host_is_somebody_else() -> None:
    assert on_same_site(archived(7, "ada"), account(7, "ada", host=ELSEWHERE)) == NoAccount()


def test_person_of_a_networks_host_is_sought_there() -> None:
    ada = account(7, "ada", host=ELSEWHERE)

    found = match(archived(7, "ada"), account(8, "ada"), ada, is_same_site=True, host=ELSEWHERE)

    assert found == Found(ada, MatchedBy.SAME_ACCOUNT)


def test_user_name_with_another_id_is_taken() -> None:
    assert on_same_site(archived(7, "ada"), account(8, "ada")) == UsernameTaken(UserId(8))


def test_upper_and_lower_case_count_in_user_names() -> None:
    assert on_same_site(archived(7, "ada"), account(7, "ADA")) == NoAccount()
    assert elsewhere(archived(7, "ada"), account(8, "ADA", email="ada@example.fr")) == NoAccount()


def anonymous(userid: int, number: int) -> ArchivedUser:
    names = (f"anonfirstname{number}", f"anonlastname{number}")
    return archived(userid, f"anon{number}", email=f"anon{number}@doesntexist.invalid", names=names)


def test_anonymous_person_is_whoever_has_the_user_name() -> None:
    anon = account(9, "anon4")

    assert on_same_site(anonymous(7, 4), anon) == Found(anon, MatchedBy.ANONYMOUS)


def test_person_whose_user_name_only_looks_anonymous_is_not() -> None:
    assert on_same_site(archived(7, "anon4"), account(9, "anon4")) == UsernameTaken(UserId(9))


def test_several_anonymous_accounts_are_ambiguous() -> None:
    accounts = (account(9, "anon4"), account(8, "anon4", host=ELSEWHERE))

    assert on_same_site(anonymous(7, 4), *accounts) == SeveralAccounts((UserId(8), UserId(9)))


@pytest.mark.parametrize(
    ("username", "email"),
    [
        ("Ada@Example.FR.1700000000", ""),
        ("whatever", hashed("ada")),
        ("ada@example.fr.1700000000", hashed("ada")),
    ],
)
def test_account_deleted_since_is_found_by_what_its_names_are_made_of(username: str, email: str) -> None:
    deleted = account(7, username, email=email, is_deleted=True)

    assert on_same_site(archived(7, "ada"), deleted) == Found(deleted, MatchedBy.DELETED_SINCE)


@pytest.mark.parametrize(
    "deleted",
    [
        account(8, "ada@example.fr.1700000000", email=hashed("ada"), is_deleted=True),
        account(7, "ada@example.fr.1700000000", email=hashed("ada"), is_deleted=True, host=ELSEWHERE),
        account(7, "ada@example.org.1700000000", email=hashed("bob"), is_deleted=True),
        account(7, "ada@example.fr.1700000000", email=hashed("ada"), is_deleted=False),
    ],
    ids=["another id", "another host", "other names", "not deleted"],
)
def test_what_is_not_the_account_deleted_since(deleted: SiteAccount) -> None:
    assert on_same_site(archived(7, "ada"), deleted) == NoAccount()


def test_underscore_of_an_email_address_stands_for_itself() -> None:
    deleted = account(7, "aXb@example.fr.1700000000", email="-", is_deleted=True)

    assert on_same_site(archived(7, "ada", email="a_b@example.fr"), deleted) == NoAccount()


def test_long_email_address_is_cut_where_the_column_ends() -> None:
    email = f"{'a' * 95}@example.fr"
    deleted = account(7, f"{email[:89]}.1700000000", email="-", is_deleted=True)

    found = on_same_site(archived(7, "ada", email=email), deleted)

    assert found == Found(deleted, MatchedBy.DELETED_SINCE)


def test_account_deleted_in_the_archive_may_live_again() -> None:
    ada = account(7, "ada")
    deleted = archived(7, "ADA@example.fr.1700000000", email=hashed("ada"), is_deleted=True)

    assert on_same_site(deleted, ada) == Found(ada, MatchedBy.DELETED_BEFORE)


def test_account_deleted_in_the_archive_is_not_somebody_with_another_address() -> None:
    deleted = archived(7, "ada@example.fr.1700000000", email=hashed("ada"), is_deleted=True)

    assert on_same_site(deleted, account(7, "ada", email="bob@example.fr")) == NoAccount()
    assert on_same_site(deleted._replace(is_deleted=False), account(7, "ada")) == NoAccount()


def test_account_deleted_on_both_sides_is_the_same() -> None:
    names = {"email": hashed("ada"), "is_deleted": True}
    deleted = account(7, "ada@example.fr.1700000000", email=hashed("ada"), is_deleted=True)

    found = on_same_site(archived(7, "ada@example.fr.1700000000", **names), deleted)  # type: ignore[arg-type]  # the keywords of both

    assert found == Found(deleted, MatchedBy.SAME_ACCOUNT)


@pytest.mark.parametrize(
    ("email", "firstaccess"),
    [("ADA@example.fr", 0), ("other@example.fr", MET), ("ada@example.fr", OTHER_DAY)],
    ids=["same address", "same first access", "same address on another day"],
)
def test_elsewhere_user_name_and_one_trait_make_the_person(email: str, firstaccess: int) -> None:
    ada = account(70, "ada", email=email, firstaccess=firstaccess)

    found = elsewhere(archived(7, "ada", firstaccess=MET), ada)

    assert found == Found(ada, MatchedBy.USERNAME_AND_TRAIT)


@pytest.mark.parametrize(
    ("archive_met", "here_met"), [(0, 0), (MET, OTHER_DAY), (0, MET)], ids=["never", "another day", "here"]
)
def test_elsewhere_user_name_alone_is_a_conflict(archive_met: int, here_met: int) -> None:
    other = account(70, "ada", email="other@example.fr", firstaccess=here_met)

    assert elsewhere(archived(7, "ada", firstaccess=archive_met), other) == UsernameTaken(UserId(70))


def test_elsewhere_the_id_means_nothing() -> None:
    assert elsewhere(archived(7, "ada"), account(7, "bob")) == NoAccount()


def test_elsewhere_user_name_on_another_host_is_nobody() -> None:
    assert elsewhere(archived(7, "ada"), account(70, "ada", host=ELSEWHERE)) == NoAccount()


@pytest.mark.parametrize(
    ("username", "email", "firstaccess"),
    [
        ("ada@example.fr.1700000000", hashed("ada"), 0),
        ("x@example.fr.1700000000", hashed("ada"), MET),
        ("ada@example.fr.1700000000", "", MET),
    ],
    ids=["address and user name", "user name and first access", "address and first access"],
)
def test_elsewhere_two_traits_make_the_account_deleted_since(
    username: str, email: str, firstaccess: int
) -> None:
    deleted = SiteAccount(UserId(70), username, email, firstaccess, is_deleted=True, mnethostid=1)

    found = elsewhere(archived(7, "ada", firstaccess=MET), deleted)

    assert found == Found(deleted, MatchedBy.DELETED_SINCE_ELSEWHERE)


@pytest.mark.parametrize(
    ("username", "email", "firstaccess"),
    [
        ("ada@example.fr.1700000000", "", 0),
        ("x@example.fr.1700000000", hashed("ada"), 0),
        ("x@example.fr.1700000000", "", MET),
    ],
    ids=["address", "user name", "first access"],
)
def test_elsewhere_one_trait_of_a_deleted_account_is_not_enough(
    username: str, email: str, firstaccess: int
) -> None:
    deleted = SiteAccount(UserId(70), username, email, firstaccess, is_deleted=True, mnethostid=1)

    assert elsewhere(archived(7, "ada", firstaccess=MET), deleted) == NoAccount()


def test_elsewhere_several_deleted_accounts_are_ambiguous() -> None:
    names = [
        SiteAccount(UserId(n), f"ada@example.fr.{n}", hashed("ada"), 0, is_deleted=True, mnethostid=1)
        for n in (72, 71)
    ]

    assert elsewhere(archived(7, "ada"), *names) == SeveralAccounts((UserId(71), UserId(72)))


def test_elsewhere_account_deleted_in_the_archive_is_found_by_address_and_first_access() -> None:
    ada = account(70, "ada", firstaccess=MET)
    deleted = archived(7, "ada@example.fr.1700000000", firstaccess=MET, is_deleted=True)

    assert elsewhere(deleted, ada) == Found(ada, MatchedBy.DELETED_BEFORE_ELSEWHERE)
    assert elsewhere(deleted._replace(firstaccess=0), ada._replace(firstaccess=0)) == NoAccount()
    assert elsewhere(deleted._replace(is_deleted=False), ada) == NoAccount()


def test_elsewhere_deleted_account_goes_before_a_conflict() -> None:
    other = account(70, "ada", email="other@example.fr")
    deleted = account(71, "ada@example.fr.1700000000", email=hashed("ada"), is_deleted=True)

    assert elsewhere(archived(7, "ada"), other, deleted) == Found(deleted, MatchedBy.DELETED_SINCE_ELSEWHERE)


def test_everybody_is_found_in_their_order_with_two_lookups() -> None:
    asked: list[AccountsWanted] = []
    accounts = [account(70 + n, f"u{n}") for n in range(5)]
    look_up = look_up_among(accounts)

    def counted(wanted: AccountsWanted) -> list[SiteAccount]:
        asked.append(wanted)
        return list(look_up(wanted))

    people = [Sought(archived(n, f"u{n}"), 1) for n in (4, 9, 0)]
    matches = match_people(people, counted, is_same_site=False)

    assert matches == [
        Found(accounts[4], MatchedBy.USERNAME_AND_TRAIT),
        NoAccount(),
        Found(accounts[0], MatchedBy.USERNAME_AND_TRAIT),
    ]
    assert len(asked) == 2


def test_names_longer_than_any_account_has_are_not_looked_up() -> None:
    long = archived(7, ".1" * 500_000, is_deleted=True)
    asked: list[AccountsWanted] = []

    def none(wanted: AccountsWanted) -> list[SiteAccount]:
        asked.append(wanted)
        return []

    assert match_people([Sought(long, 1)], none, is_same_site=True) == [NoAccount()]
    assert asked == [AccountsWanted(ids={UserId(7)}, usernames=set())]
