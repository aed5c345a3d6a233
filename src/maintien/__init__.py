"""Keeps people's access to Moodle courses when their automatic enrolment ends."""
