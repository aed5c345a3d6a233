"""Values in Moodle's XML. The expected texts are those of xml_writer and of backup_xml_transformer."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintien.mbz.writing.xml_text import attribute_content, text_content


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "$@NULL@$"),
        ("", ""),
        (0, "0"),
        (-3, "-3"),
        ("plain é 😀 \U0001f9d1\u200d\U0001f393", "plain é 😀 \U0001f9d1\u200d\U0001f393"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("\"quoted\" and 'quoted'", "\"quoted\" and 'quoted'"),
        ("<![CDATA[x]]>", "&lt;![CDATA[x]]&gt;"),
        ("&amp;", "&amp;amp;"),
        ("bell\x07 null\x00 escape\x1b delete\x7f", "bell null escape delete"),
        ("tab\tline\nend", "tab\tline\nend"),
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("half of a pair \ud800, \udfff", "half of a pair , "),
        ("no characters \ufffe\uffff", "no characters "),
        ("next line \x85 stays", "next line \x85 stays"),
        ("\x00\r\x08\n", "\n"),
    ],
)
def test_text_is_written_as_moodle_does(value: str | int | None, expected: str) -> None:
    assert text_content(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(None, ""), (7, "7"), ('a "b" <c>', "a &quot;b&quot; &lt;c&gt;")]
)
def test_attributes_are_between_quotes_and_know_no_null(value: str | int | None, expected: str) -> None:
    assert attribute_content(value) == expected


@given(st.text(alphabet=st.characters(), max_size=30))
def test_what_xml_allows_survives_and_the_rest_does_no_harm(text: str) -> None:
    document = f'<a b="{attribute_content(text)}">{text_content(text)}</a>'
    allowed = "".join(each for each in text if _is_allowed(ord(each)))
    expected = allowed.replace("\r\n", "\n").replace("\r", "\n")
    parsed = ET.fromstring(document.encode())  # noqa: S314 -- our own
    assert (parsed.text or "") == expected
    assert parsed.attrib["b"] == expected.replace("\n", " ").replace("\t", " ")


def _is_allowed(point: int) -> bool:
    """Whether XML 1.0 has this character; Moodle drops the delete character too."""
    if point < 0x20:
        return point in (0x9, 0xA, 0xD)
    return point != 0x7F and not 0xD800 <= point <= 0xDFFF and point not in (0xFFFE, 0xFFFF)
