import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from django.test import Client

from maintien.bootstrap import this_machine
from maintien.web.configuration import SqliteFile, WebConfiguration
from maintien.web.demonstration import make_demo_sites
from maintien.web.keys import prepare_folder
from maintien.web.settings import django_settings
from maintien.web.surroundings import Surroundings

NOW = 1_804_000_000
"""Unix seconds: 2 March 2027, in the middle of a university year."""
FRONT_END = "10.1.2.3"


class UndefinedVariable(str):
    """What a template would show of a variable that is not there: the test fails instead."""

    __slots__ = ()

    def __contains__(self, _text: object) -> bool:
        return True

    def __mod__(self, variable: object) -> str:
        raise AssertionError(f"a template uses {variable}, which is not there")


@dataclass
class Clock:
    now: int = NOW

    def __call__(self) -> int:
        return self.now


@dataclass(frozen=True)
class WebApplication:
    """The application with an empty database of its own, before a new demo university."""

    folder: Path
    clock: Clock

    @property
    def surroundings(self) -> Surroundings:
        found = settings.MAINTIEN
        assert isinstance(found, Surroundings)
        return found


@pytest.fixture(scope="session")
def set_up_django(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """Configure Django once; give the folder it works in, and one with everything as it begins."""
    folder, beginning = tmp_path_factory.mktemp("web"), tmp_path_factory.mktemp("web-beginning")
    make_demo_sites(beginning, now=NOW)
    text = (beginning / "sites.toml").read_text().replace(str(beginning), str(folder))
    (beginning / "sites.toml").write_text(text)
    shutil.copytree(beginning, folder, dirs_exist_ok=True)
    prepare_folder(folder / "web")
    machine = replace(
        this_machine(),
        site_file=folder / "sites.toml",
        state=f"sqlite:///{folder / 'runs.sqlite'}",
        clock=Clock(),
    )
    configuration = WebConfiguration(
        folder=folder / "web",
        database=SqliteFile(path=folder / "web" / "web.sqlite"),
        hosts=("testserver",),
        front_ends=frozenset({FRONT_END}),
        user_header="X-Remote-User",
    )
    values = django_settings(Surroundings(machine=machine, configuration=configuration, is_demo=True))
    values["TEMPLATES"][0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable("%s")
    # Argon2 is slow on purpose.
    values["PASSWORD_HASHERS"] = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.configure(**values)
    django.setup(set_prefix=False)
    call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()
    shutil.copytree(folder / "web", beginning / "web", dirs_exist_ok=True)
    yield folder, beginning
    connections.close_all()


@pytest.fixture
def application(set_up_django: tuple[Path, Path]) -> Iterator[WebApplication]:
    folder, beginning = set_up_django
    _forget()
    for path in (*folder.glob("*.sqlite*"), *(folder / "web").glob("*.sqlite*")):
        path.unlink()
    shutil.copytree(beginning, folder, dirs_exist_ok=True)
    clock = settings.MAINTIEN.machine.clock
    clock.now = NOW
    yield WebApplication(folder=folder, clock=clock)
    _forget()


def _forget() -> None:
    from maintien.web.journals import close_journals
    from maintien.web.operations.heart import is_shutting_down
    from maintien.web.plan_files import close_plans
    from maintien.web.sites import close_sites

    is_shutting_down.clear()
    close_sites()
    close_journals()
    close_plans()
    cache.clear()
    connections.close_all()


SignIn = Callable[..., Client]


@pytest.fixture
def sign_in(application: WebApplication) -> SignIn:
    """Sign somebody in who has these rights: (role, site, category)."""
    from maintien.web.models import Account, Right

    del application

    def make(username: str, *rights: tuple[Any, str, int | None]) -> Client:
        account = Account.objects.filter(username=username).first()
        if account is None:
            account = Account.objects.create_account(username)
        for role, site, category in rights:
            Right(account=account, role=role.value, site=site, category=category).save()
        client = Client()
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


@pytest.fixture
def administrator(sign_in: SignIn) -> Client:
    from maintien.web.rights.roles import Role

    return sign_in("root", (Role.ADMINISTRATOR, "", None))


@pytest.fixture
def work(application: WebApplication) -> Callable[[], None]:
    """Let a worker carry out what waits in the queue."""
    from maintien.web.operations.worker import OperationWorker

    del application

    def carry_out_what_waits() -> None:
        worker = OperationWorker(
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id="test",
            excluded_queue_names=[],
        )
        worker.run()

    return carry_out_what_waits


@pytest.fixture
def counted(application: WebApplication, work: Callable[[], None]) -> WebApplication:
    """The application once it has counted the demo site."""
    from maintien.web.operations.worker import count_what_is_old

    count_what_is_old()
    work()
    return application
