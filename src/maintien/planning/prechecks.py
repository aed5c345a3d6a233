"""What to look at before anything is written: the site's settings, and each course's manual instance."""

from collections.abc import Iterable, Iterator
from typing import Final

from maintien.enrolments.state import CourseState, EnrolmentInstance
from maintien.moodle.config import SiteConfig
from maintien.moodle.values import MANUAL, UnenrolAction
from maintien.planning.findings import (
    ExpiryActs,
    ExpiryNotice,
    FeedUnenrolAction,
    Finding,
    ManualInstanceMissing,
    ManualMethodDisabledOnSite,
    Warning_,
    WelcomeMessage,
)

WELCOME_MESSAGE_SINCE: Final = 2024042200
"""Moodle 4.4, whose manual instances have a welcome message in customint1.

Source: enrol_manual\\user_enrolment_callbacks (enrol/manual/classes/user_enrolment_callbacks.php).
"""


def check_site(config: SiteConfig, methods: Iterable[str]) -> tuple[Finding, ...]:
    """Check the settings that hold for every course, for the automatic ``methods`` asked about."""
    return tuple(_site_findings(config, methods))


def _site_findings(config: SiteConfig, methods: Iterable[str]) -> Iterator[Finding]:
    if not config.is_enabled(MANUAL):
        yield ManualMethodDisabledOnSite()
    if config.expired_action != UnenrolAction.KEEP:
        yield ExpiryActs(action=config.expired_action)
    for method in sorted(filter(config.is_enabled, methods)):
        yield FeedUnenrolAction(method=method, action=config.unenrol_action(method))


def check_manual_instance(state: CourseState, config: SiteConfig) -> tuple[Warning_, ...]:
    """Check what the course's manual instance will do besides giving access."""
    instance = state.manual_instance
    if instance is None:
        return (ManualInstanceMissing(), *_notice_of_new_instance(config))
    return tuple(_instance_warnings(instance, config))


def _notice_of_new_instance(config: SiteConfig) -> Iterator[Warning_]:
    manual = config.manual
    if manual.expirynotify:
        yield ExpiryNotice(to_participants=bool(manual.notifyall), threshold=manual.expirythreshold)


def _instance_warnings(instance: EnrolmentInstance, config: SiteConfig) -> Iterator[Warning_]:
    if instance.expirynotify:
        yield ExpiryNotice(to_participants=bool(instance.notifyall), threshold=instance.expirythreshold or 0)
    if config.version >= WELCOME_MESSAGE_SINCE and instance.customint1:
        yield WelcomeMessage()
