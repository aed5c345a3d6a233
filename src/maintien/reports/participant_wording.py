"""The words for participants: what their enrolments are, and until when they have access."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

from maintien.enrolments.participant_filter import ParticipantStatus
from maintien.enrolments.participants import EnrolledBy, Participant
from maintien.messages import N_
from maintien.moodle.values import is_unlimited
from maintien.reports.language import Texts
from maintien.reports.wording import method_name

STATUSES: Final[Mapping[ParticipantStatus, str]] = {
    ParticipantStatus.ACTIVE: N_("active"),
    ParticipantStatus.SUSPENDED: N_("suspended"),
    ParticipantStatus.NOT_CURRENT: N_("not current"),
    ParticipantStatus.INACTIVE: N_("inactive"),
}


def access_text(texts: Texts, participant: Participant, zone: tzinfo) -> str:
    """Say until when a participant has access, or why there is none."""
    if participant.status is ParticipantStatus.ACTIVE and participant.access_until is not None:
        return texts.end_date(participant.access_until, zone)
    return texts.gettext(STATUSES[participant.status])


def last_access_text(texts: Texts, participant: Participant, zone: tzinfo) -> str:
    """Say when a participant was last in the course."""
    last = participant.last_access
    return texts.date_time(last, zone) if last else texts.gettext("never")


def enrolment_text(texts: Texts, enrolment: EnrolledBy, zone: tzinfo) -> str:
    """Name the method of an enrolment, with what is not as it mostly is: status, beginning, end."""
    said = []
    if enrolment.status is not ParticipantStatus.ACTIVE:
        said.append(texts.gettext(STATUSES[enrolment.status]))
    if enrolment.starts_at:
        said.append(texts.gettext("from {date}").format(date=texts.date_time(enrolment.starts_at, zone)))
    if not is_unlimited(enrolment.ends_at):
        said.append(texts.gettext("until {date}").format(date=texts.date_time(enrolment.ends_at, zone)))
    name = method_name(texts, enrolment.method)
    return f"{name} ({', '.join(said)})" if said else name
