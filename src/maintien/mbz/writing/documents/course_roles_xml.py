"""``course/roles.xml``: the permissions overridden in a context, and the roles assigned in it.

Source: backup_roles_structure_step (backup/moodle2/backup_stepslib.php), Moodle 4.1 to 5.1.
"""

from typing import Final

from maintien.mbz.writing.elements import Document, Shape, document, rows_as_elements, wrapped
from maintien.mbz.writing.rows import RowStream

OVERRIDE: Final = Shape(
    name="override", fields=("roleid", "capability", "permission", "timemodified", "modifierid")
)
ASSIGNMENT: Final = Shape(
    name="assignment",
    fields=("roleid", "userid", "timemodified", "modifierid", "component", "itemid", "sortorder"),
)


def course_roles_document(*, overrides: RowStream, assignments: RowStream) -> Document:
    """Write the rows of ``role_capabilities`` and of ``role_assignments``, each by id."""
    overridden = wrapped("role_overrides", rows_as_elements(OVERRIDE, overrides, depth=2), depth=1)
    assigned = wrapped("role_assignments", rows_as_elements(ASSIGNMENT, assignments, depth=2), depth=1)
    return document(wrapped("roles", (piece for part in (overridden, assigned) for piece in part), depth=0))
