"""A Moodle site in its database: PostgreSQL, MariaDB, MySQL or SQLite."""
