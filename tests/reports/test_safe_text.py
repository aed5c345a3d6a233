"""Names from outside can't act on a terminal or a spreadsheet."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, Group

from maintien.reports.safe_text import plain, printable, safe_cell

HARMFUL = {
    "colours": ("\x1b[31mred", r"\x1b[31mred"),
    "title of the window": ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
    "8-bit escape": ("\x9b31m", r"\x9b31m"),
    "line break": ("a\nb\r\nc", r"a\nb\r\nc"),
    "tabulator": ("a\tb", r"a\tb"),
    "backspace": ("abc\b\b", r"abc\x08\x08"),
    "null": ("a\0b", r"a\x00b"),
    "delete": ("a\x7f", r"a\x7f"),
    "right to left override": ("a\u202etxt", r"a\u202etxt"),
    "isolate": ("\u2066x\u2069", r"\u2066x\u2069"),
    "zero width space": ("a\u200bb", r"a\u200bb"),
    "line separator": ("a\u2028b", r"a\u2028b"),
    "lone surrogate": ("a\ud800", r"a\ud800"),
    "byte order mark": ("\ufeffa", r"\ufeffa"),
}

HARMLESS = [
    "",
    "Anaïs Lefèvre-d\u2019Œuvre",
    "Σωκράτης",
    "李小龍",
    "سارة",
    "मी\u200dरा",
    "[bold]x[/bold] \\[a]",
    "😀",
    "a\u00a0b",
]


@pytest.mark.parametrize("case", HARMFUL)
def test_what_a_terminal_acts_on_is_written_out(case: str) -> None:
    text, shown = HARMFUL[case]
    assert printable(text) == shown


@pytest.mark.parametrize("text", HARMLESS)
def test_names_stay_as_they_are(text: str) -> None:
    assert printable(text) == text


@given(st.text())
def test_no_control_character_ever_comes_through(text: str) -> None:
    shown = printable(text)
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in shown)
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert printable(shown) == shown


@pytest.mark.parametrize("text", ["[red]x[/red]", "[link=file:///etc]x[/link]", "[/]", ":smile:"])
def test_markup_in_a_name_is_shown_and_not_obeyed(text: str) -> None:
    screen = io.StringIO()
    Console(file=screen, width=80, force_terminal=True, color_system="truecolor").print(plain(text))
    assert screen.getvalue() == f"{text}\n"


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\uff1d1+1", "=HYPERLINK(1)"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Martin", "1 = 1", "N°12", "a@b.fr", "01-02"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


@given(st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    line = io.StringIO(newline="")
    csv.writer(line).writerow([safe_cell(text), "x"])
    [[cell, _]] = csv.reader(io.StringIO(line.getvalue(), newline=""))
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


SENTENCE = (
    "La méthode «\u00a0Inscriptions manuelles\u00a0» est là\u202f: 1\u202f000\u202f000 personnes,"
    " vraiment\u00a0?"
)


@pytest.mark.parametrize("width", range(14, 60))
def test_unbreakable_spaces_do_not_break(width: int) -> None:
    screen = io.StringIO()
    Console(file=screen, width=width).print(Group(plain(SENTENCE)))
    lines = [line.rstrip(" ") for line in screen.getvalue().splitlines()]
    assert " ".join(lines) == SENTENCE
    assert not any(line.startswith((":", "?", "»", "000")) or line.endswith("«") for line in lines)


def test_styles_survive_the_breaking() -> None:
    text = plain("a\u00a0: ").append("rouge et vert", "red")
    screen = io.StringIO()
    console = Console(file=screen, width=9, force_terminal=True, color_system="standard")
    console.print(Group(text))
    assert screen.getvalue() == "a\u00a0: \x1b[31mrouge\x1b[0m\n\x1b[31met vert\x1b[0m\n"
