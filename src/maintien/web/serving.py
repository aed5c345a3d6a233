"""Starts the application: makes its tables, its first account, the server and its workers.

Three kinds of processes: the one that was called, which only waits; the server, gunicorn's; and workers,
started again when they die. Each is a process of its own, so that a long run takes nothing from pages.
"""

import multiprocessing
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Final

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, transaction
from gunicorn.app.base import BaseApplication

from maintien.bootstrap import Machine, this_machine, tune_for_many_rows
from maintien.errors.web import BadBind, PortTaken, WebDatabaseFailed
from maintien.web.configuration import SqliteFile, WebConfiguration
from maintien.web.keys import prepare_folder
from maintien.web.settings import django_settings
from maintien.web.surroundings import Surroundings

QUEUES: Final = (["default"], ["runs"])
"""A worker for each: runs go on for long, and previews don't wait behind them."""
_RESTART_SECONDS: Final = 1.0
_GRACE_SECONDS: Final = 30
_PRIVATE: Final = 0o077


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What is to be started; crosses to other processes."""

    configuration: WebConfiguration
    site_file: Path
    state: str = field(repr=False)
    is_demo: bool = False
    bind: str = "127.0.0.1:8000"
    workers: int = 1
    threads: int = 8


def set_up(serving: Serving, machine: Machine | None = None) -> None:
    """Make Django ready in this process."""
    if settings.configured:
        return
    prepare_folder(serving.configuration.folder)
    settings.configure(**django_settings(surroundings_of(serving, machine or this_machine())))
    django.setup(set_prefix=False)


def surroundings_of(serving: Serving, machine: Machine) -> Surroundings:
    """Say where a process runs that was told what to serve."""
    return Surroundings(
        machine=_with_places(machine, serving),
        configuration=serving.configuration,
        is_demo=serving.is_demo,
    )


def make_tables(configuration: WebConfiguration) -> None:
    """Make the application's own tables, or bring them up to date.

    Raises WebDatabaseFailed.
    """
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise WebDatabaseFailed(reason=str(error).strip().split("\n")[0]) from error
    database = configuration.database
    if isinstance(database, SqliteFile):
        database.path.chmod(database.path.stat().st_mode & ~_PRIVATE)


def make_first_account(username: str) -> str | None:
    """Make an administrator where nobody has an account; give the secret of its one-time link."""
    from maintien.web.links import make_link  # noqa: PLC0415 -- Django has to be ready
    from maintien.web.models import Account, Right  # noqa: PLC0415 -- same
    from maintien.web.rights.roles import Role  # noqa: PLC0415 -- same

    with transaction.atomic():
        if Account.objects.exists():
            return None
        account = Account.objects.create_account(username)
        Right(account=account, role=Role.ADMINISTRATOR.value).save()
        return make_link(account)


def renew_site_passwords() -> None:
    """Encrypt with the newest key the passwords of sites that older keys encrypted."""
    from maintien.web.added_sites import renew_passwords  # noqa: PLC0415 -- Django has to be ready

    renew_passwords()


def require_free(bind: str) -> None:
    """Check that nothing else listens where the server is to.

    Raises BadBind and PortTaken.
    """
    host, _, port = bind.rpartition(":")
    if not host or not port.isdecimal() or int(port) >= 1 << 16:
        raise BadBind(text=bind)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError:
            raise PortTaken(bind=bind) from None


def serve(serving: Serving, *, with_worker: bool) -> None:
    """Serve until SIGTERM or SIGINT."""
    targets: list[tuple[Callable[..., None], tuple[object, ...]]] = [(run_server, (serving,))]
    if with_worker:
        targets += [(run_worker, (serving, queues)) for queues in QUEUES]
    _supervise(targets)


def serve_queue(serving: Serving) -> None:
    """Carry out what the queue holds until SIGTERM or SIGINT."""
    _supervise([(run_worker, (serving, queues)) for queues in QUEUES])


def run_server(serving: Serving) -> None:
    """Be the server."""
    set_up(serving)
    options = {
        "bind": serving.bind,
        "workers": serving.workers,
        "threads": serving.threads,
        "worker_class": "gthread",
        "keepalive": 30,
        "timeout": 120,
        "graceful_timeout": 10,
        "loglevel": "warning",
        "limit_request_line": 8190,
        "control_socket_disable": True,
    }
    _Server(options).run()


def run_worker(serving: Serving, queues: list[str]) -> None:
    """Be a worker."""
    set_up(serving)
    tune_for_many_rows()
    from maintien.web.operations.worker import work  # noqa: PLC0415 -- Django has to be ready

    work(queues)


class _Server(BaseApplication):  # type: ignore[misc]  # it has no hints
    """Gunicorn, told by us rather than by files."""

    def __init__(self, options: dict[str, object]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Take our options."""
        for name, value in self.options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> object:
        """Give the application."""
        return get_wsgi_application()


def _supervise(targets: list[tuple[Callable[..., None], tuple[object, ...]]]) -> None:
    """Keep a process going for each target, until told to end; then let them end."""
    over = Event()
    context = multiprocessing.get_context("spawn")

    def start(target: Callable[..., None], arguments: tuple[object, ...]) -> BaseProcess:
        process = context.Process(target=target, args=arguments)
        process.start()
        return process

    with _ending_by_signals(over):
        running = [(target, start(*target)) for target in targets]
        while not over.wait(_RESTART_SECONDS):
            running = [
                (target, process if process.is_alive() else start(*target)) for target, process in running
            ]
        for _, process in running:
            process.terminate()
        for _, process in running:
            process.join(_GRACE_SECONDS)
            if process.is_alive():
                process.kill()


@contextmanager
def _ending_by_signals(over: Event) -> Iterator[None]:
    def end(_number: int, _frame: FrameType | None) -> None:
        over.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _with_places(machine: Machine, serving: Serving) -> Machine:
    return replace(machine, site_file=serving.site_file, state=serving.state)
