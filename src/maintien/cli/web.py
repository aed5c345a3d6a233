"""``maintien web`` and ``maintien worker``: the web application, and what carries its long work out."""

from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from maintien.bootstrap import Invocation
from maintien.cli.console.output import result_console
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.invocation.help import OTHER_PANEL
from maintien.errors.sites import DemoFolderUnusable
from maintien.errors.tree import EXIT_DONE
from maintien.errors.web import WebMissing
from maintien.messages import N_
from maintien.uses.system_words import system_words

if TYPE_CHECKING:
    from maintien.web.serving import Serving

ABOUT_WEB: Final = N_("Serve the web application, for the sites of the site file or on a demo.")
ABOUT_WORKER: Final = N_(
    "Carry out the long work of the web application, beside or instead of its own workers."
)

DEMO_ACCOUNT: Final = "admin"
_BIND: Final = "127.0.0.1:8000"

DemoOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--demo", help=N_("Serve the embedded university, to try everything."), rich_help_panel=OTHER_PANEL
    ),
]
FolderOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--folder",
        metavar=N_("FOLDER"),
        help=N_("Where the demo is put and kept. Default: a new temporary folder."),
        rich_help_panel=OTHER_PANEL,
    ),
]
BindOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--bind",
        metavar=N_("ADDRESS:PORT"),
        help=N_("Where to listen. Default: 127.0.0.1:8000, for a proxy on this machine."),
        rich_help_panel=OTHER_PANEL,
    ),
]
WorkersOption: TypeAlias = Annotated[
    int,
    typer.Option(
        "--workers",
        min=1,
        max=64,
        metavar=N_("NUMBER"),
        help=N_("How many processes answer. Default: 2."),
        rich_help_panel=OTHER_PANEL,
    ),
]
NoWorkerOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--no-worker",
        help=N_("Leave long work to “maintien worker”."),
        rich_help_panel=OTHER_PANEL,
    ),
]


def web(
    context: typer.Context,
    *,
    demo: DemoOption = False,
    folder: FolderOption = None,
    bind: BindOption = _BIND,
    workers: WorkersOption = 2,
    no_worker: NoWorkerOption = False,
) -> Action:
    """Read the options of ``web``."""
    return partial(
        serve_web,
        invocation_of(context),
        demo=demo,
        folder=folder,
        bind=bind,
        workers=workers,
        with_worker=not no_worker,
    )


def worker(context: typer.Context) -> Action:
    """Read the options of ``worker``."""
    return partial(serve_worker, invocation_of(context))


def serve_web(
    invocation: Invocation, *, demo: bool, folder: str | None, bind: str, workers: int, with_worker: bool
) -> int:
    """Serve until interrupted.

    Raises WebMissing, BadWebSetting, BadBind, PortTaken, WebDatabaseFailed, and what making
    the demo raises.
    """
    _require_installed()
    from maintien.web.serving import (  # noqa: PLC0415 -- an extra
        make_first_account,
        make_tables,
        renew_site_passwords,
        require_free,
        serve,
        set_up,
    )

    require_free(bind)
    serving = _serve_demo(invocation, folder, bind) if demo else _serve_sites(invocation, bind, workers)
    set_up(serving, invocation.machine)
    make_tables(serving.configuration)
    renew_site_passwords()
    secret = make_first_account(DEMO_ACCOUNT)
    _say_where(invocation, serving, secret)
    serve(serving, with_worker=with_worker)
    return EXIT_DONE


def serve_worker(invocation: Invocation) -> int:
    """Carry out the long work until interrupted. Raises as :func:`serve_web`."""
    _require_installed()
    from maintien.web.serving import serve_queue  # noqa: PLC0415 -- an extra

    serve_queue(_serve_sites(invocation, _BIND, 1))
    return EXIT_DONE


def _require_installed() -> None:
    if find_spec("django") is None or find_spec("gunicorn") is None:
        raise WebMissing


def _serve_sites(invocation: Invocation, bind: str, workers: int) -> "Serving":
    from maintien.web.configuration import read_web_configuration  # noqa: PLC0415 -- an extra
    from maintien.web.serving import Serving  # noqa: PLC0415 -- same

    machine = invocation.machine
    return Serving(
        configuration=read_web_configuration(machine.environment, default_folder=machine.web_folder),
        site_file=machine.site_file,
        state=invocation.wishes.state or machine.state,
        bind=bind,
        workers=workers,
    )


def _serve_demo(invocation: Invocation, folder: str | None, bind: str) -> "Serving":
    from maintien.web.configuration import SqliteFile, WebConfiguration  # noqa: PLC0415 -- an extra
    from maintien.web.demonstration import make_demo_sites  # noqa: PLC0415 -- same
    from maintien.web.serving import Serving  # noqa: PLC0415 -- same

    place = Path(mkdtemp(prefix="maintien-web-") if folder is None else folder).absolute()
    try:
        site_file = make_demo_sites(place, now=invocation.machine.clock())
    except OSError as error:
        raise DemoFolderUnusable(path=place, reason=system_words(error)) from error
    return Serving(
        configuration=WebConfiguration(
            folder=place / "web", database=SqliteFile(path=place / "web" / "web.sqlite")
        ),
        site_file=site_file,
        state=f"sqlite:///{place / 'runs.sqlite'}",
        is_demo=True,
        bind=bind,
    )


def _say_where(invocation: Invocation, serving: "Serving", secret: str | None) -> None:
    texts, console = invocation.texts, result_console(invocation)
    address = f"http://{serving.bind}/"
    # Flushed: whoever started this in the background reads it now.
    console.print(
        texts.gettext("The web application is at {address}").format(address=address), soft_wrap=True
    )
    if secret is not None:
        sentence = texts.gettext("Sign in as {account} by this link, which works once: {link}")
        link = f"{address}link/{secret}"
        console.print(sentence.format(account=DEMO_ACCOUNT, link=link), soft_wrap=True)
    console.file.flush()
