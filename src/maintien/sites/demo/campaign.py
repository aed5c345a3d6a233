"""A campaign file for the embedded university, to be tried and to be copied from."""

from datetime import datetime
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final
from zoneinfo import ZoneInfo

from maintien.sites.demo.calendar import ZONE_NAME, UniversityCalendar

CAMPAIGN_FILE: Final = "campaign.toml"

_ZONE: Final = ZoneInfo(ZONE_NAME)
_TEMPLATE: Final = "campaign.toml.template"


def sample_campaign(calendar: UniversityCalendar) -> str:
    """Write the campaign of a university's year."""
    template = files("maintien.sites.demo").joinpath(_TEMPLATE).read_text(encoding="utf-8")
    cut_year = datetime.fromtimestamp(calendar.cut_at, _ZONE).year
    return Template(template).substitute(
        {
            "cut_year": str(cut_year),
            "from": f"{cut_year - 1}-09-01",
            "to": f"{cut_year}-08-31",
            "until": _day(calendar.until),
            "new_year": _day(calendar.new_year),
        }
    )


def write_sample_campaign(folder: Path, calendar: UniversityCalendar) -> None:
    """Put it into a folder, unless something else is there by its name.

    Raises OSError.
    """
    text, path = sample_campaign(calendar), folder / CAMPAIGN_FILE
    is_ours = path.is_file() and path.read_bytes().startswith(_first_line(text))
    if is_ours or not path.exists():
        path.write_text(text, encoding="utf-8")


def _first_line(text: str) -> bytes:
    return text.splitlines()[0].encode()


def _day(unix: int) -> str:
    return datetime.fromtimestamp(unix, _ZONE).strftime("%Y-%m-%d")
