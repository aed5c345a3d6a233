"""The line above a result on a terminal: a preview, done, in part, nothing to do."""

from rich.panel import Panel

from maintien.reports.language import Texts
from maintien.reports.safe_text import plain
from maintien.reports.summary import Totals


def title_panel(texts: Texts, totals: Totals, *, written: bool, remaining: int = 0) -> Panel:
    """Say in a panel what became of it; ``remaining`` courses were never reached."""
    if totals.courses_failed:
        style, text = "red", _failed(texts, totals)
    elif remaining:
        style, text = "yellow", _remaining(texts, remaining)
    elif not totals.courses_changed:
        style, text = "green", texts.gettext("NOTHING TO DO: there is nothing to change.")
    elif written:
        style, text = "green", texts.gettext("DONE: the changes are written.")
    else:
        style = "yellow"
        text = texts.gettext("PREVIEW: nothing is written. Add --run to write the changes.")
    return Panel(plain(text, "bold"), border_style=style)


def _failed(texts: Texts, totals: Totals) -> str:
    return texts.ngettext(
        "DONE IN PART: {n} course failed; nothing is written in it.",
        "DONE IN PART: {n} courses failed; nothing is written in them.",
        totals.courses_failed,
    ).format(n=texts.number(totals.courses_failed))


def _remaining(texts: Texts, remaining: int) -> str:
    return texts.ngettext(
        "NOT FINISHED: {n} course remains; “maintien resume” goes on with it.",
        "NOT FINISHED: {n} courses remain; “maintien resume” goes on with them.",
        remaining,
    ).format(n=texts.number(remaining))
