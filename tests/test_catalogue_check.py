"""``make check`` finds what stops a reader from reading every message in their language."""

import shutil
from pathlib import Path

import pytest

from tools.catalogues import check, update

CODE = """
from maintien.messages import N_

MESSAGE = N_("{n} courses: done!")


def count(texts, n):
    return texts.ngettext("{n} course", "{n} courses", n)
"""
HEADER = """msgid ""
msgstr ""
"Language: fr\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""
MESSAGE = """msgid "{n} courses: done!"
msgstr "{n} cours\u00a0: c’est fait\u00a0!"

"""
PLURAL = """msgid "{n} course"
msgid_plural "{n} courses"
msgstr[0] "un cours"
msgstr[1] "{n} cours"
"""

FAULTS = {
    "a message is missing": (PLURAL, "is not in it"),
    "a message is in no code": (MESSAGE + PLURAL + '\nmsgid "old"\nmsgstr "vieux"\n', "in no code any more"),
    "a message is not translated": (
        'msgid "{n} courses: done!"\nmsgstr ""\n\n' + PLURAL,
        "is not translated",
    ),
    "a translation is a guess": ("#, fuzzy\n" + MESSAGE + PLURAL, "is not translated"),
    "a plural is not translated": (MESSAGE + PLURAL.replace('{n} cours"\n', '"\n', 2), "is not translated"),
    "a field is misspelt": (
        MESSAGE.replace("{n} cours\u00a0", "{m} cours\u00a0") + PLURAL,
        "has other fields",
    ),
    "a field is lost": (MESSAGE.replace("{n} cours\u00a0", "Cours\u00a0") + PLURAL, "has other fields"),
    "a space may break": (MESSAGE.replace("\u00a0!", " !") + PLURAL, "lacks an unbreakable space"),
    "a space is missing": (MESSAGE.replace("\u00a0:", ":") + PLURAL, "lacks an unbreakable space"),
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    package = tmp_path / "src" / "maintien"
    (package / "locale" / "fr" / "LC_MESSAGES").mkdir(parents=True)
    (package / "work.py").write_text(CODE)
    return package


def translate(package: Path, entries: str) -> Path:
    """Write a catalogue, and compile it as ``make catalogues`` would."""
    file = package / "locale" / "fr" / "LC_MESSAGES" / "maintien.po"
    file.write_text(HEADER + entries)
    return file


def test_a_whole_catalogue_has_no_faults(package: Path) -> None:
    translate(package, MESSAGE + PLURAL)
    update(package)

    assert check(package) == []


@pytest.mark.parametrize(("entries", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found(package: Path, entries: str, fault: str) -> None:
    translate(package, MESSAGE + PLURAL)
    update(package)
    translate(package, entries)

    assert [each for each in check(package) if fault in each]


def test_a_catalogue_that_is_not_compiled_anew_is_found(package: Path) -> None:
    file = translate(package, MESSAGE + PLURAL)
    update(package)
    file.write_text(file.read_text().replace("un cours", "un seul cours"))

    assert check(package) == ["maintien.mo is older than maintien.po: run make catalogues"]


def test_updating_keeps_translations_drops_old_messages_and_adds_new_ones(package: Path) -> None:
    file = translate(package, PLURAL + '\nmsgid "old"\nmsgstr "vieux"\n')

    update(package)

    text = file.read_text()
    assert 'msgstr[0] "un cours"' in text
    assert "vieux" not in text
    assert 'msgid "{n} courses: done!"\nmsgstr ""' in text


def test_updating_twice_changes_nothing_the_second_time(package: Path) -> None:
    file = translate(package, MESSAGE + PLURAL)
    update(package)
    shutil.copytree(file.parent, package / "first")

    update(package)

    for each in (package / "first").iterdir():
        assert each.read_bytes() == (file.parent / each.name).read_bytes()
