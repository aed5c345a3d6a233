import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from django.test import Client

from tests.web.django_here import CLOCK, FOLDER, NOW, Clock  # isort: split

from maintien.web.demonstration import make_demo_sites
from maintien.web.journals import close_journals
from maintien.web.models import Account, Right
from maintien.web.operations.heart import is_shutting_down
from maintien.web.operations.worker import OperationWorker, count_what_is_old
from maintien.web.plan_files import close_plans
from maintien.web.rights.roles import Role
from maintien.web.sites import close_sites
from maintien.web.surroundings import Surroundings, surroundings


@dataclass(frozen=True)
class WebApplication:
    """The application with an empty database of its own, before a new demo university."""

    folder: Path
    clock: Clock

    @property
    def surroundings(self) -> Surroundings:
        return surroundings()


@pytest.fixture(scope="session")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Make everything as it begins: a demo university, and empty tables."""
    folder = tmp_path_factory.mktemp("web-beginning")
    make_demo_sites(folder, now=NOW)
    text = (folder / "sites.toml").read_text().replace(str(folder), str(FOLDER))
    (folder / "sites.toml").write_text(text)
    call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()
    shutil.copytree(FOLDER / "web", folder / "web")
    yield folder
    connections.close_all()


@pytest.fixture
def application(beginning: Path) -> Iterator[WebApplication]:
    folder = FOLDER
    _forget()
    kept = (*folder.glob("*.sqlite*"), *(folder / "web").glob("*.sqlite*"), *folder.glob("web/*/**/*"))
    for path in filter(Path.is_file, kept):
        path.unlink()
    shutil.copytree(beginning, folder, dirs_exist_ok=True)
    CLOCK.now = NOW
    yield WebApplication(folder=folder, clock=CLOCK)
    _forget()


def _forget() -> None:

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

    del application

    def make(username: str, *rights: tuple[Role, str, int | None]) -> Client:
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

    return sign_in("root", (Role.ADMINISTRATOR, "", None))


@pytest.fixture
def work(application: WebApplication) -> Callable[[], None]:
    """Let a worker carry out what waits in the queue."""

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

    count_what_is_old()
    work()
    return application
