"""Filters of participants survive being written down: a part that were forgotten would mean more people."""

import json
from dataclasses import fields

import pytest

from maintien.enrolments.participant_filter import (
    GroupFilter,
    Join,
    KeywordFilter,
    LastAccessFilter,
    MethodFilter,
    Never,
    NotSince,
    ParticipantFilter,
    ParticipantStatus,
    PeopleFilter,
    RoleFilter,
    Since,
    StatusFilter,
)
from maintien.moodle.ids import GroupId, InstanceId, RoleId, UserId
from maintien.planning.filter_encoding import decode_filter, encode_filter

WHOLE = ParticipantFilter(
    methods=MethodFilter(methods=frozenset({"manual", InstanceId(7)}), join=Join.ALL),
    roles=RoleFilter(roles=frozenset({RoleId(5)}), no_role=True, join=Join.NONE),
    statuses=StatusFilter(statuses=frozenset({ParticipantStatus.ACTIVE})),
    groups=GroupFilter(groups=frozenset({frozenset({GroupId(1), GroupId(2)})}), no_group=True),
    keywords=KeywordFilter(keywords=frozenset({"é", "b"})),
    last_access=LastAccessFilter(accesses=frozenset({NotSince(moment=1), Since(moment=2), Never()})),
    people=PeopleFilter(people=frozenset({UserId(3), UserId(4)})),
    join=Join.ANY,
)


def test_every_part_of_a_filter_is_read_back() -> None:
    names = [each.name for each in fields(ParticipantFilter)]
    assert all(getattr(WHOLE, name) is not None for name in names)
    written = json.loads(json.dumps(encode_filter(WHOLE)))
    assert written.keys() == set(names)
    assert decode_filter(written) == WHOLE


@pytest.mark.parametrize("name", [each.name for each in fields(ParticipantFilter) if each.name != "join"])
def test_a_part_alone_is_read_back(name: str) -> None:
    alone = ParticipantFilter(**{name: getattr(WHOLE, name)})
    assert decode_filter(json.loads(json.dumps(encode_filter(alone)))) == alone
