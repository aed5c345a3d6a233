"""What pages and the worker need of the machine: one typed value, where Django would keep a bag."""

from dataclasses import dataclass

from django.conf import settings

from maintien.bootstrap import Machine
from maintien.web.configuration import WebConfiguration


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where the application runs."""

    machine: Machine
    configuration: WebConfiguration
    is_demo: bool = False


def surroundings() -> Surroundings:
    """Give where this process runs."""
    found = settings.MAINTIEN  # type: ignore[misc]  # the plugin knows only what it can show
    if not isinstance(found, Surroundings):
        raise TypeError(found)
    return found


def now() -> int:
    """Give the time, in Unix seconds."""
    return surroundings().machine.clock()
