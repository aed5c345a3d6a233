"""Documents that stay empty in a backup of nothing but people: Moodle writes them all the same.

Source: backup_final_task and backup_course_task (backup/moodle2), Moodle 4.1 to 5.1.
"""

from typing import Final

from maintien.mbz.writing.elements import Document, document, wrapped

COMPLETION_DEFAULTS: Final = "course_completion_defaults"
FILES: Final = "files"
OUTCOMES: Final = "outcomes_definition"
QUESTIONS: Final = "question_categories"
SCALES: Final = "scales_definition"


def empty_document(root: str) -> Document:
    """Write a document whose root element is empty."""
    return document(wrapped(root, (), depth=0))
