"""The composition root: turns options, environment and clock into a site to work on.

Nothing else reads the environment, the clock or the machine's settings; what does its work below
gets times, zones and texts as values.
"""

import gc
import getpass
import os
import shlex
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from platformdirs import user_config_path, user_state_path

from maintien.errors.selection import NoOperator
from maintien.errors.sites import NoSite
from maintien.moodle.config import SiteConfig
from maintien.moodle.dates import find_zone, parse_moment
from maintien.reports.language import Texts
from maintien.reports.pseudonym_secret import read_secret
from maintien.reports.pseudonyms import Pseudonyms
from maintien.runs.journal import Process
from maintien.runs.store.database import DatabaseRunStore
from maintien.runs.store.opening import open_run_store
from maintien.sites.database.operators import OperatorFound
from maintien.sites.database.settings import DatabaseSettings
from maintien.sites.database.site import DatabaseSite
from maintien.sites.opening import OpeningWarning, open_settings, open_site

PROGRAM: Final = "maintien"
SITE_VARIABLE: Final = "MAINTIEN_SITE"
SITE_FILE_VARIABLE: Final = "MAINTIEN_SITES"
STATE_VARIABLE: Final = "MAINTIEN_STATE"
PSEUDONYMS_VARIABLE: Final = "MAINTIEN_PSEUDONYM_SECRET"

_OBJECTS_BETWEEN_COLLECTIONS: Final = 200_000
"""Python's own threshold is 700."""

_LOCAL_TIME: Final = Path("/etc/localtime")
_ZONES: Final = "/zoneinfo/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What there is where the program runs."""

    program: str
    """How a person calls the program from where they are."""
    environment: Mapping[str, str] = field(repr=False)
    site_file: Path
    zone: tzinfo
    """For sites that leave their time zone to the server."""
    clock: Callable[[], int]
    """Gives the time, in Unix seconds."""
    stopwatch: Callable[[], float]
    """Gives seconds since some moment; never goes back."""
    process: Process
    state: str
    """URL of the place where runs are kept, unless the options name another."""
    web_folder: Path
    """Where the web application keeps what is its own, unless the environment names another place."""
    processors: int = 1
    """How many processes can work at once."""
    pseudonym_secret: Path
    """The file with the secret behind pseudonyms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the options ask for that every command takes; None where they say nothing."""

    site: str | None = field(default=None, repr=False)
    settings: DatabaseSettings | None = field(default=None, repr=False)
    """How to reach the site called ``site``, where that is known already."""
    now: str | None = None
    operator: str | None = None
    json: bool = False
    progress: bool = True
    state: str | None = field(default=None, repr=False)
    wait: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One call of the program, before any site is open."""

    machine: Machine
    texts: Texts
    arguments: tuple[str, ...] = field(default=(), repr=False)
    """The command line, without the program's name; may hold a password."""
    wishes: Wishes = field(default_factory=Wishes)
    is_quiet: bool = False
    """Whether nothing is to be said beside the result but what went wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An open site, and the time it is worked on at."""

    site: DatabaseSite
    warnings: tuple[OpeningWarning, ...]
    config: SiteConfig
    zone: tzinfo
    """The site's: dates are read and shown in it."""
    clock: Callable[[], int]
    """Gives the time, in Unix seconds; always the same one in a rehearsal."""
    operator_asked_for: str | None

    def find_operator(self) -> OperatorFound:
        """Find in whose name to write: whom the options name, else the site's first administrator.

        Raises UnknownOperator and NoOperator.
        """
        if self.operator_asked_for is not None:
            return self.site.find_operator(self.operator_asked_for)
        if not self.config.administrators:
            raise NoOperator
        return OperatorFound(id=self.config.administrators[0])


def tune_for_many_rows() -> None:
    """Let the garbage collector look less often.

    A run makes millions of rows that refer to nothing; the collector goes through those alive again and
    again, and finds no cycles. It costs a third of the time of reading and planning otherwise.
    """
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)


