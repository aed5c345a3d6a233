"""What is read from ``logstore_standard_log.other``, and what is not."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintien.moodle.logged_events import (
    LONGEST_OTHER,
    LoggedEnrolment,
    LoggedOwner,
    UnreadableOther,
    decode_other,
    parse_deleted_enrolment,
    parse_method,
    parse_owner,
)
from maintien.moodle.php_serialize import PhpValue, serialize

Encode: TypeAlias = Callable[[Any], str]

ROW: dict[str, Any] = {
    "id": "22777",
    "status": "0",
    "enrolid": "350",
    "userid": "11818",
    "timestart": "0",
    "timeend": "1794560000",
    "modifierid": "0",
    "timecreated": "1760000000",
    "timemodified": "1760000001",
    "courseid": "70",
    "enrol": "cohort",
    "lastenrol": False,
}
DELETED: dict[str, Any] = {"userenrolment": ROW, "enrol": "cohort"}
READ = LoggedEnrolment(
    id=22777,
    enrolid=350,
    userid=11818,
    status=0,
    timestart=0,
    timeend=1794560000,
    modifierid=0,
    timecreated=1760000000,
    timemodified=1760000001,
    method="cohort",
    was_last=False,
)


def as_json(value: object) -> str:
    return json.dumps(value)


def as_php(value: PhpValue) -> str:
    return serialize(value).decode()


def parsed(text: str | None, *, objectid: int | None = 22777, userid: int | None = 11818) -> LoggedEnrolment:
    return parse_deleted_enrolment(text, objectid=objectid, userid=userid)


@pytest.mark.parametrize("encode", [as_json, as_php])
def test_deleted_enrolment_is_read_in_both_encodings(encode: Encode) -> None:
    last = {**DELETED, "userenrolment": {**ROW, "lastenrol": True}}

    assert parsed(encode(DELETED)) == READ
    assert parsed(encode(last)) == READ._replace(was_last=True)


@pytest.mark.parametrize("encode", [as_json, as_php])
def test_numbers_may_be_numbers(encode: Encode) -> None:
    numbers = {key: int(value) if str(value).isdigit() else value for key, value in ROW.items()}

    assert parsed(encode({"userenrolment": numbers})) == READ


@pytest.mark.parametrize("encode", [as_json, as_php])
def test_owner_and_method_are_read_in_both_encodings(encode: Encode) -> None:
    given_by_hand = {"id": "1", "component": "", "itemid": 0}

    assert parse_owner(encode({"id": "1", "component": "enrol_cohort", "itemid": "350"})) == LoggedOwner(
        "enrol_cohort", 350
    )
    assert parse_owner(encode(given_by_hand)) == LoggedOwner("", 0)
    assert parse_method(encode({"enrol": "database"})) == "database"


@pytest.mark.parametrize("nothing", [None, "", "null", "N;"])
def test_nothing_is_nothing(nothing: str | None) -> None:
    assert decode_other(nothing) is None


HOSTILE_TEXTS = {
    "an object": 'O:8:"stdClass":1:{s:13:"userenrolment";N;}',
    "an object with its own unserialiser": 'C:11:"ArrayObject":0:{}',
    "an enumeration": 'E:11:"Suit:Hearts";',
    "a reference": "a:1:{i:0;R:1;}",
    "an object in an array": 'a:1:{s:13:"userenrolment";O:8:"stdClass":0:{}}',
    "a length beyond the end": 's:999999999:"a";',
    "a count beyond the end": "a:999999999:{}",
    "a count that memory could not hold": "a:99999999999999999999:{i:0;",
    "arrays in one another": "a:1:{i:0;" * 1000,
    "lists in one another": "[" * 9000,
    "not a number": '{"userenrolment": NaN}',
    "a number of many digits": '{"userenrolment": ' + "9" * 6000 + "}",
    "half a text": '{"userenrolment": {"id": "227',
    "a half of a character": '"\\ud800"',
    "more after the value": 'a:0:{}s:1:"a";',
    "too long": '{"userenrolment": "' + "a" * LONGEST_OTHER + '"}',
    "binary": "\x00\x01\x02",
    "markup": "<script>alert(1)</script>",
    "a list": "[1, 2]",
    "a number": "7",
    "a truth": "b:1;",
    "nothing": "null",
    "no row": "{}",
    "a row that is a text": '{"userenrolment": "22777"}',
}


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_hostile_text_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableOther):
        parsed(text)
    with pytest.raises(UnreadableOther):
        parse_owner(text)
    with pytest.raises(UnreadableOther):
        parse_method(text)


HOSTILE_FIELDS: dict[str, dict[str, Any]] = {
    "negative number": {"timestart": "-1"},
    "number with a sign": {"timestart": "+1"},
    "number with spaces": {"timestart": " 1"},
    "digits of another script": {"timestart": "\u0661"},
    "number beyond 64 bits": {"timeend": "9223372036854775808"},
    "number of many digits": {"timeend": "1" * 30},
    "fraction": {"timeend": 1.5},
    "truth for a number": {"status": True},
    "null": {"status": None},
    "list for a number": {"enrolid": [350]},
    "another row": {"id": "22778"},
    "another person": {"userid": "11819"},
    "method with markup": {"enrol": "<b>"},
    "method in capitals": {"enrol": "Cohort"},
    "method with a line's end": {"enrol": "cohort\n"},
    "method of many letters": {"enrol": "a" * 21},
    "no method": {"enrol": ""},
    "number for a method": {"enrol": 7},
    "text for a truth": {"lastenrol": "perhaps"},
    "list for a truth": {"lastenrol": []},
}


@pytest.mark.parametrize("encode", [as_json, as_php])
@pytest.mark.parametrize("fields", HOSTILE_FIELDS.values(), ids=HOSTILE_FIELDS)
def test_hostile_field_makes_the_row_unreadable(fields: dict[str, Any], encode: Encode) -> None:
    with pytest.raises(UnreadableOther):
        parsed(encode({**DELETED, "userenrolment": {**ROW, **fields}}))


@pytest.mark.parametrize("name", sorted(ROW.keys() - {"courseid"}))
def test_missing_field_makes_the_row_unreadable(name: str) -> None:
    rest = {key: value for key, value in ROW.items() if key != name}

    with pytest.raises(UnreadableOther):
        parsed(as_json({"userenrolment": rest}))


def test_row_whose_columns_name_nobody_is_unreadable() -> None:
    with pytest.raises(UnreadableOther):
        parsed(as_json(DELETED), objectid=None)
    with pytest.raises(UnreadableOther):
        parsed(as_json(DELETED), userid=None)


@pytest.mark.parametrize(
    "owner",
    [
        {"component": "enrol_<b>", "itemid": 1},
        {"component": None, "itemid": 1},
        {"component": "enrol_cohort", "itemid": "x"},
        {"component": "enrol_cohort"},
        {"itemid": 1},
    ],
)
def test_hostile_owner_is_unreadable(owner: dict[str, Any]) -> None:
    with pytest.raises(UnreadableOther):
        parse_owner(as_json(owner))


@given(st.text(max_size=60) | st.text(alphabet='aisbdONRC:;"{}[]0123456789,', max_size=60))
def test_whatever_the_text_nothing_but_unreadable_comes_out(text: str) -> None:
    for parse in (parse_owner, parse_method, parsed):
        with pytest.raises(UnreadableOther):
            parse(text)
