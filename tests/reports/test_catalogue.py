"""The French catalogue is whole, compiled, faithful to its messages, and written as French is."""

import re
from gettext import GNUTranslations
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import maintien
from tools.catalogues import extract

PACKAGE = Path(maintien.__file__).parent
FOLDER = PACKAGE / "locale/fr/LC_MESSAGES"


def read_catalogue() -> Catalog:
    with (FOLDER / "maintien.po").open("rb") as file:
        return read_po(file, locale="fr", abort_invalid=True)


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


CATALOGUE = read_catalogue()
MESSAGES = [message for message in CATALOGUE if message.id]
TRANSLATIONS = [(forms(message.id)[0], form) for message in MESSAGES for form in forms(message.string)]


@pytest.mark.filterwarnings("default")  # an empty gettext("") is the code's own guard
def test_every_message_of_the_code_is_translated_and_no_other() -> None:
    # Not only code: templates have sentences too.
    used = {forms(message.id) for message in extract(PACKAGE) if message.id}
    translated = {
        forms(message.id) for message in MESSAGES if all(forms(message.string)) and not message.fuzzy
    }
    assert sorted(used - translated) == []
    assert sorted(translated - used) == []


def test_the_compiled_catalogue_says_the_same() -> None:
    with (FOLDER / "maintien.mo").open("rb") as file:
        compiled = GNUTranslations(file)
    for message in MESSAGES:
        match forms(message.id), forms(message.string):
            case (english,), (french,):
                assert compiled.gettext(english) == french
            case (singular, plural), (one, several):
                said = [compiled.ngettext(singular, plural, n) for n in (0, 1, 2)]
                # Nought is singular in French.
                assert said == [one, one, several]
            case other:
                pytest.fail(f"not a message and its translation: {other}")


def field_names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize(("english", "french"), TRANSLATIONS)
def test_fields_and_options_are_the_same(english: str, french: str) -> None:
    assert field_names(french) == field_names(english)
    options = re.compile(r"--[a-z]+(?:-[a-z]+)*")
    assert sorted(options.findall(french)) == sorted(options.findall(english))


NARROW, WIDE = "\u202f", "\u00a0"
ENDS_A_WORD = r"(?=[\s).,\u00a0\u202f]|$)"
FAULTS = {
    "no space before a high sign": rf"[^\s{NARROW}{WIDE}(][:;?!»]{ENDS_A_WORD}",
    "a space that breaks before a high sign": r" [:;?!»]" + ENDS_A_WORD,
    "no unbroken space inside opening quotation marks": rf"«[^{NARROW}{WIDE}]",
    "English quotation marks": "[“”]",
    "a straight apostrophe": r"(?<=[a-zà-ÿ])'(?=[a-zà-ÿ])",
    "two spaces": r"[ \u00a0\u202f]{2}",
    "three dots": r"(?<!\\u\{\{)\.\.\.",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_french_is_written_as_french_is(fault: str) -> None:
    faulty = [french for _, french in TRANSLATIONS if re.search(FAULTS[fault], french)]
    assert faulty == []


SAMPLES = {
    "no space before a high sign": "Erreur: rien",
    "a space that breaks before a high sign": "Erreur : rien",
    "no unbroken space inside opening quotation marks": "« rien\u00a0»",
    "English quotation marks": "“rien”",
    "a straight apostrophe": "l'accès",
    "two spaces": "rien  ici",
    "three dots": "rien...",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_would_be_found(fault: str) -> None:
    assert re.search(FAULTS[fault], SAMPLES[fault])


WELL_WRITTEN = [
    "Erreur\u00a0: rien",
    "sqlite:///FICHIER",
    "à 18:00",
    "id:…",
    "?prefix=mdl_",
    "«\u00a0a\u00a0»,",
]


@pytest.mark.parametrize("text", WELL_WRITTEN)
def test_what_is_well_written_has_no_fault(text: str) -> None:
    assert [fault for fault, pattern in FAULTS.items() if re.search(pattern, text)] == []
