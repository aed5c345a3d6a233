"""Django, configured once a process before any test imports a model, with a folder of its own."""

import atexit
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import django
from django.conf import settings

from maintien.bootstrap import this_machine
from maintien.web.configuration import SqliteFile, WebConfiguration
from maintien.web.keys import prepare_folder
from maintien.web.settings import django_settings
from maintien.web.surroundings import Surroundings

NOW: Final = 1_804_000_000
"""Unix seconds: 2 March 2027, in the middle of a university year."""
FRONT_END: Final = "10.1.2.3"


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


FOLDER: Final = Path(mkdtemp(prefix="maintien-web-tests-"))
CLOCK: Final = Clock()
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)


def _configure() -> None:
    machine = replace(
        this_machine(),
        site_file=FOLDER / "sites.toml",
        state=f"sqlite:///{FOLDER / 'runs.sqlite'}",
        clock=CLOCK,
    )
    configuration = WebConfiguration(
        folder=prepare_folder(FOLDER / "web"),
        database=SqliteFile(path=FOLDER / "web" / "web.sqlite"),
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


_configure()
