"""What Moodle is."""
