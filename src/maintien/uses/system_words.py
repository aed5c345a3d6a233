"""What the system says of files and folders, where it can be said in the person's language."""

from typing import Final

from maintien.messages import N_

_WORDS: Final[dict[type[Exception], str]] = {
    FileNotFoundError: N_("there is no such file."),
    FileExistsError: N_("there is something else of this name."),
    IsADirectoryError: N_("it is a folder."),
    NotADirectoryError: N_("it is not in a folder."),
    PermissionError: N_("this account of the machine may not open it."),
}


def system_words(error: OSError | ValueError) -> str:
    """Say why something could not be opened: a message to translate, or the system's own words."""
    words = _WORDS.get(type(error))
    return words or getattr(error, "strerror", None) or str(error)
