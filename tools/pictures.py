"""Draws the pictures of the documentation, terminals and charts, from real runs of the program.

The embedded university is made anew in a folder of its own, in a fixed year, so that a picture changes
only when the program does. The pictures load nothing: no font, no image, no script.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

PICTURES: Final = Path(__file__).parents[1] / "docs" / "images"
LANGUAGES: Final = ("en", "fr")
NOW: Final = "2027-05-10T09:00"
UNTIL: Final = "2028-08-31"
WIDTH: Final = 100

_MAKING: Final = ("demo", "--no-progress", "--now", NOW)
_UNIVERSITY: Final = "sqlite:///maintien-demo/university-before.sqlite"
_FONTS: Final = re.compile(r"@font-face \{\{.*?\n    \}\}\n", re.DOTALL)
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
_TRAILING_SPACES: Final = re.compile(r"[ \t]+$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One terminal with what a command said."""

    name: str
    shown: str
    """The command as a reader would type it."""
    arguments: tuple[str, ...]
    sections: tuple[int, ...] = ()
    """Which sections of the output are shown, counted from 1; empty for all of it."""


PICTURES_OF: Final = (
    Picture(name="demo", shown="maintien demo", arguments=("demo", "--fresh"), sections=(2, 4, 5, 6)),
    Picture(name="check", shown="maintien check --all", arguments=("check", "--all")),
    Picture(
        name="convert",
        shown=f"maintien convert --category SCI-M2CHI --until {UNTIL}",
        arguments=("convert", "--category", "SCI-M2CHI", "--until", UNTIL),
    ),
)


CHARTS_OF: Final = {
    "forecast": ("forecast", "--all", "--cut", "2027-09-01", "--until", UNTIL),
}
"""Charts that the program draws itself, by name."""


def main() -> None:
    """Make the university once a language, and draw its pictures."""
    for language in LANGUAGES:
        with tempfile.TemporaryDirectory() as folder:
            run(_MAKING, language, Path(folder))
            for picture in PICTURES_OF:
                said = run([*picture.arguments, "--no-progress", "--now", NOW], language, Path(folder))
                shown = select(said, picture.sections)
                path = PICTURES / f"{picture.name}.{language}.svg"
                path.write_text(draw(picture, shown, language), encoding="utf-8")
                print(path.relative_to(PICTURES.parents[1]))
            for name, arguments in CHARTS_OF.items():
                path = PICTURES / f"{name}.{language}.svg"
                chart = (*arguments, "--chart", str(path), "--no-progress", "--now", NOW)
                run(chart, language, Path(folder))
                print(path.relative_to(PICTURES.parents[1]))


def run(arguments: Sequence[str], language: str, folder: Path) -> str:
    """Run the program in ``folder`` as in a terminal with colours, and return what it said.

    Raises CalledProcessError when it fails.
    """
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "COLUMNS": str(WIDTH),
        "FORCE_COLOR": "1",
        "TERM": "xterm-256color",
        "MAINTIEN_SITE": _UNIVERSITY,
    }
    command = [str(Path(sys.executable).with_name("maintien")), "--lang", language, *arguments]
    done = subprocess.run(  # noqa: S603 -- our own program
        command, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )
    return done.stdout


def select(said: str, sections: Sequence[int]) -> str:
    """Keep these sections of what was said, each of which begins with a line that ends in a rule.

    A line with … stands where one is left out.
    """
    if not sections:
        return said.strip("\n")
    kept = set(sections)
    texts = [text if number in kept else "…" for number, text in enumerate(_sections(said))]
    return "\n".join(text.rstrip() + "\n" for text in texts[min(kept) : max(kept) + 1]).strip("\n")


def _sections(said: str) -> Iterator[str]:
    """Part the lines before each heading; what stands before the first one comes first."""
    section: list[str] = []
    for line in said.splitlines():
        words = _COLOURS.sub("", line)
        if words.endswith("──") and not words.startswith((" ", "╭", "╰")):
            yield "\n".join(section)
            section = []
        section.append(line)
    yield "\n".join(section)


def draw(picture: Picture, shown: str, language: str) -> str:
    """Draw a terminal in which the command was typed."""
    console = Console(file=StringIO(), record=True, width=WIDTH, highlight=False)
    console.print(Text(f"$ {picture.shown}", style="bold"))
    console.print()
    console.print(Text.from_ansi(shown))
    drawn = console.export_svg(
        title="maintien",
        theme=MONOKAI,
        code_format=_FONTS.sub("", CONSOLE_SVG_FORMAT).replace("Fira Code, monospace", "monospace"),
        unique_id=f"maintien-{picture.name}-{language}",
    )
    return _TRAILING_SPACES.sub("", drawn)


if __name__ == "__main__":
    main()
