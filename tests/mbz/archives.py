"""Builds archives for the tests: from documents, into either container, whole or broken."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from typing import Final

from maintien.mbz.source import ArchiveSource

NAME: Final = "course.mbz"
COURSE_ID: Final = 24
CONTEXT_ID: Final = 386
WHEN: Final = 1_795_445_181

Members = Iterable[tuple[str, bytes]]
"""Names and contents, in the archive's order; a name may come twice."""

SETTINGS: Final[Mapping[str, str]] = {
    "filename": "backup.mbz",
    "users": "1",
    "anonymize": "0",
    "role_assignments": "1",
    "activities": "0",
    "groups": "1",
}


def source_of(content: bytes, name: str = NAME) -> ArchiveSource:
    """Give the bytes of an archive as an open file."""
    return ArchiveSource(name=name, file=io.BytesIO(content))


def gzip_tar(members: Members, *, level: int = 6) -> bytes:
    """Pack members as Moodle does: ustar in gzip, with an index before them."""
    listed = list(members)
    return gzip.compress(tar([(".ARCHIVE_INDEX", archive_index(listed)), *listed]), level, mtime=0)


def gzip_tar_without_index(members: Members) -> bytes:
    """Pack members as other programs than Moodle do."""
    return gzip.compress(tar(members), mtime=0)


def archive_index(members: Members) -> bytes:
    """List members as Moodle does."""
    lines = [f"{name}\tf\t{len(content)}\t{WHEN}\n" for name, content in members]
    return f"Moodle archive file index. Count: {len(lines)}\n{''.join(lines)}".encode()


def tar(members: Members) -> bytes:
    """Put members into a tar."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(content), WHEN
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def zipped(members: Members, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack members into a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def documents(**changed: bytes | None) -> dict[str, bytes]:
    """Give the documents of a small course, in the order of Moodle's archives.

    One of them is changed by its name without folders and ``.xml`` (``course_roles`` for the course's own
    roles), or left out with None.
    """
    plain = {
        "course/course.xml": course_xml(),
        "course/inforef.xml": inforef_xml((3, 4)),
        "course/roles.xml": role_assignments_xml(),
        "course/enrolments.xml": enrolments_xml(),
        "groups.xml": groups_xml(),
        "moodle_backup.xml": moodle_backup_xml(),
        "roles.xml": ROLES_XML,
        "users.xml": users_xml((3, 4)),
    }
    for keyword, content in changed.items():
        path = _place(keyword)
        if content is None:
            del plain[path]
        else:
            plain[path] = content
    return plain


def _place(keyword: str) -> str:
    in_course = {"course", "inforef", "enrolments", "course_roles"}
    name = "roles" if keyword == "course_roles" else keyword
    return f"course/{name}.xml" if keyword in in_course else f"{name}.xml"


def moodle_backup_xml(
    settings: Mapping[str, str] = SETTINGS, *, type_: str = "course", course_id: int = COURSE_ID
) -> bytes:
    """Write a header."""
    written = "".join(
        f"<setting><level>root</level><name>{name}</name><value>{value}</value></setting>"
        for name, value in settings.items()
    )
    return _xml(
        f"""<moodle_backup>
  <information>
    <name>backup.mbz</name>
    <moodle_version>2023100900</moodle_version>
    <moodle_release>4.3 (Build: 20231009)</moodle_release>
    <backup_version>2023100900</backup_version>
    <backup_release>4.3</backup_release>
    <backup_date>{WHEN}</backup_date>
    <mnet_remoteusers>0</mnet_remoteusers>
    <original_wwwroot>https://moodle.example.fr</original_wwwroot>
    <original_site_identifier_hash>4b676a49f581987f2d7e25e68de7bb5b</original_site_identifier_hash>
    <original_course_id>{course_id}</original_course_id>
    <original_course_format>topics</original_course_format>
    <original_course_fullname>Biologie générale</original_course_fullname>
    <original_course_shortname>BIO101</original_course_shortname>
    <original_course_startdate>0</original_course_startdate>
    <original_course_enddate>0</original_course_enddate>
    <original_course_contextid>{CONTEXT_ID}</original_course_contextid>
    <original_system_contextid>1</original_system_contextid>
    <details>
      <detail backup_id="f244de5b1d5690e41dc3baa2f598c579">
        <type>{type_}</type>
        <format>moodle2</format>
        <mode>10</mode>
      </detail>
    </details>
    <settings>{written}</settings>
  </information>
