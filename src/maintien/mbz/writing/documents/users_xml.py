"""``users.xml``: the accounts that the archive refers to, with what belongs to each.

Source: backup_users_structure_step (backup/moodle2/backup_stepslib.php), Moodle 4.1 to 5.1. Passwords are
never in it: Moodle writes them only where its config.php has ``includeuserpasswordsinbackup``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from maintien.mbz.writing.documents.course_roles_xml import OVERRIDE
from maintien.mbz.writing.documents.course_xml import TAG
from maintien.mbz.writing.elements import Document, Shape, Writer, document, wrapped
from maintien.mbz.writing.links import NO_LINKS, LinkEncoder
from maintien.mbz.writing.rows import Followed, RowStream, no_rows

IDENTIFYING_FIELDS: Final = (
    "username",
    "idnumber",
    "email",
    "phone1",
    "phone2",
    "institution",
    "department",
    "address",
    "city",
    "country",
    "lastip",
    "picture",
    "description",
    "descriptionformat",
    "imagealt",
    "auth",
    "firstnamephonetic",
    "lastnamephonetic",
    "middlename",
    "alternatename",
    "firstname",
    "lastname",
)
"""Those that anonymising replaces."""

OTHER_FIELDS: Final = (
    "confirmed",
    "policyagreed",
    "deleted",
    "lang",
    "theme",
    "timezone",
    "firstaccess",
    "lastaccess",
    "lastlogin",
    "currentlogin",
    "mailformat",
    "maildigest",
    "maildisplay",
    "autosubscribe",
    "trackforums",
    "timecreated",
    "timemodified",
    "trustbitmask",
)
_FIELDS: Final = (*IDENTIFYING_FIELDS, "mnethosturl", *OTHER_FIELDS)

USER: Final = Shape(name="user", attributes=("id", "contextid"), fields=_FIELDS)
_LOCAL_USER: Final = Shape(
    name="user",
    attributes=("id", "contextid"),
    fields=tuple(name for name in _FIELDS if name != "mnethosturl"),
)
CUSTOM_FIELD: Final = Shape(
    name="custom_field",
    fields=("field_name", "field_type", "field_data"),
    renamed={"field_name": "shortname", "field_type": "datatype", "field_data": "data"},
)
PREFERENCE: Final = Shape(name="preference", fields=("name", "value"))
ASSIGNMENT: Final = Shape(
    name="assignment", fields=("roleid", "userid", "timemodified", "modifierid", "component", "sortorder")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserBelongings:
    """What belongs to accounts: streams in the order of the users, whom the column ``owner`` names."""

    custom_fields: RowStream = field(default_factory=lambda: no_rows("owner"))
    """With the columns ``shortname``, ``datatype`` and ``data``."""
    tags: RowStream = field(default_factory=lambda: no_rows("owner"))
    preferences: RowStream = field(default_factory=lambda: no_rows("owner"))
    overrides: RowStream = field(default_factory=lambda: no_rows("owner"))
    """Rows of ``role_capabilities`` in the user's context."""
    assignments: RowStream = field(default_factory=lambda: no_rows("owner"))
    """Rows of ``role_assignments`` in the user's context."""


def users_document(
    users: RowStream, belongings: UserBelongings | None = None, *, links: LinkEncoder = NO_LINKS
) -> Document:
    """Write ``users``, each once; ``mnethosturl`` is written only where it is neither NULL nor empty."""
    users_writer = _Users(users, belongings or UserBelongings(), links)
    return document(wrapped("users", users_writer.elements(), depth=0))


class _Users:
    """Writes accounts and what belongs to them."""

    def __init__(self, users: RowStream, belongings: UserBelongings, links: LinkEncoder) -> None:
        self._users = users
        self._remote = Writer(USER, users.columns, depth=1, links=links)
        self._local = Writer(_LOCAL_USER, users.columns, depth=1, links=links)
        self._custom_fields = _Belonging(belongings.custom_fields, CUSTOM_FIELD, 3, links)
        self._tags = _Belonging(belongings.tags, TAG, 3, links)
        self._preferences = _Belonging(belongings.preferences, PREFERENCE, 3, links)
        self._overrides = _Belonging(belongings.overrides, OVERRIDE, 4, links)
        self._assignments = _Belonging(belongings.assignments, ASSIGNMENT, 4, links)

    def elements(self) -> Iterator[str]:
        number = self._users.place("id")
        host = self._users.columns.index("mnethosturl") if "mnethosturl" in self._users.columns else None
        for row in self._users.rows:
            is_remote = host is not None and bool(row[host])
            opening = (self._remote if is_remote else self._local).opening(row)
            yield f"{opening}{self._belongings(row[number])}{self._local.closing}"
        self._require_end()

    def _belongings(self, userid: object) -> str:
        return (
            f"\n    <custom_fields>{self._custom_fields.of(userid)}\n    </custom_fields>"
            f"\n    <tags>{self._tags.of(userid)}\n    </tags>"
            f"\n    <preferences>{self._preferences.of(userid)}\n    </preferences>"
            "\n    <roles>"
            f"\n      <role_overrides>{self._overrides.of(userid)}\n      </role_overrides>"
            f"\n      <role_assignments>{self._assignments.of(userid)}\n      </role_assignments>"
            "\n    </roles>"
        )

    def _require_end(self) -> None:
        belongings = (
            self._custom_fields,
            self._tags,
            self._preferences,
            self._overrides,
            self._assignments,
        )
        for belonging in belongings:
            belonging.rows.require_end()


class _Belonging:
    """One kind of thing that accounts have any number of."""

    def __init__(self, stream: RowStream, shape: Shape, depth: int, links: LinkEncoder) -> None:
        self.rows = Followed(stream, "owner")
        self._writer = Writer(shape, stream.columns, depth=depth, links=links)

    def of(self, userid: object) -> str:
        return "".join(map(self._writer.whole, self.rows.rows_of(userid)))
