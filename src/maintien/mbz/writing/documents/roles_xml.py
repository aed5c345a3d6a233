"""``roles.xml``: the definitions of the roles that the archive refers to.

Source: backup_final_roles_structure_step (backup/moodle2/backup_stepslib.php), Moodle 4.1 to 5.1.
"""

from typing import Final

from maintien.mbz.writing.elements import Document, Shape, document, rows_as_elements, wrapped
from maintien.mbz.writing.links import NO_LINKS, LinkEncoder
from maintien.mbz.writing.rows import RowStream

ROLE: Final = Shape(
    name="role", fields=("name", "shortname", "nameincourse", "description", "sortorder", "archetype")
)


def roles_document(roles: RowStream, *, links: LinkEncoder = NO_LINKS) -> Document:
    """Write rows of ``role`` by id; ``nameincourse`` is what the course calls the role, else NULL."""
    elements = rows_as_elements(ROLE, roles, depth=1, links=links)
    return document(wrapped("roles_definition", elements, depth=0))
