"""How a plan's fingerprint is shown."""

from rich.text import Text

from maintien.reports.safe_text import plain
from maintien.runs.plan_file import Fingerprint, short_form


def fingerprint_text(fingerprint: str) -> Text:
    """Show the part that people read to each other, and all of it."""
    text = plain(short_form(Fingerprint(fingerprint)), "bold")
    return text.append(f"  {fingerprint}", "dim")
