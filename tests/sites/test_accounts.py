"""Accounts, roles and hosts are looked up alike on every database."""

from collections.abc import Iterator

import pytest

from maintien.enrolments.accounts import AccountsWanted, SiteAccount, SiteIdentity, SiteRole
from maintien.moodle.ids import RoleId, UserId
from maintien.sites.database.accounts import DatabaseAccounts
from maintien.sites.database.opening import open_database
from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.tables import moodle_tables
from maintien.sites.database.urls import parse_database_url
from tests.cli.university import put
from tests.golden_cases import load_before, procedure_case
from tests.servers.moodle_databases import MoodleDatabase

ADA = SiteAccount(UserId(901), "ada", "Ada@example.fr", 1_700_000_000, is_deleted=False, mnethostid=1)
GONE = SiteAccount(UserId(902), "g@example.fr.1700000000", "0" * 32, 0, is_deleted=True, mnethostid=1)
FAR = SiteAccount(UserId(903), "ada", "ada@peer.example", 0, is_deleted=False, mnethostid=3)


@pytest.fixture
def site(moodle_database: MoodleDatabase) -> Iterator[DatabaseSite]:
    tables = moodle_tables(moodle_database.prefix)
    with moodle_database.engine.begin() as connection:
        load_before(connection, procedure_case(101), moodle_database.prefix)
        for account in (ADA, GONE, FAR):
            put(
                connection,
                tables.user,
                id=account.id,
                username=account.username,
                email=account.email,
                firstaccess=account.firstaccess,
                deleted=int(account.is_deleted),
                mnethostid=account.mnethostid,
            )
        for hostid, address in ((1, "https://here.example"), (3, "https://peer.example")):
            put(connection, tables.mnet_host, id=hostid, wwwroot=address, public_key="")
        put(connection, tables.config, name="siteidentifier", value="abc")
    opened, _ = open_database(parse_database_url(moodle_database.site_url), "people")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (AccountsWanted(ids={UserId(901), UserId(77777)}), [ADA]),
        (AccountsWanted(usernames={"ada", "nobody"}), [ADA, FAR]),
        (AccountsWanted(deleted_emails={"0" * 32, "Ada@example.fr"}), [GONE]),
        (AccountsWanted(first_accesses={1_700_000_000}), [ADA]),
        (AccountsWanted(ids={UserId(901)}, usernames={"ada"}), [ADA, FAR]),
        (AccountsWanted(), []),
    ],
    ids=["ids", "user names", "addresses of deleted", "first accesses", "each once", "nothing"],
)
def test_accounts_are_found_by_each_trait(
    site: DatabaseSite, wanted: AccountsWanted, expected: list[SiteAccount]
) -> None:
    assert site.accounts().read_accounts(wanted) == expected


def test_hostile_names_are_values(site: DatabaseSite) -> None:
    names = {"' OR 1=1 --", "%", "ad_", "\\", "x" * 5000}

    assert site.accounts().read_accounts(AccountsWanted(usernames=names)) == []


def test_thousands_are_looked_up_at_once(site: DatabaseSite) -> None:
    wanted = AccountsWanted(ids={UserId(number) for number in range(1, 5000)} - {UserId(1), UserId(2)})

    assert site.accounts().read_accounts(wanted) == [ADA, GONE, FAR]


def test_site_says_who_it_is(site: DatabaseSite) -> None:
    people = site.accounts()

    assert people.read_identity() == SiteIdentity(identifier="abc", local_host=1)
    assert people.read_address(1) == "https://here.example"
    assert people.read_address(9) == ""
    assert people.read_hosts(["https://peer.example", "https://nowhere.example"]) == {
        "https://peer.example": 3
    }


def test_address_of_the_configuration_goes_before_the_databases(site: DatabaseSite) -> None:
    accounts = site.accounts()
    configured = DatabaseAccounts(reading=accounts.reading, tables=site.tables, wwwroot="https://new.example")

    assert configured.read_address(1) == "https://new.example"


def test_roles_come_with_their_archetypes(site: DatabaseSite) -> None:
    roles = site.accounts().read_roles()

    assert roles[0] == SiteRole(RoleId(1), "manager", "manager")
    assert [role.id for role in roles] == sorted(role.id for role in roles)
