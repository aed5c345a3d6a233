"""PHP's serialize format; the samples were recorded from PHP 8.2."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintien.moodle.php_arrays import array_key
from maintien.moodle.php_serialize import (
    PhpRead,
    UnreadablePhpValue,
    UnserializeLimits,
    serialize,
    unserialize,
)

RECORDED: dict[str, tuple[PhpRead, bytes]] = {
    "null": (None, b"N;"),
    "true": (True, b"b:1;"),
    "false": (False, b"b:0;"),
    "integer": (-7, b"i:-7;"),
    "greatest integer": (2**63 - 1, b"i:9223372036854775807;"),
    "smallest integer": (-(2**63), b"i:-9223372036854775808;"),
    "tenth": (0.1, b"d:0.1;"),
    "third": (1 / 3, b"d:0.3333333333333333;"),
    "whole float": (1.0, b"d:1;"),
    "negative zero": (-0.0, b"d:-0;"),
    "hundred thousand": (100000.0, b"d:100000;"),
    "last float without exponent": (1e16, b"d:10000000000000000;"),
    "seventeen digits": (99999999999999980.0, b"d:99999999999999980;"),
    "first float with exponent": (1e17, b"d:1.0E+17;"),
    "float with exponent": (123456789012345678.0, b"d:1.2345678901234568E+17;"),
    "smallest decimal without exponent": (0.0001, b"d:0.0001;"),
    "decimal with exponent": (0.00001, b"d:1.0E-5;"),
    "negative decimal with exponent": (-1.5e-7, b"d:-1.5E-7;"),
    "smallest float": (5e-324, b"d:5.0E-324;"),
    "greatest float": (1.7976931348623157e308, b"d:1.7976931348623157E+308;"),
    "infinite": (math.inf, b"d:INF;"),
    "infinitely small": (-math.inf, b"d:-INF;"),
    "empty text": ("", b's:0:"";'),
    "accents": ("été", 's:5:"été";'.encode()),
    "text with quotes": ('a";b:0;', b's:7:"a";b:0;";'),
    "text with a zero byte": ("a\0b", b's:3:"a\0b";'),
    "empty array": ([], b"a:0:{}"),
    "list": ([1, "a"], b'a:2:{i:0;i:1;i:1;s:1:"a";}'),
    "list in an array": ({"a": [None]}, b'a:1:{s:1:"a";a:1:{i:0;N;}}'),
    "keys in another order": ({1: 2, 0: 1}, b"a:2:{i:1;i:2;i:0;i:1;}"),
    "keys that don't begin at 0": ({1: "x"}, b'a:1:{i:1;s:1:"x";}'),
    "texts that are no integers": (
        {"05": 1, "-0": 2, "9223372036854775808": 3, "1.0": 4, "é": 5},
        'a:5:{s:2:"05";i:1;s:2:"-0";i:2;s:19:"9223372036854775808";i:3;s:3:"1.0";i:4;s:2:"é";i:5;}'.encode(),
    ),
    "a log row's other": ({"enrol": "manual"}, b'a:1:{s:5:"enrol";s:6:"manual";}'),
}

READ_ONLY: dict[str, tuple[bytes, PhpRead]] = {
    "plus sign": (b"i:+5;", 5),
    "leading zeros": (b"i:005;", 5),
    "length with leading zero": (b's:01:"a";', "a"),
    "float without a leading digit": (b"d:.5;", 0.5),
    "float that ends in a point": (b"d:1.;", 1.0),
    "float of PHP before 7.1": (b"d:0.10000000000000001;", 0.1),
    "float beyond all": (b"d:1e400;", math.inf),
    "key that looks like an integer": (b'a:1:{s:1:"5";i:1;}', {5: 1}),
    "key that comes twice": (b"a:2:{i:0;i:1;i:0;i:2;}", [2]),
}

REFUSED = {
    "nothing": b"",
    "no semicolon": b"N",
    "something behind": b"i:5;x",
    "value behind": b"i:5;i:6;",
    "boolean that is neither": b"b:2;",
    "integer with a space": b"i: 5;",
    "integer beyond 64 bits": b"i:9223372036854775808;",
    "integer of thousands of digits": b"i:" + b"9" * 5000 + b";",
    "float in words": b"d:nan;",
    "float without digits": b"d:e5;",
    "float without an exponent": b"d:5e;",
    "text longer than the data": b's:5:"a";',
    "text shorter than said": b's:1:"ab";',
    "text of enormous length": b's:99999999999999999999:"a";',
    "text of negative length": b's:-1:"a";',
    "text that is not UTF-8": b's:1:"\xe9";',
    "escaped text": b'S:1:"\\41";',
    "array of enormous count": b"a:9999999999:{}",
    "array of negative count": b"a:-1:{}",
    "array with fewer items": b"a:2:{i:0;i:1;}",
    "array with more items": b"a:0:{i:0;i:1;}",
    "array without an end": b"a:1:{i:0;i:1;",
    "array with a boolean key": b"a:1:{b:1;i:1;}",
    "array with an array for a key": b"a:1:{a:0:{}i:1;}",
    "JSON": b'{"enrol":"manual"}',
    "object": b'O:8:"stdClass":0:{}',
    "object in an array": b'a:1:{i:0;O:8:"stdClass":0:{}}',
    "object with its own format": b'C:11:"ArrayObject":2:{x;}',
    "enumeration": b'E:7:"Foo:BAR";',
    "reference": b"a:2:{i:0;i:1;i:1;R:2;}",
    "object reference": b"a:2:{i:0;i:1;i:1;r:2;}",
}


@pytest.mark.parametrize("name", RECORDED)
def test_values_are_written_as_php_writes_them(name: str) -> None:
    value, data = RECORDED[name]
    assert serialize(value) == data


@pytest.mark.parametrize("name", RECORDED)
def test_values_are_read_as_php_wrote_them(name: str) -> None:
    value, data = RECORDED[name]
    # repr tells 1 from 1.0 and from True, and 0.0 from -0.0.
    assert repr(unserialize(data)) == repr(value)


@pytest.mark.parametrize("name", READ_ONLY)
def test_what_php_reads_but_does_not_write_is_read(name: str) -> None:
    data, value = READ_ONLY[name]
    assert repr(unserialize(data)) == repr(value)


def test_not_a_number_survives() -> None:
    assert serialize(math.nan) == b"d:NAN;"
    assert repr(unserialize(b"d:NAN;")) == "nan"


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_a_plain_value_is_refused(name: str) -> None:
    with pytest.raises(UnreadablePhpValue):
        unserialize(REFUSED[name])


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_does_not_show_the_text(name: str) -> None:
    with pytest.raises(UnreadablePhpValue) as caught:
        unserialize(b'a:2:{i:0;s:6:"secret";i:1;' + REFUSED[name])
    assert "secret" not in f"{caught.value!r}{caught.value.__cause__!r}"


def test_arrays_are_read_up_to_the_depth_allowed() -> None:
    limits = UnserializeLimits(depth=2)
    assert unserialize(b"a:1:{i:0;a:0:{}}", limits) == [[]]
    with pytest.raises(UnreadablePhpValue):
        unserialize(b"a:1:{i:0;a:1:{i:0;a:0:{}}}", limits)


def test_thirty_two_arrays_in_one_another_are_read_by_default() -> None:
    def nested(depth: int) -> bytes:
        return b"a:1:{i:0;" * (depth - 1) + b"a:0:{}" + b"}" * (depth - 1)

    assert serialize(unserialize(nested(32))) == nested(32)
    with pytest.raises(UnreadablePhpValue):
        unserialize(nested(33))


def test_a_thousand_arrays_in_one_another_are_refused() -> None:
    with pytest.raises(UnreadablePhpValue):
        unserialize(b"a:1:{i:0;" * 1000)


def test_data_are_read_up_to_the_size_allowed() -> None:
    limits = UnserializeLimits(size=4)
    assert unserialize(b"i:5;", limits) == 5
    with pytest.raises(UnreadablePhpValue):
        unserialize(b"i:55;", limits)


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_an_integer_that_php_has_not_is_not_written(number: int) -> None:
    with pytest.raises(ValueError, match="64 bits"):
        serialize(number)


@pytest.mark.parametrize("value", [b"bytes", object(), {1, 2}])
def test_a_value_that_php_has_not_is_not_written(value: object) -> None:
    with pytest.raises(TypeError):
        serialize(value)  # type: ignore[arg-type]  # the mistake under test


def test_keys_become_what_php_makes_of_them() -> None:
    assert serialize({"5": "a", "-5": "b"}) == b'a:2:{i:5;s:1:"a";i:-5;s:1:"b";}'


def as_read(value: object) -> object:
    """Give what PHP's one kind of array makes of ``value``."""
    match value:
        case list():
            return [as_read(item) for item in value]
        case dict():
            items = {array_key(key): as_read(item) for key, item in value.items()}
            is_list = list(items) == list(range(len(items)))
            return list(items.values()) if is_list else items
        case _:
            return value


scalars = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text()
)
keys = st.integers(-(2**63), 2**63 - 1) | st.text()
values: st.SearchStrategy[PhpRead] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_what_is_written_reads_back(value: PhpRead) -> None:
    assert repr(unserialize(serialize(value))) == repr(as_read(value))


@given(st.binary() | st.text('aisdbNOR:;{}"0123456789.-E').map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value = unserialize(data)
    except UnreadablePhpValue:
        return
    assert repr(unserialize(serialize(value))) == repr(value)
