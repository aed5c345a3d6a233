"""Reads what the header of an archive says of the site, and what of it every backup has in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import md5
from typing import Final

from sqlalchemy import Connection, select

from maintien.mbz.writing.documents.moodle_backup_xml import Origin
from maintien.mbz.writing.releases import columns_to_come
from maintien.moodle.release import Release, parse_release
from maintien.moodle.values import ContextLevel
from maintien.sites.database.backups.enrolments import read_roles_overridden_for_users
from maintien.sites.database.backups.source import BackupSource, TableColumns
from maintien.sites.database.tables import MoodleTables

_SETTINGS: Final = (
    "version",
    "release",
    "backup_version",
    "backup_release",
    "siteidentifier",
    "mnet_localhost_id",
    "grade_minmaxtouse",
)
_DEFAULT_MIN_MAX: Final = "1"
"""``GRADE_MIN_MAX_FROM_GRADE_ITEM``, the site's default. Source: admin/settings/grades.php, Moodle 4.3."""

_FREEZE: Final = "gradebook_calculations_freeze_"
"""Beginning of the names of settings of courses whose grades are reckoned as in an older Moodle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """What backups of one site have in common; read once, for they cost more than a small course."""

    origin: Origin
    release: Release | None
    columns: TableColumns
    local_host_id: int
    """Config ``mnet_localhost_id``: where accounts of the site itself belong."""
    local_host: str
    """The address of that host, which may be an older one than the site's."""
    min_max_to_use: str
    freezes: dict[int, str] = field(default_factory=dict)
    """By course; see :class:`~maintien.mbz.writing.documents.gradebook_xml.Gradebook`."""
    roles_overridden_for_users: list[tuple[int, int]] = field(default_factory=list)
    """Pairs of role and user."""


def read_site_facts(connection: Connection, tables: MoodleTables, *, wwwroot: str | None = None) -> SiteFacts:
    """Read them; ``wwwroot`` is the site's address where it is known better than by the database."""
    columns = TableColumns.read(connection, tables)
    source = BackupSource(connection=connection, tables=tables, columns=columns)
    settings = _read_settings(source)
    local_host_id = int(settings.get("mnet_localhost_id", "0") or 0)
    local_host = _read_address(source, local_host_id)
    release = parse_release(settings.get("release", ""))
    return SiteFacts(
        origin=_origin(source, settings, (wwwroot or local_host).rstrip("/")),
        release=release,
        columns=columns.without(columns_to_come(release)),
        local_host_id=local_host_id,
        local_host=local_host,
        min_max_to_use=settings.get("grade_minmaxtouse") or _DEFAULT_MIN_MAX,
        freezes=_read_freezes(source),
        roles_overridden_for_users=read_roles_overridden_for_users(source),
    )


def _read_settings(source: BackupSource) -> dict[str, str]:
    config = source.tables.config
    query = select(config.c.name, config.c.value).where(config.c.name.in_(_SETTINGS))
    return {row.name: row.value for row in source.connection.execute(query)}


def _read_freezes(source: BackupSource) -> dict[int, str]:
    config = source.tables.config
    query = select(config.c.name, config.c.value).where(config.c.name.startswith(_FREEZE, autoescape=True))
    found = ((name.removeprefix(_FREEZE), value) for name, value in source.connection.execute(query))
    return {int(course): value for course, value in found if course.isdecimal()}


def _read_address(source: BackupSource, local_host_id: int) -> str:
    """Read the address of the site's own host in the Moodle network: the database has it nowhere else."""
    host = source.tables.mnet_host
    if not source.columns.has(host):
        return ""
    query = select(host.c.wwwroot).where(host.c.id == local_host_id)
    return source.connection.execute(query).scalar() or ""


def _origin(source: BackupSource, settings: Mapping[str, str], wwwroot: str) -> Origin:
    version, release = settings.get("version", ""), settings.get("release", "")
    identifier = settings.get("siteidentifier", "").encode()
    backup_version, backup_release = _format_of_backups(settings)
    return Origin(
        moodle_version=version,
        moodle_release=release,
        backup_version=backup_version,
        backup_release=backup_release,
        wwwroot=wwwroot,
        identifier_hash=md5(identifier, usedforsecurity=False).hexdigest(),
        system_contextid=_read_system_context(source),
    )


def _format_of_backups(settings: Mapping[str, str]) -> tuple[str, str]:
    """Give the version and the release of the format that the site's Moodle writes.

    Moodle records them only when it next makes a backup or restores one: until then they are those before its
    upgrade, or of a new site ``2008111700``, which its restore refuses. So older ones than the branch's don't
    count. Source: ``apply_version_and_release`` (backup/util/dbops/backup_controller_dbops.class.php) and
    lib/db/install.php, Moodle 4.1 and 4.3.
    """
    recorded = settings.get("backup_version", ""), settings.get("backup_release", "")
    branch = parse_release(settings.get("release", ""))
    begun = _branch_version(settings.get("version", "")), "" if branch is None else str(branch)
    return recorded if _number(recorded[0]) >= _number(begun[0]) else begun


def _branch_version(version: str) -> str:
    """Give the version that the branch began with, which is its format's."""
    whole = version.partition(".")[0]
    return f"{whole[:-2]}00" if whole.isdecimal() and len(whole) > len("00") else whole


def _number(version: str) -> int:
    return int(version) if version.isdecimal() else 0


def _read_system_context(source: BackupSource) -> int:
    context = source.tables.context
    query = select(context.c.id).where(context.c.contextlevel == ContextLevel.SYSTEM)
    return source.connection.execute(query.order_by(context.c.id).limit(1)).scalar() or 0
