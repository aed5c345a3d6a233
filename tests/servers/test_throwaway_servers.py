"""Throwaway servers keep to themselves, and never outlive the session that started them."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from tests.servers.folders import fastest_place, server_folder
from tests.servers.interface import DatabaseServer, ServerFailed, ServerMissing
from tests.servers.mariadb import run_mariadb
from tests.servers.moodle_databases import MoodleDatabase, Tables
from tests.servers.postgresql import run_postgresql
from tests.servers.programs import find_program
from tests.shared_facts import skip_without

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    name: str
    run: Callable[[Sequence[str]], AbstractContextManager[DatabaseServer]]
    bad_setting: str
    pid_file: str
    listening: str
    nowhere: str


POSTGRESQL = Product(
    name="postgresql",
    run=run_postgresql,
    bad_setting="no_such_setting=1",
    pid_file="data/postmaster.pid",
    listening="SHOW listen_addresses",
    nowhere="",
)
MARIADB = Product(
    name="mariadb",
    run=run_mariadb,
    bad_setting="no-such-setting=1",
    pid_file="pid",
    listening="SELECT @@skip_networking",
    nowhere="1",
)
PRODUCTS = pytest.mark.parametrize("product", [POSTGRESQL, MARIADB], ids=lambda each: each.name)


@pytest.fixture
def server(product: Product, request: pytest.FixtureRequest) -> DatabaseServer:
    running: DatabaseServer = request.getfixturevalue(f"{product.name}_server")
    return running


@PRODUCTS
def test_listens_on_no_port(server: DatabaseServer, product: Product) -> None:
    assert ask(server, product.listening) == product.nowhere


@PRODUCTS
def test_stores_every_character(server: DatabaseServer) -> None:
    assert ask(server, "SELECT 'é𝄞'") == "é𝄞"


@PRODUCTS
def test_a_dropped_database_is_gone_and_dropping_it_again_is_no_error(
    server: DatabaseServer, product: Product
) -> None:
    name = f"Dropped by {product.name}"
    server.create_database(name)
    engine = create_engine(server.url(name))
    with engine.connect():
        server.drop_database(name)
    engine.dispose()
    server.drop_database(name)

    with pytest.raises(OperationalError):
        create_engine(server.url(name)).connect()


@PRODUCTS
def test_a_server_that_does_not_start_shows_its_log(product: Product) -> None:
    try:
        with pytest.raises(ServerFailed, match=r"no.such.setting"), product.run([product.bad_setting]):
            pytest.fail("it started")
    except ServerMissing as missing:
        skip_without(str(missing))


@PRODUCTS
@pytest.mark.usefixtures("server")
def test_a_killed_session_takes_its_server_with_it_and_the_next_removes_the_folder(product: Product) -> None:
    folder, pid, owner = crashed_session(product)

    assert has_ended(pid)
    with server_folder(fastest_place()):
        assert not folder.exists()
    assert owner != 0


def test_a_folder_in_use_is_left_alone() -> None:
    with server_folder(fastest_place()) as first, server_folder(fastest_place()) as second:
        assert first.is_dir()
        assert second.is_dir()
    assert not first.exists()


def test_a_missing_program_names_its_package() -> None:
    with pytest.raises(ServerMissing, match=r"no-such-program .*Debian package some-server"):
        find_program("no-such-program", "some-server", [])


@pytest.mark.parametrize("moodle_tables", [Tables(prefix="m_", names=frozenset({"config"}))])
def test_the_sites_url_is_what_an_administrator_writes(moodle_database: MoodleDatabase) -> None:
    url = make_url(moodle_database.site_url)

    assert (url.drivername, url.query["prefix"]) == (moodle_database.engine.dialect.name, "m_")


def ask(server: DatabaseServer, question: str) -> str:
    database = "postgres" if server.url("").startswith("postgresql") else "mysql"
    engine = create_engine(server.url(database))
    with engine.connect() as connection:
        answer = connection.execute(text(question)).scalar()
    engine.dispose()
    return str(answer)


def crashed_session(product: Product) -> tuple[Path, int, int]:
    """Start a server in a process that is killed; give the folder, and the server's pid and owner."""
    program = (
        "import os, signal, tempfile\n"
        f"from tests.servers.{product.name} import run_{product.name} as run\n"
        "from pathlib import Path\n"
        "with run() as server:\n"
        f"    folder = getattr(server, 'folder', None) or server.socket.parent\n"
        f"    pid = int((folder / {product.pid_file!r}).read_text().split()[0])\n"
        "    print(folder, pid, Path(f'/proc/{pid}').stat().st_uid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(  # noqa: S603 -- the program above
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    folder, pid, owner = done.stdout.split()
    return Path(folder), int(pid), int(owner)


def has_ended(pid: int) -> bool:
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], PATIENCE_SECONDS)[0])
    finally:
        os.close(process)
