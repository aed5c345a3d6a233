"""The embedded university: an invented Moodle with its register, and the story of its cut."""
