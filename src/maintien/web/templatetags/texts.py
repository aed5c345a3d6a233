"""Texts, numbers and dates in templates, from the catalogue that the command line uses too.

    {% t "Courses" %}                                 a sentence
    {% t "Run {run}" run=run.id %}                    with fields, which are escaped
    {% tn "{n} person" "{n} people" count %}          by number
    {% number n %}  {% moment unix %}  {% ends unix %}

tools/catalogues.py collects the sentences; they stand in double quotes.
"""

from datetime import UTC, tzinfo
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from maintien.reports.language import Texts

register = template.Library()


def _texts(context: Context) -> Texts:
    texts = context["texts"]
    if not isinstance(texts, Texts):
        raise TypeError(texts)
    return texts


def _zone(context: Context) -> tzinfo:
    zone = context.get("zone")
    return zone if isinstance(zone, tzinfo) else UTC


@register.simple_tag(takes_context=True)
def t(context: Context, message: str, **fields: Any) -> SafeString:  # noqa: ANN401 -- whatever a page shows
    """Translate a sentence and fill its fields."""
    return _filled(_texts(context).gettext(message), _shown(context, fields))


@register.simple_tag(takes_context=True)
def tn(context: Context, one: str, many: str, n: int, **fields: Any) -> SafeString:  # noqa: ANN401 -- same
    """Translate the form of a sentence that goes with a number."""
    sentence = _texts(context).ngettext(one, many, n)
    return _filled(sentence, _shown(context, {"n": n, **fields}))


@register.simple_tag(takes_context=True)
def number(context: Context, n: int) -> str:
    """Write a whole number."""
    return _texts(context).number(n)


@register.simple_tag(takes_context=True)
def moment(context: Context, unix: int) -> str:
    """Write a moment in the site's time zone."""
    return _texts(context).date_time(unix, _zone(context))


@register.simple_tag(takes_context=True)
def starts(context: Context, unix: int) -> str:
    """Write when an enrolment begins."""
    return _texts(context).start_date(unix, _zone(context))


@register.simple_tag(takes_context=True)
def ends(context: Context, unix: int) -> str:
    """Write when an enrolment ends."""
    return _texts(context).end_date(unix, _zone(context))


@register.simple_tag(takes_context=True)
def said(context: Context, message: str) -> str:
    """Translate a sentence that was marked elsewhere."""
    return _texts(context).gettext(message)


def _filled(sentence: str, fields: dict[str, Any]) -> SafeString:
    shown = {name: conditional_escape(value) for name, value in fields.items()}
    return mark_safe(conditional_escape(sentence).format(**shown))  # noqa: S308 -- all of it is escaped


def _shown(context: Context, fields: dict[str, Any]) -> dict[str, Any]:
    texts = _texts(context)
    return {
        name: texts.number(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in fields.items()
    }
