"""Whether the feed of an automatic enrolment would bring it back."""

from collections.abc import Iterable, Mapping
from typing import Final

from maintien.enrolments.state import CourseState, EnrolmentInstance, UserEnrolment
from maintien.moodle.ids import InstanceId
from maintien.planning.left_alone import FeedUnknown, StillListed

WITHOUT_FEED: Final = frozenset({"fee", "guest", "paypal", "self"})
"""Methods that people enrol by themselves: no sync adds their rows.

Source: the scheduled tasks and event observers of enrol/*/db, Moodle 4.1 and 4.3.
"""


def find_feed_in_the_way(
    state: CourseState,
    instances: Mapping[InstanceId, EnrolmentInstance],
    rows: Iterable[UserEnrolment],
    *,
    unread_is_gone: bool,
) -> StillListed | FeedUnknown | None:
    """Tell whether a feed lists the person whose ``rows`` these are, or might.

    With ``unread_is_gone`` feeds that were not read list nobody; those that were read say so themselves.
    """
    listed: set[str] = set()
    unknown: set[str] = set()
    for row in rows:
        method = instances[row.instanceid].method
        people = state.listed.get(row.instanceid)
        if people is None:
            unknown.add(method)
        elif row.userid in people:
            listed.add(method)
    if listed:
        return StillListed(methods=tuple(sorted(listed)))
    unknown -= WITHOUT_FEED
    if unknown and not unread_is_gone:
        return FeedUnknown(methods=tuple(sorted(unknown)))
    return None
