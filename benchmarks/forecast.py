"""One measurement: the forecast of a whole university, and what a look at its feeds adds."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from benchmarks.conversion import ENDS_AT
from benchmarks.places import university
from benchmarks.processes import PREFIX, run_maintien
from benchmarks.university import Size
from maintien.sites.database.tables import MoodleTables, moodle_tables
from tests.servers.interface import DatabaseServer

TABLE: Final = "register_rows"
"""The register, in the same database: half of the people are listed still."""

SETTINGS: Final = {
    "dbtype": "mysqli",
    "remoteenroltable": TABLE,
    "remotecoursefield": "course",
    "remoteuserfield": "person",
    "remoterolefield": "role",
    "localcoursefield": "shortname",
    "localuserfield": "username",
    "localrolefield": "shortname",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastMeasurement:
    """What was measured, in seconds of wall time and megabytes of one process."""

    database: str
    enrolments: int
    seconds: float
    with_feeds_seconds: float
    """With ``--feed``, a register with a row for every other enrolment."""
    until_seconds: float
    """With ``--until`` and ``--chart``: a conversion is planned as well."""
    workbook_seconds: float
    """With a spreadsheet that has a row a person."""
    peak_megabytes: float
    """The largest of the processes."""


def measure_forecast(server: DatabaseServer, database: str, enrolments: int) -> ForecastMeasurement:
    """Measure one size on one server."""
    size = Size(enrolments=enrolments)
    tables = moodle_tables(PREFIX)
    with (
        university(server, tables, size, with_log=False) as engine,
        tempfile.TemporaryDirectory() as folder,
    ):
        with engine.begin() as connection:
            _put_register(connection, tables)
        register = engine.url.set(drivername=engine.url.get_backend_name()).difference_update_query(
            ["charset"]
        )
        url = register.render_as_string(hide_password=False)
        chart = str(Path(folder) / "chart.svg")
        alone, peak = run_maintien(engine, "forecast", "--all")
        fed, fed_peak = run_maintien(engine, "forecast", "--all", "--register", url)
        until, until_peak = run_maintien(
            engine, "forecast", "--all", "--until", f"@{ENDS_AT}", "--chart", chart
        )
        workbook = str(Path(folder) / "forecast.xlsx")
        written, written_peak = run_maintien(engine, "forecast", "--all", "-o", workbook)
    return ForecastMeasurement(
        database=database,
        enrolments=enrolments,
        seconds=alone,
        with_feeds_seconds=fed,
        until_seconds=until,
        workbook_seconds=written,
        peak_megabytes=max(peak, fed_peak, until_peak, written_peak),
    )


def _put_register(connection: Connection, tables: MoodleTables) -> None:
    p = tables.prefix
    user = connection.dialect.identifier_preparer.quote(f"{p}user")
    connection.execute(
        text(f"CREATE TABLE {TABLE} (course VARCHAR(100), person VARCHAR(100), role VARCHAR(100))")
    )
    connection.execute(
        text(
            f"INSERT INTO {TABLE} SELECT c.shortname, u.username, 'student' FROM {p}user_enrolments a"
            f" JOIN {p}enrol e ON e.id = a.enrolid JOIN {p}course c ON c.id = e.courseid"
            f" JOIN {user} u ON u.id = a.userid WHERE MOD(a.id, 2) = 0"
        )
    )
    for name, value in SETTINGS.items():
        connection.execute(
            text(
                f"INSERT INTO {p}config_plugins (plugin, name, value)"
                " VALUES ('enrol_database', :name, :value)"
            ),
            {"name": name, "value": value},
        )
    connection.execute(text(f"INSERT INTO {p}config (name, value) VALUES ('mnet_localhost_id', '1')"))
