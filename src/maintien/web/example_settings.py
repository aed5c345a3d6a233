"""Settings for tools that read Django's classes without running them: mypy's plugin, makemigrations."""

from pathlib import Path

from maintien.bootstrap import this_machine
from maintien.web.configuration import SqliteFile, WebConfiguration
from maintien.web.settings import django_settings
from maintien.web.surroundings import Surroundings

globals().update(
    django_settings(
        Surroundings(
            machine=this_machine(),
            configuration=WebConfiguration(
                folder=Path("/nowhere"),
                database=SqliteFile(path=Path(":memory:")),
                secret_key="for reading only",  # noqa: S106 -- nothing runs by it
            ),
        )
    )
)
