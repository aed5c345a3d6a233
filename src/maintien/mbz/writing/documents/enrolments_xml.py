"""``course/enrolments.xml``: the enrolment instances, and in each its user enrolments.

Source: backup_enrolments_structure_step (backup/moodle2/backup_stepslib.php), Moodle 4.1 to 5.1.
"""

from collections.abc import Iterator
from typing import Final

from maintien.mbz.writing.elements import Document, Shape, Writer, document, wrapped
from maintien.mbz.writing.links import NO_LINKS, LinkEncoder
from maintien.mbz.writing.rows import Followed, RowStream

INSTANCE: Final = Shape(
    name="enrol",
    fields=(
        "enrol",
        "status",
        "name",
        "enrolperiod",
        "enrolstartdate",
        "enrolenddate",
        "expirynotify",
        "expirythreshold",
        "notifyall",
        "password",
        "cost",
        "currency",
        "roleid",
        *(f"customint{number}" for number in range(1, 9)),
        *(f"customchar{number}" for number in range(1, 4)),
        *(f"customdec{number}" for number in range(1, 3)),
        *(f"customtext{number}" for number in range(1, 5)),
        "timecreated",
        "timemodified",
    ),
)
ENROLMENT: Final = Shape(
    name="enrolment", fields=("status", "userid", "timestart", "timeend", "modifierid", "timemodified")
)


def enrolments_document(
    instances: RowStream, enrolments: RowStream, *, links: LinkEncoder = NO_LINKS
) -> Document:
    """Write ``instances``, which come by sortorder: that order is all that an archive says of it.

    ``enrolments`` name their instance in the column ``enrolid``, and come instance by instance in the
    same order, by id in each.
    """

    def content() -> Iterator[str]:
        instance, number = Writer(INSTANCE, instances.columns, depth=2, links=links), instances.place("id")
        enrolment = Writer(ENROLMENT, enrolments.columns, depth=4)
        followed = Followed(enrolments, "enrolid")
        for row in instances.rows:
            yield instance.opening(row)
            own = map(enrolment.whole, followed.rows_of(row[number]))
            yield from wrapped("user_enrolments", own, depth=3)
            yield instance.closing
        followed.require_end()

    return document(wrapped("enrolments", wrapped("enrols", content(), depth=1), depth=0))
