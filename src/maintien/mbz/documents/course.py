"""``course/course.xml``: which course it is.

Source: backup_course_structure_step (backup/moodle2/backup_stepslib.php), Moodle 4.3.
"""

from typing import Final

from maintien.enrolments.state import Course
from maintien.errors.archives import ArchiveLacksDocument
from maintien.mbz.container.member import Member
from maintien.mbz.documents.values import Values
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.xml_reading import read_records
from maintien.mbz.xml_shapes import Shape
from maintien.moodle.ids import CategoryId, ContextId, CourseId

_COURSE: Final = Shape(
    path="course",
    columns=frozenset({"shortname", "fullname", "idnumber"}),
    attributes=frozenset({"id", "contextid"}),
)
_CATEGORY: Final = Shape(path="course/category", columns=frozenset())


def parse_course(member: Member, limits: ArchiveLimits) -> Course:
    """Read the course; its category is 0 where the archive names none.

    Raises ArchiveError.
    """
    course: Values | None = None
    category = 0
    for record in read_records(member, (_COURSE, _CATEGORY), limits):
        values = Values(member, record)
        if record.shape is _COURSE:
            course = values
        else:
            category = values.number("id")
    if course is None:
        raise ArchiveLacksDocument(archive=member.archive, member=member.path)
    return Course(
        id=CourseId(course.number("id")),
        shortname=course.text("shortname"),
        fullname=course.text("fullname"),
        idnumber=course.text_or_empty("idnumber"),
        categoryid=CategoryId(category),
        contextid=ContextId(course.number("contextid")),
    )
