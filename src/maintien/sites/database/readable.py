"""Whether the account may read what not every account needs to: the log and the grades."""

from sqlalchemy import Connection, Table, false, select

from maintien.sites.database.driver_errors import DRIVER_ERRORS


def may_read(connection: Connection, *tables: Table) -> bool:
    """Ask the server for no row of each table; it says no where the account may not, or there is none."""
    try:
        for table in tables:
            connection.execute(select(table.c.id).where(false()))
    except DRIVER_ERRORS:
        return False
    return True
