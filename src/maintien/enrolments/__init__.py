"""Who is enrolled in a course, how, and who may enter it: pure rules on course states."""
