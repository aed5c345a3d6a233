"""The words for Moodle's own things and for errors; reasons and findings have modules of their own."""

from typing import Final

from maintien.errors.tree import MaintienError
from maintien.messages import N_
from maintien.moodle.unreadable_php import Reason
from maintien.reports.language import Texts
from maintien.reports.safe_text import printable

METHOD_NAMES: Final = {
    "category": N_("Category enrolments"),
    "cohort": N_("Cohort sync"),
    "database": N_("External database"),
    "fee": N_("Enrolment on payment"),
    "flatfile": N_("Flat file (CSV)"),
    "guest": N_("Guest access"),
    "imsenterprise": N_("IMS Enterprise file"),
    "ldap": N_("LDAP enrolments"),
    "lti": N_("Publish as LTI tool"),
    "manual": N_("Manual enrolments"),
    "meta": N_("Course meta link"),
    "mnet": N_("MNet remote enrolments"),
    "paypal": N_("PayPal"),
    "self": N_("Self enrolment"),
}
"""How Moodle calls its methods (``pluginname`` in the language packs)."""

_TRANSLATED_FIELDS: Final = frozenset({"expected", "hint", "reason"})
"""Fields of errors that hold sentences of this program; the others hold what somebody wrote."""


def method_name(texts: Texts, method: str) -> str:
    """Name an enrolment method in Moodle's words; an unknown one by its own word."""
    name = METHOD_NAMES.get(method)
    return printable(method) if name is None else texts.gettext(name)


def method_names(texts: Texts, methods: tuple[str, ...]) -> str:
    """Name several methods."""
    return texts.join(method_name(texts, method) for method in methods)


def error_text(texts: Texts, error: MaintienError) -> str:
    """Say an error's sentence, harmless for a terminal."""
    fields = {name: _field(texts, name, value) for name, value in error.fields.items()}
    return texts.gettext(error.message).format(**fields)


def _field(texts: Texts, name: str, value: object) -> object:
    if isinstance(value, MaintienError):
        return error_text(texts, value)
    if isinstance(value, Reason):
        return printable(texts.gettext(value.msgid).format(**value.fields))
    if isinstance(value, bool | int):
        return value
    text = str(value)
    return printable(texts.gettext(text) if name in _TRANSLATED_FIELDS else text)
