"""``moodle_backup.xml``: what the archive is, and with which settings it was made.

Source: backup_main_structure_step (backup/moodle2/backup_stepslib.php) and
backup_general_helper::get_backup_information (backup/util/helper/backup_general_helper.class.php), Moodle
2.6 to 4.3.
"""

from typing import Final

from maintien.errors.archives import ArchiveLacksDocument, UnknownBackupFormat
from maintien.mbz.archive import MOODLE_2_FORMAT, ArchiveHeader
from maintien.mbz.container.member import Member
from maintien.mbz.documents.values import Values
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.xml_reading import read_records
from maintien.mbz.xml_shapes import Shape
from maintien.moodle.ids import ContextId, CourseId

_ROOT_LEVEL: Final = "root"
_TEXTS: Final = frozenset(
    {
        "name",
        "moodle_version",
        "moodle_release",
        "backup_version",
        "backup_release",
        "original_wwwroot",
        "original_site_identifier_hash",
        "original_course_shortname",
        "original_course_fullname",
        "original_course_format",
    }
)
_NUMBERS: Final = frozenset(
    {
        "backup_date",
        "mnet_remoteusers",
        "original_course_id",
        "original_course_startdate",
        "original_course_enddate",
        "original_course_contextid",
        "original_system_contextid",
    }
)
_INFORMATION: Final = Shape(
    path="moodle_backup/information", columns=_TEXTS | _NUMBERS, attributes=frozenset()
)
_DETAIL: Final = Shape(
    path="moodle_backup/information/details/detail",
    columns=frozenset({"type", "format", "mode"}),
    attributes=frozenset(),
)
_SETTING: Final = Shape(
    path="moodle_backup/information/settings/setting",
    columns=frozenset({"level", "name", "value"}),
    attributes=frozenset(),
    is_definition=True,
)


def parse_moodle_backup(member: Member, limits: ArchiveLimits) -> ArchiveHeader:
    """Read the header.

    Raises ArchiveError; UnknownBackupFormat for one that is not Moodle 2's.
    """
    information: Values | None = None
    detail: Values | None = None
    settings: dict[str, str] = {}
    for record in read_records(member, (_INFORMATION, _DETAIL, _SETTING), limits):
        values = Values(member, record)
        if record.shape is _INFORMATION:
            information = values
        elif record.shape is _DETAIL:
            detail = detail or values
        elif values.text("level") == _ROOT_LEVEL:
            settings[values.text("name")] = values.text("value")
    if information is None or detail is None:
        raise ArchiveLacksDocument(archive=member.archive, member=member.path)
    header = _header(information, detail, settings)
    if header.format != MOODLE_2_FORMAT:
        raise UnknownBackupFormat(archive=member.archive, format=header.format)
    return header


def _header(information: Values, detail: Values, settings: dict[str, str]) -> ArchiveHeader:
    return ArchiveHeader(
        name=information.text_or_empty("name"),
        moodle_version=information.text_or_empty("moodle_version"),
        moodle_release=information.text_or_empty("moodle_release"),
        backup_version=information.text_or_empty("backup_version"),
        backup_release=information.text_or_empty("backup_release"),
        backup_date=information.number_or_zero("backup_date"),
        has_remote_users=information.number_or_zero("mnet_remoteusers") != 0,
        original_wwwroot=information.text_or_empty("original_wwwroot"),
        original_site_identifier_hash=information.text_or_empty("original_site_identifier_hash"),
        original_course_id=CourseId(information.number("original_course_id")),
        original_course_shortname=information.text_or_empty("original_course_shortname"),
        original_course_fullname=information.text_or_empty("original_course_fullname"),
        original_course_format=information.text_or_empty("original_course_format"),
        original_course_startdate=information.number_or_zero("original_course_startdate"),
        original_course_enddate=information.number_or_zero("original_course_enddate"),
        original_course_contextid=ContextId(information.number_or_zero("original_course_contextid")),
        original_system_contextid=ContextId(information.number_or_zero("original_system_contextid")),
        type=detail.text("type"),
        format=detail.text("format"),
        mode=detail.text_or_empty("mode"),
        settings=settings,
    )
