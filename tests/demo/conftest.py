"""Universities to look at: one just made, and one that has been told about."""

from dataclasses import dataclass

import pytest

from maintien.sites.demo.creation import create_demo
from maintien.sites.demo.events import StoryEvent
from maintien.sites.demo.site import DemoSite
from maintien.sites.demo.story import tell
from tests.demo.moments import NOW


@dataclass(frozen=True)
class ToldStory:
    """A university after its story, and what was told."""

    demo: DemoSite
    events: tuple[StoryEvent, ...]


@pytest.fixture(scope="session")
def university(tmp_path_factory: pytest.TempPathFactory) -> DemoSite:
    """A university just made; to look at, not to change."""
    return create_demo(tmp_path_factory.mktemp("university"), now=NOW)


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> ToldStory:
    """A university after its story; to look at, not to change."""
    demo = create_demo(tmp_path_factory.mktemp("story"), now=NOW)
    return ToldStory(demo=demo, events=tuple(tell(demo)))
