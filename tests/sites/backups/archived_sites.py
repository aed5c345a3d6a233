"""Puts what a recorded archive says beyond its case back into a database: the site it was made on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree as ET

from sqlalchemy import Connection, column, insert, table, update

from maintien.sites.database.opening import open_database
from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.urls import parse_database_url
from tests.golden_cases import CATEGORY, ProcedureCase, load_before
from tests.golden_rows import Row
from tests.mbz.writing.recorded_archives import header_of, members_of
from tests.servers.moodle_databases import MoodleDatabase

NULL = "$@NULL@$"
LOCAL_HOST = 1


@contextmanager
def archived_site(database: MoodleDatabase, case: ProcedureCase) -> Iterator[DatabaseSite]:
    """The site with the course as it was when it was backed up, down to every column of the archive."""
    database.empty()
    trees = {
        name: ET.fromstring(data)  # noqa: S314 -- recorded by us
        for name, data in members_of(case.archive).items()
        if name.endswith(".xml")
    }
    with database.engine.begin() as connection:
        load_before(connection, case, database.prefix)
        _Loading(connection, database, case).load(trees)
    site, _release = open_database(parse_database_url(database.site_url), "archived")
    try:
        yield site
    finally:
        site.close()


class _Loading:
    def __init__(self, connection: Connection, database: MoodleDatabase, case: ProcedureCase) -> None:
        self._connection = connection
        self._prefix = database.prefix
        self._case = case

    def load(self, trees: Mapping[str, ET.Element]) -> None:
        course = trees["course/course.xml"]
        self._update("course", case_id := self._case.course.id, _values(course))
        category = _only(course.findall("category"))
        self._update("course_categories", CATEGORY, _values(category))
        self._update("course_categories", CATEGORY, {"id": int(category.attrib["id"])})
        self._update("course", case_id, {"category": int(category.attrib["id"])})
        self._insert(
            "course_format_options",
            [{**_values(each), "courseid": case_id} for each in course.findall("courseformatoptions/*")],
        )
        self._load_people(trees)
        for name, tree in trees.items():
            if name.endswith("section.xml"):
                self._load_section(tree)
        self._load_origin(trees["moodle_backup.xml"])

    def _load_people(self, trees: Mapping[str, ET.Element]) -> None:
        for each in trees["users.xml"]:
            self._update("user", int(each.attrib["id"]), _values(each))
            context = {"id": int(each.attrib["contextid"]), "contextlevel": 30}
            self._insert("context", [{**context, "instanceid": int(each.attrib["id"]), "depth": 2}])
            self._insert(
                "user_preferences",
                [
                    {"id": int(owned.attrib["id"]), "userid": int(each.attrib["id"]), **_values(owned)}
                    for owned in each.findall("preferences/*")
                ],
            )
        for each in trees["roles.xml"]:
            values = {name: value for name, value in _values(each).items() if name != "nameincourse"}
            self._update("role", int(each.attrib["id"]), values)
        for each in trees["course/enrolments.xml"].findall("enrols/enrol"):
            self._update("enrol", int(each.attrib["id"]), _values(each))
            for enrolment in each.findall("user_enrolments/*"):
                self._update("user_enrolments", int(enrolment.attrib["id"]), _values(enrolment))
        for each in trees["course/roles.xml"].findall("role_assignments/*"):
            self._update("role_assignments", int(each.attrib["id"]), _values(each))

    def _load_section(self, tree: ET.Element) -> None:
        values = _values(tree)
        values["section"] = values.pop("number")
        values["availability"] = values.pop("availabilityjson")
        row = {"id": int(tree.attrib["id"]), "course": self._case.course.id, **values}
        self._insert("course_sections", [row])
        self._insert(
            "course_format_options",
            [
                {**_values(each), "courseid": self._case.course.id, "sectionid": row["id"]}
                for each in tree.findall("course_format_options")
            ],
        )

    def _load_origin(self, tree: ET.Element) -> None:
        origin = header_of(tree).origin
        host = {"id": LOCAL_HOST, "wwwroot": origin.wwwroot, "public_key": ""}
        self._insert("mnet_host", [host])

    def _update(self, name: str, id_: int, values: Row) -> None:
        target = table(self._prefix + name, column("id"), *(column(each) for each in values if each != "id"))
        self._connection.execute(update(target).where(target.c.id == id_).values(dict(values)))

    def _insert(self, name: str, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            target = table(self._prefix + name, *(column(each) for each in row))
            self._connection.execute(insert(target).values(row))


def _values(element: ET.Element) -> dict[str, Any]:
    return {
        child.tag: _value(child.text or "")
        for child in element
        if len(child) == 0 and "\n" not in (child.text or "") and not child.attrib
    }


def _value(text: str) -> str | int | None:
    if text == NULL:
        return None
    return int(text) if text.lstrip("-").isdecimal() and str(int(text)) == text else text


def _only(elements: list[ET.Element]) -> ET.Element:
    (element,) = elements
    return element
