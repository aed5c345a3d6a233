"""The journal tells which manual enrolments runs have made, and how they were left."""

import pytest

from maintien.enrolments.state import UserEnrolment
from maintien.moodle.ids import EnrolmentId, InstanceId, UserId
from maintien.planning.changes import Added, Change, Changed, Removed
from maintien.runs.journal import RunId
from maintien.runs.made_enrolments import Trail
from tests.builders import NOW, OPERATOR, UNTIL

ADA = UserId(11)
NEW = UserEnrolment(
    id=EnrolmentId(0),
    instanceid=InstanceId(0),
    userid=ADA,
    status=0,
    starts_at=0,
    ends_at=UNTIL,
    modifierid=OPERATOR,
    timecreated=NOW,
    timemodified=NOW,
)
SAVED = NEW._replace(id=EnrolmentId(501), instanceid=InstanceId(31))
LONGER = SAVED._replace(ends_at=UNTIL + 9, timemodified=NOW + 9)
BY_SOMEBODY = SAVED._replace(ends_at=0, modifierid=UserId(3), timemodified=NOW + 5)
AUTOMATIC = SAVED._replace(instanceid=InstanceId(32), ends_at=0, timecreated=NOW - 99)

MAKES, UNDOES = True, False
STORIES: dict[str, tuple[list[tuple[bool, Change]], UserEnrolment | None]] = {
    "made": ([(MAKES, Added(NEW))], SAVED),
    "made, and changed by a later run": ([(MAKES, Added(NEW)), (UNDOES, Changed(SAVED, LONGER))], LONGER),
    "made, changed, and changed back by an undo": (
        [(MAKES, Added(NEW)), (UNDOES, Changed(SAVED, LONGER)), (UNDOES, Changed(LONGER, SAVED))],
        SAVED,
    ),
    "made, and taken back": ([(MAKES, Added(NEW)), (UNDOES, Removed(SAVED))], None),
    "made, removed, and put back by an undo": (
        [(MAKES, Added(NEW)), (UNDOES, Removed(SAVED)), (UNDOES, Added(SAVED))],
        SAVED,
    ),
    "of an automatic one that was moved": ([(MAKES, Changed(AUTOMATIC, SAVED))], SAVED),
    "somebody's, which a run has changed": ([(MAKES, Changed(BY_SOMEBODY, LONGER))], None),
    "somebody's, which an undo has put back": ([(UNDOES, Added(BY_SOMEBODY))], None),
    "made, changed by somebody, and changed by a run": (
        [(MAKES, Added(NEW)), (UNDOES, Changed(BY_SOMEBODY, LONGER))],
        None,
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_an_enrolment_is_a_run_s_as_long_as_only_runs_have_written_it(story: str) -> None:
    chapters, left = STORIES[story]
    trail = Trail()
    for number, (makes, change) in enumerate(chapters, start=1):
        trail.follow(RunId(number), [change], makes=makes)
    now_there = LONGER if left is None else left
    made = trail.made.get(ADA)
    assert (made is not None and made.is_still(now_there)) == (left is not None)
