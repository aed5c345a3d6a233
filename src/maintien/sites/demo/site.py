"""An embedded university on disk: where its two databases are, and how to open them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, inspect, update

from maintien.errors.sites import DemoFolderTaken
from maintien.errors.tree import SiteError
from maintien.sites.database.connecting import connect_engine, writing_engine
from maintien.sites.database.failures import database_failures
from maintien.sites.database.settings import DatabaseSettings, Product
from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.tables import moodle_tables
from maintien.sites.demo.calendar import UniversityCalendar
from maintien.sites.demo.configuration import site_identifier
from maintien.sites.demo.register import TABLE_NAME
from maintien.sites.feeds.cut import FedMoodle
from maintien.sites.feeds.guard import require_demo_site

UNIVERSITY_FILE: Final = "university"
REGISTER_FILE: Final = "register"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSite:
    """A university and its register, two SQLite files in one folder."""

    folder: Path
    variant: str = ""
    """What the names of both files end with before ``.sqlite``: nothing, or ``-before``."""
    calendar: UniversityCalendar

    @property
    def site_path(self) -> Path:
        """Moodle's database."""
        return self.folder.absolute() / f"{UNIVERSITY_FILE}{self.variant}.sqlite"

    @property
    def register_path(self) -> Path:
        """The register that Moodle follows."""
        return self.folder.absolute() / f"{REGISTER_FILE}{self.variant}.sqlite"

    @property
    def site_url(self) -> str:
        """What ``--site`` takes."""
        return _settings(self.site_path).label

    @property
    def register_url(self) -> str:
        """The register, in the same notation."""
        return _settings(self.register_path).label

    @contextmanager
    def open_site(self) -> Iterator[DatabaseSite]:
        """Open the Moodle as any other site, for the length of a block.

        Raises CannotConnect, ReadOnlyAccount or DatabaseFailed, also for what happens in the block.
        """
        with _opened(self.site_path) as engine:
            yield DatabaseSite(name=self.site_url, engine=engine, tables=moodle_tables())

    @contextmanager
    def open_moodle(self) -> Iterator[FedMoodle]:
        """Open the Moodle with its register, for its syncs to run, for the length of a block.

        Raises CannotConnect, ReadOnlyAccount or DatabaseFailed, also for what happens in the block.
        """
        with _opened(self.site_path) as engine, _opened(self.register_path) as register:
            tables = moodle_tables()
            yield FedMoodle(name=self.site_url, engine=engine, tables=tables, register=register)


def copy_demo(demo: DemoSite, variant: str) -> DemoSite:
    """Copy both files beside the originals, replacing earlier copies.

    The copy follows its own register, and is another site to whoever keeps journals.

    Raises:
        DemoFolderTaken: a file of one of these names is not an embedded university's.
        OSError, DatabaseFailed: the folder can't be written to.
    """
    copy = DemoSite(folder=demo.folder, variant=variant, calendar=demo.calendar)
    require_free_names(copy)
    shutil.copyfile(demo.register_path, copy.register_path)
    shutil.copyfile(demo.site_path, copy.site_path)
    with copy.open_moodle() as moodle, writing_engine(moodle.engine).begin() as connection:
        config, plugins = moodle.tables.config, moodle.tables.config_plugins
        connection.execute(
            update(plugins)
            .where(plugins.c.plugin == "enrol_database", plugins.c.name == "dbhost")
            .values(value=register_dsn(copy))
        )
        connection.execute(
            update(config)
            .where(config.c.name == "siteidentifier")
            .values(value=site_identifier(demo.calendar, variant))
        )
    return copy


def register_dsn(demo: DemoSite) -> str:
    """Name the register in the site's own settings, as PHP's PDO does."""
    return f"sqlite:{demo.register_path.name}"


def require_free_names(demo: DemoSite) -> None:
    """Make sure that nothing but an earlier university is replaced.

    Raises:
        DemoFolderTaken: a file of one of these names is something else.
    """
    if demo.site_path.exists() and not _is_university(demo.site_path):
        raise DemoFolderTaken(path=demo.site_path)
    if demo.register_path.exists() and not _is_register(demo.register_path):
        raise DemoFolderTaken(path=demo.register_path)


def _is_university(path: Path) -> bool:
    try:
        with _opened(path) as engine, engine.connect() as connection:
            require_demo_site(connection, moodle_tables(), str(path))
    except SiteError:
        return False
    return True


def _is_register(path: Path) -> bool:
    try:
        with _opened(path) as engine:
            return inspect(engine).has_table(TABLE_NAME)
    except SiteError:
        return False


@contextmanager
def _opened(path: Path) -> Iterator[Engine]:
    settings = _settings(path)
    engine = connect_engine(settings)
    try:
        with database_failures(settings.label, is_writing=True):
            yield engine
    finally:
        engine.dispose()


def _settings(path: Path) -> DatabaseSettings:
    return DatabaseSettings(product=Product.SQLITE, database=str(path))
