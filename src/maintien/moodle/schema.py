"""How a table of Moodle's is described: plain data, for whatever database it is made in.

Types are those of Moodle's install.xml, which says a number's length in digits; each database makes
its own type of it. Source: getTypeSQL of lib/ddl/postgres_sql_generator.php and
lib/ddl/mysql_sql_generator.php, Moodle 4.1 and 4.3.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeNumber:
    """A signed integer of so many decimal digits: 10 is eight bytes, 2 is one or two."""

    digits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecimalNumber:
    """An exact number: ``digits`` in all, ``decimals`` of them after the point."""

    digits: int
    decimals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortText:
    """A text of at most ``length`` characters."""

    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LongText:
    """A text of any length."""


ColumnType = WholeNumber | DecimalNumber | ShortText | LongText


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnDefinition:
    """A column; ``default`` None is none, so that a column that may not be NULL has to be given."""

    name: str
    type: ColumnType
    is_nullable: bool = False
    default: int | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexDefinition:
    """An index; Moodle's names for them differ from site to site and mean nothing."""

    columns: tuple[str, ...]
    is_unique: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDefinition:
    """A table: its name without the site's prefix; ``id``, its first column, numbers the rows."""

    name: str
    columns: tuple[ColumnDefinition, ...]
    """In Moodle's order."""
    indexes: tuple[IndexDefinition, ...] = ()
    """Without the primary key, which is always ``id``."""


def whole(name: str, digits: int = 10, *, default: int | None = None, null: bool = False) -> ColumnDefinition:
    """Describe a column of integers."""
    return ColumnDefinition(name=name, type=WholeNumber(digits=digits), is_nullable=null, default=default)


def decimal(
    name: str,
    digits: int = 10,
    decimals: int = 5,
    *,
    default: int | None = None,
    null: bool = False,
) -> ColumnDefinition:
    """Describe a column of exact numbers."""
    kind = DecimalNumber(digits=digits, decimals=decimals)
    return ColumnDefinition(name=name, type=kind, is_nullable=null, default=default)


def chars(
    name: str, length: int = 255, *, default: str | None = None, null: bool = False
) -> ColumnDefinition:
    """Describe a column of short texts."""
    return ColumnDefinition(name=name, type=ShortText(length=length), is_nullable=null, default=default)


def text(name: str, *, null: bool = False) -> ColumnDefinition:
    """Describe a column of long texts, which never has a default."""
    return ColumnDefinition(name=name, type=LongText(), is_nullable=null)


def index(*columns: str) -> IndexDefinition:
    """Describe an index that allows duplicates."""
    return IndexDefinition(columns=columns)


def unique(*columns: str) -> IndexDefinition:
    """Describe a unique index."""
    return IndexDefinition(columns=columns, is_unique=True)
