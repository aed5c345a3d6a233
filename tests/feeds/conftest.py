"""Moodles to play syncs on."""

import pytest

from tests.feeds.fed_moodle import Moodle
from tests.servers.moodle_databases import MoodleDatabase


@pytest.fixture
def moodle(moodle_database: MoodleDatabase) -> Moodle:
    """A Moodle just installed, whose automatic methods unenrol people."""
    return Moodle(moodle_database).install(cohort=0, database=0)
