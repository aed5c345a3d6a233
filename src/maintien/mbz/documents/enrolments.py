"""``course/enrolments.xml``: the course's enrolment instances, and who is enrolled through each.

Source: backup_enrolments_structure_step (backup/moodle2/backup_stepslib.php), Moodle 2.6 to 4.3.
"""

from collections.abc import Iterator
from typing import Final, TypeAlias

from maintien.enrolments.state import EnrolmentInstance, UserEnrolment
from maintien.mbz.container.member import Member
from maintien.mbz.documents.values import Values
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.xml_reading import read_records
from maintien.mbz.xml_shapes import Shape
from maintien.moodle.ids import UNSAVED, CourseId, EnrolmentId, InstanceId, UserId

EnrolmentRow: TypeAlias = EnrolmentInstance | UserEnrolment

_INSTANCE: Final = Shape(
    path="enrolments/enrols/enrol",
    columns=frozenset(
        {
            "enrol",
            "status",
            "name",
            "roleid",
            "enrolperiod",
            "expirynotify",
            "expirythreshold",
            "notifyall",
            "customint1",
            "customint2",
            "timecreated",
            "timemodified",
        }
    ),
)
_ENROLMENT: Final = Shape(
    path="enrolments/enrols/enrol/user_enrolments/enrolment",
    columns=frozenset({"status", "userid", "timestart", "timeend", "modifierid", "timemodified"}),
)


def parse_enrolments(member: Member, limits: ArchiveLimits) -> Iterator[EnrolmentRow]:
    """Give every instance, each before its enrolments.

    Instances are in Moodle's order, which becomes their ``sortorder``; their course is UNSAVED.
    Enrolments come in no order, and one may come twice: a backup that keeps people by their roles
    repeats those with several.

    Raises ArchiveError.
    """
    instance, order = InstanceId(UNSAVED), 0
    for record in read_records(member, (_INSTANCE, _ENROLMENT), limits):
        values = Values(member, record)
        if record.shape is _ENROLMENT:
            yield _enrolment(values, instance)
        else:
            instance = InstanceId(values.number("id"))
            yield _instance(values, instance, order)
            order += 1


def _instance(values: Values, id_: InstanceId, order: int) -> EnrolmentInstance:
    return EnrolmentInstance(
        id=id_,
        method=values.text("enrol"),
        courseid=CourseId(UNSAVED),
        status=values.common_number("status"),
        sortorder=order,
        name=values.text_or_null("name"),
        roleid=values.number_or_null("roleid"),
        enrolperiod=values.number_or_null("enrolperiod"),
        expirynotify=values.number_or_null("expirynotify"),
        expirythreshold=values.number_or_null("expirythreshold"),
        notifyall=values.number_or_null("notifyall"),
        customint1=values.number_or_null("customint1"),
        customint2=values.number_or_null("customint2"),
        timecreated=values.number_or_zero("timecreated"),
        timemodified=values.number_or_zero("timemodified"),
    )


def _enrolment(values: Values, instance: InstanceId) -> UserEnrolment:
    return UserEnrolment(
        id=EnrolmentId(values.number("id")),
        instanceid=instance,
        userid=UserId(values.number("userid")),
        status=values.common_number("status"),
        starts_at=values.common_number("timestart"),
        ends_at=values.common_number("timeend"),
        modifierid=UserId(values.number_or_zero("modifierid")),
        timecreated=0,
        timemodified=values.number_or_zero("timemodified"),
    )
