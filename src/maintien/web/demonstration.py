"""A university to try the application on: its site, a site file for it, and a folder for everything."""

from pathlib import Path
from typing import Final

from maintien.sites.demo.calendar import university_calendar
from maintien.sites.demo.creation import create_demo
from maintien.sites.demo.site import DemoSite, require_free_names

SITE: Final = "demo"


def make_demo_sites(folder: Path, *, now: int) -> Path:
    """Make the university where there is none yet, and give the site file that names it.

    Raises DemoFolderTaken, and OSError where the folder can't be written to.
    """
    demo = DemoSite(folder=folder, calendar=university_calendar(now))
    require_free_names(demo)
    if not demo.site_path.exists():
        demo = create_demo(folder, now=now)
    path = folder / "sites.toml"
    url = demo.site_url.replace("\\", "\\\\").replace('"', '\\"')
    path.write_text(f'[sites.{SITE}]\nurl = "{url}"\n', encoding="utf-8")
    return path
