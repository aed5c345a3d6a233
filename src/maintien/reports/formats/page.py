"""A self-contained HTML page: no script, nothing loaded from elsewhere, good to read aloud and to print.

Rows are kept until the page is written, since those of several tables come mixed; a page is for people, so a
table shows its first rows only, and says how many more there are.
"""

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from importlib.resources import files
from typing import Final, Self, TextIO

from maintien.reports.formats.markup import Markup, element
from maintien.reports.language import Texts, moment_of
from maintien.reports.tables import Cell, Column, Heading, Kind, Moment, Table, Tables

ROWS_SHOWN: Final = 5_000
"""Of each table."""

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may load for the page: nothing. Its style stands in it."""
_RIGHT: Final = frozenset({Kind.NUMBER, Kind.ID})


class HtmlPage:
    """Writes a page. Use it as a context; the page is written when the context ends well."""

    def __init__(self, stream: TextIO, texts: Texts, heading: Heading, tables: Tables, zone: tzinfo) -> None:
        self._stream = stream
        self._texts = texts
        self._heading = heading
        self._tables = tables
        self._zone = zone
        self._rows: dict[str, list[Markup]] = {key: [] for key in tables}
        self._more = dict.fromkeys(tables, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._stream.writelines(self._page())

    def add(self, table: str, row: Sequence[Cell]) -> None:
        """Take a row."""
        rows = self._rows[table]
        if len(rows) == ROWS_SHOWN:
            self._more[table] += 1
            return
        cells = zip(self._tables[table].columns, row, strict=True)
        rows.append(element("tr", *(self._cell(column, cell) for column, cell in cells)))

    def _page(self) -> Iterator[str]:
        title, style = self._heading.title, files("maintien.reports.formats").joinpath("style.css")
        head = element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="referrer", content="no-referrer"),
            element("title", title),
            Markup(f"<style>\n{style.read_text(encoding='utf-8')}</style>"),
        )
        yield f'<!DOCTYPE html>\n<html lang="{self._texts.code}">\n{head}\n<body>\n<main>\n'
        yield f"{element('h1', title)}\n{self._facts()}\n"
        if self._heading.chart is not None:
            yield f"{element('figure', Markup(self._heading.chart))}\n"
        for number, (key, table) in enumerate(self._tables.items()):
            yield from self._section(f"table-{number}", key, table)
        yield "</main>\n</body>\n</html>\n"

    def _facts(self) -> Markup:
        facts = [
            part
            for label, said in self._heading.facts
            for part in (element("dt", label), element("dd", said))
        ]
        return element("dl", *facts) if facts else Markup()

    def _section(self, name: str, key: str, table: Table) -> Iterator[str]:
        texts, rows = self._texts, self._rows[key]
        heading = element("h2", f"{table.name} ({texts.number(len(rows) + self._more[key])})", id_=name)
        yield f'<section aria-labelledby="{name}">\n{heading}\n'
        if rows:
            headings = (_heading_cell(column) for column in table.columns)
            yield f'<div class="scroll" role="region" aria-labelledby="{name}" tabindex="0">\n<table>\n'
            yield f"{element('thead', element('tr', *headings))}\n<tbody>\n"
            yield from (f"{row}\n" for row in rows)
            yield "</tbody>\n</table>\n</div>\n"
        if more := self._more[key]:
            said = texts.ngettext(
                "and {n} more row, which a CSV file or a spreadsheet shows",
                "and {n} more rows, which a CSV file or a spreadsheet shows",
                more,
            )
            yield f"{element('p', said.format(n=texts.number(more)), class_='more')}\n"
        yield "</section>\n"

    def _cell(self, column: Column, cell: Cell) -> Markup:
        if column.kind in _RIGHT:
            return element("td", self._content(column, cell), class_="number")
        return element("td", self._content(column, cell))

    def _content(self, column: Column, cell: Cell) -> str:
        match cell:
            case None:
                return ""
            case Moment(unix):
                return self._moment(unix)
            case int():
                return self._texts.number(cell) if column.kind is Kind.NUMBER else str(cell)
            case str():
                # Whatever direction its letters have, it turns nothing around it.
                return element("bdi", cell) if cell else ""

    def _moment(self, unix: int) -> str:
        moment, written = moment_of(unix, self._zone), self._texts.date_time(unix, self._zone)
        return written if moment is None else element("time", written, datetime=moment.isoformat())


def _heading_cell(column: Column) -> Markup:
    if column.kind in _RIGHT:
        return element("th", column.heading, scope="col", class_="number")
    return element("th", column.heading, scope="col")
