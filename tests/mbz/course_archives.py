"""Makes archives of course states, as a backup of the course would."""

from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from maintien.enrolments.state import CourseState, EnrolmentInstance
from tests.builders import ROLES
from tests.mbz.archives import SETTINGS, documents, gzip_tar, moodle_backup_xml

PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>\n'


def archive_of(state: CourseState, **changed: bytes | None) -> bytes:
    """Pack the backup of a course; documents are changed as in :func:`~tests.mbz.archives.documents`."""
    people = sorted(
        {row.userid for rows in (state.enrolments, state.roles, state.memberships) for row in rows}
        - state.missing
    )
    plain = {
        "course": None,
        "inforef": _inforef(people),
        "course_roles": _course_roles(state),
        "enrolments": _enrolments(state),
        "groups": _groups(state),
        "moodle_backup": moodle_backup_xml(SETTINGS, course_id=state.course.id),
        "roles": _roles(),
        "users": users_xml({userid: userid in state.deleted for userid in people}),
    }
    return gzip_tar(documents(**(plain | changed)).items())


def users_xml(people: Mapping[int, bool]) -> bytes:
    """Write accounts, each with whether it is deleted, as Moodle lays them out."""
    return _document("users", "".join(f"\n  {user_element(*person)}" for person in people.items()))


def user_element(userid: int, is_deleted: bool = False) -> str:  # noqa: FBT001, FBT002 -- a column
    """Write one account."""
    columns = {
        "username": f"u{userid}",
        "idnumber": "",
        "email": f"u{userid}@example.fr",
        "auth": "manual",
        "firstname": "Ada & Co",
        "lastname": f"No {userid}",
        "deleted": int(is_deleted),
        "firstaccess": 0,
    }
    return f'<user id="{userid}" contextid="{9000 + userid}">{_leaves(columns)}\n  </user>'


def _inforef(people: Iterable[int]) -> bytes:
    users = "".join(f"<user><id>{userid}</id></user>" for userid in people)
    roles = "".join(f"<role><id>{roleid}</id></role>" for roleid in ROLES.values())
    return _document("inforef", f"<userref>{users}</userref><roleref>{roles}</roleref>")


def _course_roles(state: CourseState) -> bytes:
    rows = "".join(
        f'<assignment id="{row.id}">'
        + _leaves(
            {
                name: getattr(row, name)
                for name in (
                    *("roleid", "userid", "timemodified", "modifierid", "component", "itemid"),
                    "sortorder",
                )
            }
        )
        + "</assignment>"
        for row in state.roles
    )
    return _document("roles", f"<role_overrides></role_overrides><role_assignments>{rows}</role_assignments>")


def _enrolments(state: CourseState) -> bytes:
    return _document(
        "enrolments", f"<enrols>{''.join(_instance(state, i) for i in state.instances)}</enrols>"
    )


def _instance(state: CourseState, instance: EnrolmentInstance) -> str:
    columns = {
        "enrol": instance.method,
        **{
            name: getattr(instance, name)
            for name in (
                *("status", "name", "enrolperiod", "expirynotify", "expirythreshold", "notifyall"),
                *("roleid", "customint1", "customint2", "timecreated", "timemodified"),
            )
        },
    }
    rows = "".join(
        f'<enrolment id="{row.id}">'
        + _leaves(
            {
                "status": row.status,
                "userid": row.userid,
                "timestart": row.starts_at,
                "timeend": row.ends_at,
                "modifierid": row.modifierid,
                "timemodified": row.timemodified,
            }
        )
        + "</enrolment>"
        for row in state.enrolments
        if row.instanceid == instance.id
    )
    own = f"<user_enrolments>{rows}</user_enrolments>"
    return f'<enrol id="{instance.id}">{_leaves(columns)}{own}</enrol>'


def _groups(state: CourseState) -> bytes:
    ids = sorted({row.groupid for row in state.memberships})
    return _document("groups", "".join(_group(state, groupid) for groupid in ids) + "<groupings></groupings>")


def _group(state: CourseState, groupid: int) -> str:
    rows = "".join(
        f'<group_member id="{row.id}">'
        + _leaves({name: getattr(row, name) for name in ("userid", "timeadded", "component", "itemid")})
        + "</group_member>"
        for row in state.memberships
        if row.groupid == groupid
    )
    columns = {
        "name": f"G{groupid}",
        "idnumber": "",
        "description": None,
        "timecreated": 0,
        "timemodified": 0,
    }
    return f'<group id="{groupid}">{_leaves(columns)}<group_members>{rows}</group_members></group>'


def _roles() -> bytes:
    roles = "".join(
        f'<role id="{roleid}">'
        + _leaves({"name": "", "shortname": name, "nameincourse": None, "archetype": name})
        + "</role>"
        for name, roleid in ROLES.items()
    )
    return _document("roles_definition", roles)


def _leaves(columns: Mapping[str, object]) -> str:
    return "".join(
        f"\n    <{name}>{'$@NULL@$' if value is None else escape(str(value))}</{name}>"
        for name, value in columns.items()
    )


def _document(root: str, content: str) -> bytes:
    return f"{PROLOGUE}<{root}>{content}\n</{root}>".encode()
