"""Reads in which contexts courses lie: their categories and the system, whose roles hold in them too."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from maintien.moodle.ids import ContextId
from maintien.sites.database.chunks import chunks
from maintien.sites.database.tables import MoodleTables


def read_contexts_above(
    connection: Connection, tables: MoodleTables, contextids: Collection[ContextId]
) -> Mapping[ContextId, list[ContextId]]:
    """Read for each context those it lies in, the outermost first.

    A context whose path Moodle has not built yet (NULL) lies in none that can be known here.
    """
    context = tables.context
    return {
        contextid: [ContextId(int(part)) for part in (path or "").split("/") if part.isdecimal()][:-1]
        for chunk in chunks(sorted(contextids))
        for contextid, path in connection.execute(
            select(context.c.id, context.c.path).where(context.c.id.in_(chunk))
        )
    }
