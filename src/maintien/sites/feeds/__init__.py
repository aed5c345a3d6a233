"""The two feeds of automatic enrolments, and Moodle's syncs with them, played on invented sites."""
