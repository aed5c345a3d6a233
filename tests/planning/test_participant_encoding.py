"""Policies about participants come back from a journal as they went in, and nothing else does."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from maintien.moodle.values import EnrolmentStatus
from maintien.planning.encoding import UnreadablePlan, decode_policy, encode_policy
from maintien.planning.policy import EndDatePolicy, OnlyIf, Policy, UnenrolPolicy

joins = st.sampled_from(Join)
numbers = st.integers(0, 1 << 40)
moments = st.one_of(numbers.map(lambda at: NotSince(moment=at)), numbers.map(lambda at: Since(moment=at)))


def some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[frozenset[Any]]:
    return st.frozensets(values, min_size=1, max_size=3)


def perhaps(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values)


methods = st.one_of(st.sampled_from(["manual", "cohort"]), numbers.map(InstanceId))
filters = st.builds(
    ParticipantFilter,
    methods=perhaps(st.builds(MethodFilter, methods=some(methods), join=joins)),
    roles=perhaps(st.builds(RoleFilter, roles=some(numbers.map(RoleId)), no_role=st.booleans(), join=joins)),
    statuses=perhaps(st.builds(StatusFilter, statuses=some(st.sampled_from(ParticipantStatus)), join=joins)),
    groups=perhaps(
        st.builds(GroupFilter, groups=some(some(numbers.map(GroupId))), no_group=st.booleans(), join=joins)
    ),
    keywords=perhaps(st.builds(KeywordFilter, keywords=some(st.text(min_size=1)), join=joins)),
    last_access=perhaps(
        st.builds(LastAccessFilter, accesses=some(st.one_of(moments, st.just(Never()))), join=joins)
    ),
    people=perhaps(st.builds(PeopleFilter, people=some(numbers.map(UserId)), join=joins)),
    join=joins,
)
policies = st.one_of(
    st.builds(
        EndDatePolicy,
        whom=filters,
        ends_at=perhaps(numbers),
        starts_at=perhaps(numbers),
        status=perhaps(st.sampled_from(EnrolmentStatus)),
        only_if=perhaps(st.sampled_from(OnlyIf)),
    ),
    st.builds(
        UnenrolPolicy,
        whom=filters,
        only_ended=st.booleans(),
        only_automatic_too=st.booleans(),
        even_last=st.booleans(),
    ),
)


@given(policy=policies)
def test_policy_comes_back_as_it_went_in(policy: Policy) -> None:
    encoded = json.dumps(encode_policy(policy))

    assert decode_policy(json.loads(encoded)) == policy
    assert json.dumps(encode_policy(decode_policy(json.loads(encoded)))) == encoded


EDIT: dict[str, Any] = {
    "kind": "end-date",
    "whom": {"join": "all"},
    "ends_at": 5,
    "starts_at": None,
    "status": None,
    "only_if": None,
}
UNENROL: dict[str, Any] = {
    "kind": "unenrol",
    "whom": {"join": "all"},
    "only_ended": True,
    "only_automatic_too": False,
    "even_last": False,
}

BAD: dict[str, dict[str, Any]] = {
    "an end that is a text": EDIT | {"ends_at": "5"},
    "an end that is a truth": EDIT | {"ends_at": True},
    "a start that is a list": EDIT | {"starts_at": [5]},
    "a status of no enrolment": EDIT | {"status": "asleep"},
    "a comparison of no kind": EDIT | {"only_if": "equal"},
    "no filter": EDIT | {"whom": None},
    "a filter that is a list": EDIT | {"whom": []},
    "a filter without a join": EDIT | {"whom": {}},
    "a filter of no kind": EDIT | {"whom": {"join": "all", "colours": {"values": [], "join": "any"}}},
    "a join of no kind": EDIT | {"whom": {"join": "some"}},
    "a role that is a text": EDIT
    | {"whom": {"join": "all", "roles": {"values": ["5"], "none": False, "join": "any"}}},
    "a group that is no list": EDIT
    | {"whom": {"join": "all", "groups": {"values": [5], "none": False, "join": "any"}}},
    "a keyword that is a number": EDIT
    | {"whom": {"join": "all", "keywords": {"values": [5], "join": "any"}}},
    "an access of no kind": EDIT
    | {"whom": {"join": "all", "last_access": {"values": [["often"]], "join": "any"}}},
    "an access without its moment": EDIT
    | {"whom": {"join": "all", "last_access": {"values": [["since"]], "join": "any"}}},
    "a truth that is a number": UNENROL | {"even_last": 1},
    "a truth that is not there": {key: value for key, value in UNENROL.items() if key != "only_ended"},
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_policy_is_refused(case: str) -> None:
    with pytest.raises(UnreadablePlan):
        decode_policy(BAD[case])