</moodle_backup>"""
    )


def course_xml() -> bytes:
    """Write a course in a category."""
    return _xml(
        f"""<course id="{COURSE_ID}" contextid="{CONTEXT_ID}">
  <shortname>BIO101</shortname>
  <fullname>Biologie générale</fullname>
  <idnumber>B1</idnumber>
  <category id="7"><name>Sciences</name></category>
</course>"""
    )


def enrolments_xml(enrolled: Iterable[int] = (3, 4), *, more: str = "") -> bytes:
    """Write a manual instance without anybody, and a cohort's with the users ``enrolled``."""
    rows = "".join(enrolment_xml(500 + user, user) for user in enrolled)
    return _xml(
        f"""<enrolments><enrols>
  <enrol id="11"><enrol>manual</enrol><status>0</status><name>$@NULL@$</name><roleid>5</roleid>
    <enrolperiod>0</enrolperiod><customint1>$@NULL@$</customint1><timecreated>1</timecreated>
    <timemodified>2</timemodified><user_enrolments></user_enrolments></enrol>
  <enrol id="12"><enrol>cohort</enrol><status>0</status><name>Licence</name><roleid>5</roleid>
    <customint1>26</customint1><customint2>9</customint2><timecreated>1</timecreated>
    <timemodified>2</timemodified><user_enrolments>{rows}{more}</user_enrolments></enrol>
</enrols></enrolments>"""
    )


def enrolment_xml(id_: object, user: object, ends_at: object = 0) -> str:
    """Write one enrolment; its values need not be numbers."""
    return (
        f'<enrolment id="{id_}"><status>0</status><userid>{user}</userid><timestart>0</timestart>'
        f"<timeend>{ends_at}</timeend><modifierid>2</modifierid><timemodified>1760000000</timemodified>"
        "</enrolment>\n"
    )


def role_assignments_xml(users: Iterable[int] = (3, 4)) -> bytes:
    """Write student roles that the cohort's instance gave."""
    rows = "".join(
        f'<assignment id="{700 + user}"><roleid>5</roleid><userid>{user}</userid>'
        "<timemodified>9</timemodified><modifierid>2</modifierid><component>enrol_cohort</component><itemid>12</itemid>"
        "<sortorder>0</sortorder></assignment>"
        for user in users
    )
    return _xml(f"<roles><role_overrides/><role_assignments>{rows}</role_assignments></roles>")


def groups_xml(members: Iterable[int] = (3,)) -> bytes:
    """Write a group whose members the cohort's instance owns."""
    rows = "".join(
        f'<group_member id="{800 + user}"><userid>{user}</userid><timeadded>9</timeadded>'
        "<component>enrol_cohort</component><itemid>12</itemid></group_member>"
        for user in members
    )
    return _xml(
        f"""<groups><group id="9"><name>TD2</name><idnumber></idnumber><description>$@NULL@$</description>
<enrolmentkey>$@NULL@$</enrolmentkey><picture>0</picture>
<group_members>{rows}</group_members></group><groupings></groupings></groups>"""
    )


def users_xml(users: Iterable[int], *, deleted: Iterable[int] = ()) -> bytes:
    """Write accounts, some of them deleted."""
    gone = set(deleted)
    rows = "".join(
        f'<user id="{user}" contextid="{900 + user}"><username>u{user}</username><idnumber></idnumber>'
        f"<email>u{user}@example.fr</email><description>$@NULL@$</description><auth>cas</auth>"
        f"<firstname>Léa</firstname><lastname>Martin {user}</lastname><deleted>{int(user in gone)}</deleted>"
        "<firstaccess>0</firstaccess><preferences><preference><name>username</name></preference></preferences>"
        "</user>\n"
        for user in users
    )
    return _xml(f"<users>{rows}</users>")


def inforef_xml(users: Iterable[int]) -> bytes:
    """Write references to users, and to the student role."""
    rows = "".join(f"<user><id>{user}</id></user>" for user in users)
    return _xml(
        f"<inforef><userref>{rows}</userref><roleref><role><id>5</id></role></roleref>"
        "<groupref><group><id>9</id></group></groupref></inforef>"
    )


def _xml(body: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()


ROLES_XML: Final = _xml(
    """<roles_definition><role id="5"><name></name><shortname>student</shortname>
<nameincourse>$@NULL@$</nameincourse><description></description><sortorder>5</sortorder>
<archetype>student</archetype></role></roles_definition>"""
)
