"""Keeps the catalogues of messages: ``update`` brings the code's messages in, ``check`` finds what is amiss.

The English sentences in the code are the keys. A catalogue is committed as text (.po) and compiled
(.mo), so that installing needs no tool. Fails with one line a finding.
"""

import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from string import Formatter
from typing import Any, BinaryIO, Final

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE: Final = Path(__file__).parents[1] / "src" / "maintien"
KEYWORDS: Final[dict[str, tuple[int, ...] | None]] = {
    "N_": None,  # marked where it is written, translated at the edges
    "gettext": None,
    "ngettext": (1, 2),
}
_WIDTH: Final = 100
_TEMPLATE_TAG: Final = re.compile(r"""\{%\s*(tn?)\s+(?:"([^"]+)"|'([^']+)')(?:\s+(?:"([^"]+)"|'([^']+)'))?""")
"""The tags of maintien/web/templatetags/texts.py: a sentence, or its forms for one and for many."""

Ids = str | tuple[str, ...]
Finding = str
# Unlike English, French sets these marks off with a space that does not break the line.
_FRENCH_SPACING: Final = re.compile(r"\w[;!?](\s|$)|\w:\s|[ ][;:!?](\s|$)|[^\u00a0]»|«[^\u00a0]")


def update(package: Path) -> list[Finding]:
    """Bring the messages of the code into every catalogue, drop the others, and compile."""
    template = extract(package)
    for file in _catalogue_files(package):
        catalogue = _read(file)
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        file.write_bytes(_as_text(catalogue))
        file.with_suffix(".mo").write_bytes(_compiled(catalogue))
    return []


def check(package: Path) -> list[Finding]:
    """Find what stops a reader from reading every message well in every language."""
    used = set(_messages(extract(package)))
    findings: list[Finding] = []
    for file in _catalogue_files(package):
        catalogue = _read(file)
        findings += [f"{file.name} ({catalogue.locale}): {finding}" for finding in _faults(catalogue, used)]
        if not _is_compiled(file, catalogue):
            findings.append(f"{file.with_suffix('.mo').name} is older than {file.name}: run make catalogues")
    return findings


def extract(package: Path) -> Catalog:
    """Collect the messages that the package's code marks, with the files they stand in."""
    template = Catalog(fuzzy=False)
    for name, _line, ids, comments, context in extract_from_dir(package, _methods(), keywords=KEYWORDS):
        where = (package.relative_to(package.parents[1]) / name).as_posix()
        template.add(ids, locations=[(where, 0)], auto_comments=comments, context=context)
    return template


def _methods() -> Any:  # noqa: ANN401 -- Babel takes functions too, its hints names only
    return [("**.py", "python"), ("**.html", _extract_template)]


def _extract_template(
    fileobj: BinaryIO,
    keywords: object,  # noqa: ARG001 -- Babel's own
    comment_tags: object,  # noqa: ARG001 -- same
    options: object,  # noqa: ARG001 -- same
) -> Iterator[tuple[int, str, str | tuple[str, str], list[str]]]:
    """Collect the messages of a template, as Babel's own extractors do."""
    for number, line in enumerate(fileobj.read().decode().splitlines(), start=1):
        for tag, *texts in _TEMPLATE_TAG.findall(line):
            one, many = texts[0] or texts[1], texts[2] or texts[3]
            yield (number, "ngettext", (one, many), []) if tag == "tn" else (number, "gettext", one, [])


def _faults(catalogue: Catalog, used: set[Ids]) -> Iterator[Finding]:
    known = _messages(catalogue)
    for ids in sorted(used - known.keys(), key=str):
        yield f"{ids!r} is not in it: run make catalogues"
    for ids in sorted(known.keys() - used, key=str):
        yield f"{ids!r} is in no code any more: run make catalogues"
    for message in known.values():
        yield from _faults_of(message, is_french=str(catalogue.locale) == "fr")


def _faults_of(message: Message, *, is_french: bool) -> Iterator[Finding]:
    translations = _as_tuple(message.string or "")
    if message.fuzzy or not all(translations):
        yield f"{message.id!r} is not translated"
        return
    fields = _fields(_as_tuple(message.id)[-1])
    for text in translations:
        # One of something may be said without its number.
        if not (_fields(text) == fields or (message.pluralizable and _fields(text) < fields)):
            yield f"{text!r} has other fields than {message.id!r}"
        if is_french and (wrong := _FRENCH_SPACING.search(text)):
            yield f"{text!r} lacks an unbreakable space at {wrong[0]!r}"


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _messages(catalogue: Catalog) -> dict[Ids, Message]:
    return {_key(message): message for message in catalogue if message.id}


def _key(message: Message) -> Ids:
    ids = _as_tuple(message.id)
    return ids if len(ids) > 1 else ids[0]


def _as_tuple(text: str | Iterable[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _catalogue_files(package: Path) -> list[Path]:
    return sorted(package.glob("locale/*/LC_MESSAGES/*.po"))


def _read(file: Path) -> Catalog:
    with file.open("rb") as opened:
        return read_po(opened, locale=file.parts[-3], abort_invalid=True)


def _as_text(catalogue: Catalog) -> bytes:
    text = io.BytesIO()
    write_po(text, catalogue, width=_WIDTH, include_lineno=False, sort_by_file=True, ignore_obsolete=True)
    return text.getvalue()


def _compiled(catalogue: Catalog) -> bytes:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


def _is_compiled(file: Path, catalogue: Catalog) -> bool:
    compiled = file.with_suffix(".mo")
    return compiled.is_file() and compiled.read_bytes() == _compiled(catalogue)


COMMANDS: Final[dict[str, Callable[[Path], list[Finding]]]] = {"update": update, "check": check}


def main(arguments: list[str]) -> int:
    """Run one of the commands on this project's package."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(f"usage: catalogues.py {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    findings = COMMANDS[arguments[0]](PACKAGE)
    for finding in findings:
        print(finding, file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
