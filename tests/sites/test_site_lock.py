"""One run at a time on a site, on each database."""

import threading

from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.tables import moodle_tables
from maintien.sites.interface import Holder
from tests.servers.moodle_databases import MoodleDatabase, Tables
from tests.sites.small_moodle import fill_database, opened

FIRST = Holder(name="ada@moodle1", since=1_788_000_000)
SECOND = Holder(name="bob@moodle2", since=1_788_000_060)


def site_of(database: MoodleDatabase) -> DatabaseSite:
    return opened(database.site_url)


def test_second_run_is_told_who_holds_the_site(moodle_database: MoodleDatabase) -> None:
    fill_database(moodle_database)
    first, second = site_of(moodle_database), site_of(moodle_database)
    try:
        with first.hold_lock(FIRST) as nobody, second.hold_lock(SECOND) as holder:
            assert nobody is None
            assert holder is not None
            if moodle_database.engine.dialect.name == "mariadb":
                # MariaDB knows the connection that holds a lock by its database account only.
                assert "@" in holder.name
            else:
                assert holder.name == FIRST.name
            assert holder.since > 0
    finally:
        first.close()
        second.close()


def test_site_is_free_again_afterwards(moodle_database: MoodleDatabase) -> None:
    fill_database(moodle_database)
    first, second = site_of(moodle_database), site_of(moodle_database)
    try:
        with first.hold_lock(FIRST):
            pass
        with second.hold_lock(SECOND) as holder:
            assert holder is None
    finally:
        first.close()
        second.close()


def test_who_waits_gets_the_site_when_it_is_free(moodle_database: MoodleDatabase) -> None:
    fill_database(moodle_database)
    first, second = site_of(moodle_database), site_of(moodle_database)
    got: list[Holder | None] = []

    def wait() -> None:
        with second.hold_lock(SECOND, waits=True) as holder:
            got.append(holder)

    waiting = threading.Thread(target=wait)
    try:
        with first.hold_lock(FIRST):
            waiting.start()
            waiting.join(timeout=0.3)
            assert waiting.is_alive()
            assert got == []
        waiting.join(timeout=30)
        assert got == [None]
    finally:
        first.close()
        second.close()


def test_sites_of_other_prefixes_in_one_database_are_held_apart(
    moodle_database: MoodleDatabase,
) -> None:
    fill_database(moodle_database)
    other = Tables(prefix="other_")
    other.create(moodle_database.url)
    site = site_of(moodle_database)
    twin = DatabaseSite(name="twin", engine=site.engine, tables=moodle_tables("other_"))
    try:
        with site.hold_lock(FIRST), twin.hold_lock(SECOND) as holder:
            assert holder is None
    finally:
        site.close()
