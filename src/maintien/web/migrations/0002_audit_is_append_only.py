"""Has the database itself refuse to change the audit trail."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = """
CREATE TRIGGER web_auditentry_no_{what} BEFORE {what} ON web_auditentry
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END
"""
POSTGRESQL = (
    """
    CREATE FUNCTION web_auditentry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the audit trail is append-only';
    END $$
    """,
    """
    CREATE TRIGGER web_auditentry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON web_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION web_auditentry_refuse()
    """,
)


def refuse_changes(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers."""
    statements = (
        POSTGRESQL
        if editor.connection.vendor == "postgresql"
        else tuple(SQLITE.format(what=what) for what in ("UPDATE", "DELETE"))
    )
    for statement in statements:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("web", "0001_initial")]
    operations = [migrations.RunPython(refuse_changes, elidable=False)]
