"""The list of participants as a JSON document, a line a person, written as they come."""

import json
from collections.abc import Iterable
from datetime import tzinfo
from typing import TextIO

from maintien.enrolments.participants import Participant
from maintien.enrolments.state import Course
from maintien.reports.documents import Document, course_document, moment_document


def write_participants_json(
    stream: TextIO, lists: Iterable[tuple[Course, Iterable[Participant]]], zone: tzinfo
) -> None:
    """Write ``{"participants": [...]}``; somebody in several courses stands there once for each.

    It is ASCII, so that no terminal acts on a name in it.
    """
    stream.write('{"participants": [')
    separator = "\n"
    for course, participants in lists:
        for participant in participants:
            document = participant_document(course, participant, zone)
            stream.write(separator + json.dumps(document, allow_nan=False))
            separator = ",\n"
    stream.write("\n]}\n")


def participant_document(course: Course, participant: Participant, zone: tzinfo) -> Document:
    """Describe a participant of a course."""
    person, until, last = participant.person, participant.access_until, participant.last_access
    return {
        "id": person.id,
        "course": course_document(course),
        "fullname": person.fullname,
        "username": person.username,
        "idnumber": person.idnumber,
        "email": person.email,
        "roles": list(participant.roles),
        "groups": list(participant.groups),
        "status": participant.status.value,
        "last_access": moment_document(last, zone) if last else None,
        "access_until": None if until is None else moment_document(until, zone),
        "enrolments": [
            {
                "method": enrolment.method,
                "instance": enrolment.instanceid,
                "status": enrolment.status.value,
                "starts_at": moment_document(enrolment.starts_at, zone),
                "ends_at": moment_document(enrolment.ends_at, zone),
            }
            for enrolment in participant.enrolments
        ],
    }
