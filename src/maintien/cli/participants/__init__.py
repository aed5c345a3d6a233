"""``maintien participants``, and the commands that change or remove manual enrolments."""
