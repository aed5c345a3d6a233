"""Reads grades that belong to no activity: those of the course, of categories, and typed in by hand."""

from typing import Final

from sqlalchemy import func, select

from maintien.enrolments.state import Course
from maintien.mbz.writing.documents import gradebook_xml
from maintien.mbz.writing.documents.gradebook_xml import Gradebook
from maintien.mbz.writing.rows import RowStream
from maintien.sites.database.backups.source import BackupSource, shown

_WITHOUT_ACTIVITY: Final = ("manual", "course", "category")
_OF_CATEGORIES: Final = ("course", "category")
_OF_ACTIVITIES: Final = "mod"


def read_gradebook(
    source: BackupSource, course: Course, *, min_max_to_use: str, calculations_freeze: str
) -> Gradebook | None:
    """Stream the grades; None where the course has grades of activities, for then Moodle writes none.

    Source: backup_plan_dbops::require_gradebook_backup, Moodle 4.1 and 4.3.
    """
    if _has_grades_of_activities(source, course):
        return None
    return Gradebook(
        categories=_categories(source, course),
        items=_items(source, course),
        grades=_grades(source, course),
        min_max_to_use=min_max_to_use,
        calculations_freeze=calculations_freeze,
    )


def _has_grades_of_activities(source: BackupSource, course: Course) -> bool:
    item = source.tables.grade_items
    if not source.columns.has(item):
        return False
    query = select(func.count()).select_from(item)
    query = query.where(item.c.courseid == course.id, item.c.itemtype == _OF_ACTIVITIES)
    return bool(source.connection.execute(query).scalar_one())


def _categories(source: BackupSource, course: Course) -> RowStream:
    category, item = source.tables.grade_categories, source.tables.grade_items
    names = source.columns.names(category, ("id", *gradebook_xml.CATEGORY.fields))
    is_wanted = (category.c.courseid == course.id) & item.c.itemtype.in_(_OF_CATEGORIES)
    query = (
        select(*(shown(category, name) for name in names))
        .join_from(category, item, item.c.iteminstance == category.c.id)
        .where(is_wanted)
        # Parents first. Databases disagree on where NULL, the course's own, comes.
        .order_by(func.coalesce(category.c.parent, 0), category.c.id)
    )
    is_there = source.columns.has(category) and source.columns.has(item)
    return RowStream(columns=names, rows=source.stream(query) if is_there else ())


def _items(source: BackupSource, course: Course) -> RowStream:
    item = source.tables.grade_items
    is_wanted = (item.c.courseid == course.id) & item.c.itemtype.in_(_WITHOUT_ACTIVITY)
    found = source.rows(item, ("id", *gradebook_xml.ITEM.fields), is_wanted, item.c.id)
    # Few: their grades are streamed beside them.
    return RowStream(columns=found.columns, rows=list(found.rows))


def _grades(source: BackupSource, course: Course) -> RowStream:
    item, grade = source.tables.grade_items, source.tables.grade_grades
    names = source.columns.names(grade, ("itemid", "id", *gradebook_xml.GRADE.fields))
    query = (
        select(*(shown(grade, name) for name in names))
        .join_from(item, grade, grade.c.itemid == item.c.id)
        .where(item.c.courseid == course.id, item.c.itemtype.in_(_WITHOUT_ACTIVITY))
        .order_by(grade.c.itemid, grade.c.id)
    )
    is_there = source.columns.has(item) and source.columns.has(grade)
    return RowStream(columns=names or ("itemid",), rows=source.stream(query) if is_there else ())
