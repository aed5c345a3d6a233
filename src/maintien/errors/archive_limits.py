"""Archives that are larger, denser or deeper than is believed."""

from maintien.errors.tree import ArchiveBeyondLimits
from maintien.messages import N_


class TooManyMembers(ArchiveBeyondLimits):
    """More members than any course has files."""

    message = N_(
        "{archive} has more than {limit} members: if you trust it, raise the limit with --limit members=N."
    )


class ArchiveTooLarge(ArchiveBeyondLimits):
    """More comes out than any course holds."""

    message = N_(
        "{archive} unpacks to more than {limit} bytes: if you trust it, raise the limit with"
        " --limit total_size=N."
    )


class CompressionTooHigh(ArchiveBeyondLimits):
    """It grows as only a bomb does."""

    message = N_(
        "{archive} grows more than {limit}-fold when unpacked, as no backup does: if you trust it, raise the"
        " limit with --limit ratio=N."
    )


class DocumentTooLarge(ArchiveBeyondLimits):
    """One document is larger than any is."""

    message = N_(
        "In {archive}, {member} is larger than {limit} bytes: if you trust it, raise the limit with"
        " --limit document_size=N."
    )


class TooManyRows(ArchiveBeyondLimits):
    """One document has more rows than any site."""

    message = N_(
        "In {archive}, {member} has more than {limit} rows: if you trust it, raise the limit with"
        " --limit rows=N."
    )


class TooManyDefinitions(ArchiveBeyondLimits):
    """One document has more methods, roles, groups or settings than any course."""

    message = N_(
        "In {archive}, {member} has more than {limit} methods, roles, groups or settings: if you trust it,"
        " raise the limit with --limit definitions=N."
    )


class TooMuchText(ArchiveBeyondLimits):
    """The values of one document are longer, together, than any are."""

    message = N_(
        "In {archive}, {member} has values of more than {limit} characters together: if you trust it, raise"
        " the limit with --limit text_total=N."
    )


class ValueTooLong(ArchiveBeyondLimits):
    """A value is longer than any is."""

    message = N_(
        "In {archive}, {member} has a value of more than {limit} characters: if you trust it, raise the limit"
        " with --limit text_length=N."
    )


class TagTooLong(ArchiveBeyondLimits):
    """A tag is longer than any is."""

    message = N_(
        "In {archive}, {member} has a tag or comment of more than {limit} bytes: if you trust it, raise the"
        " limit with --limit token_length=N."
    )


class NestedTooDeep(ArchiveBeyondLimits):
    """Elements are nested deeper than any are."""

    message = N_(
        "In {archive}, {member} nests elements more than {limit} deep: if you trust it, raise the limit with"
        " --limit depth=N."
    )


class TooManyNames(ArchiveBeyondLimits):
    """Elements have more names than Moodle knows."""

    message = N_(
        "In {archive}, {member} has more than {limit} different names of elements: if you trust it, raise the"
        " limit with --limit names=N."
    )
