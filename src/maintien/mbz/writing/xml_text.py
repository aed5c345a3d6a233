"""Values as Moodle writes them into its XML: NULL has a sign of its own, what XML forbids is left out.

Source: xml_writer (backup/util/xml/xml_writer.class.php), backup_xml_transformer
(backup/moodle2/backup_xml_transformer.class.php) and fix_utf8 (lib/moodlelib.php), Moodle 4.1 and 4.3.
"""

import re
from typing import Final, TypeAlias

Value: TypeAlias = str | int | None
"""What a column holds. Exact numbers are given as the text that the database makes of them."""

NULL: Final = "$@NULL@$"

_SPECIAL: Final = re.compile("[&<>\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Whatever does not go into a text as it is; most texts have none."""

_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 has no place for, and the delete character, which Moodle drops with them."""

_LINE_END: Final = re.compile("\r\n?")


def is_plain(text: str) -> bool:
    """Whether a text goes into XML as it is."""
    return _SPECIAL.search(text) is None


def text_content(value: Value) -> str:
    """Write a value as the content of an element; NULL is not the empty text."""
    if value is None:
        return NULL
    if isinstance(value, int):
        return str(value)
    return value if is_plain(value) else _escaped(value)


def attribute_content(value: Value) -> str:
    """Write a value as an attribute between double quotes; here NULL is the empty text."""
    if value is None:
        return ""
    return text_content(value).replace('"', "&quot;")


def _escaped(text: str) -> str:
    harmless = _LINE_END.sub("\n", _FORBIDDEN.sub("", text))
    return harmless.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