def this_machine() -> Machine:
    """Look at the machine that the program runs on."""
    environment = dict(os.environ)
    site_file, secret = environment.get(SITE_FILE_VARIABLE), environment.get(PSEUDONYMS_VARIABLE)
    return Machine(
        program=_program(environment),
        environment=environment,
        site_file=Path(site_file) if site_file else user_config_path("maintien") / "sites.toml",
        zone=_machine_zone(environment),
        clock=lambda: int(time.time()),
        stopwatch=time.monotonic,
        process=Process(user=_user(), host=socket.gethostname(), pid=os.getpid()),
        state=environment.get(STATE_VARIABLE) or f"sqlite:///{user_state_path(PROGRAM) / 'runs.sqlite'}",
        web_folder=user_state_path(PROGRAM) / "web",
        processors=_processors(),
        pseudonym_secret=Path(secret) if secret else user_state_path(PROGRAM) / "pseudonyms.secret",
    )


@contextmanager
def open_session(invocation: Invocation) -> Iterator[Session]:
    """Open the site that the options or the environment name, and close it at the end.

    Raises NoSite, UnreadableDate, and what :func:`~maintien.sites.opening.open_site` raises.
    """
    machine, wishes = invocation.machine, invocation.wishes
    named = wishes.site or machine.environment.get(SITE_VARIABLE)
    if not named:
        raise NoSite
    if wishes.settings is None:
        opened = open_site(named, site_file=machine.site_file, environment=machine.environment)
    else:
        opened = open_settings(named, wishes.settings)
    with closing(opened.site) as site:
        config = site.read_config()
        zone = find_zone(config.timezone, machine.zone)
        yield Session(
            site=site,
            warnings=opened.warnings,
            config=config,
            zone=zone,
            clock=_clock(wishes, machine, zone),
            operator_asked_for=wishes.operator,
        )


def open_store(invocation: Invocation) -> DatabaseRunStore:
    """Open the place where runs are kept.

    Raises BadStateUrl, RunStoreFailed or RunStoreTooNew.
    """
    return open_run_store(invocation.wishes.state or invocation.machine.state)


def pseudonyms_for(invocation: Invocation, site_id: str) -> Pseudonyms:
    """Give the people of a site their pseudonyms.

    Raises PseudonymSecretUnusable.
    """
    return Pseudonyms(secret=read_secret(invocation.machine.pseudonym_secret), site_id=site_id)


def site_identity(session: Session) -> str:
    """Tell sites apart in journals and plan files: by Moodle's own identifier, and the tables' prefix."""
    identifier = session.config.identifier or session.site.name
    return f"{identifier}/{session.site.tables.prefix}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # An account without a name, as containers have.
        return str(os.getuid())


def _processors() -> int:
    """Count the processors that this process may use, where the system tells them apart."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _clock(wishes: Wishes, machine: Machine, zone: tzinfo) -> Callable[[], int]:
    if wishes.now is None:
        return machine.clock
    now = parse_moment(wishes.now, zone)
    return lambda: now


def _program(environment: Mapping[str, str]) -> str:
    """Find how the program was called, or its bare name where the shell finds it by that."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m {PROGRAM}"
    if called.name != PROGRAM or shutil.which(PROGRAM, path=environment.get("PATH")):
        return PROGRAM
    return shlex.quote(str(called))


def _machine_zone(environment: Mapping[str, str]) -> tzinfo:
    """Find the machine's own zone, as the C library does: TZ, then /etc/localtime, else UTC."""
    return find_zone(environment.get("TZ", "").removeprefix(":") or None, _local_zone())


def _local_zone() -> tzinfo:
    _, found, name = str(_LOCAL_TIME.resolve()).rpartition(_ZONES)
    if found:
        return find_zone(name, ZoneInfo("UTC"))
    try:
        with _LOCAL_TIME.open("rb") as file:
            return ZoneInfo.from_file(file, key="localtime")
    except (OSError, ValueError):
        return ZoneInfo("UTC")
