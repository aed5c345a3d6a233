"""What to know of a conversion before looking at it."""

from collections.abc import Iterator

from maintien.cli.console.notices import (
    EndDateNotForRole,
    IgnoredColumns,
    Notice,
    SeveralEndDates,
    UnfamiliarMethod,
)
from maintien.moodle.config import SiteConfig
from maintien.moodle.values import NO_END
from maintien.planning.course_planners import Policies
from maintien.planning.policy import (
    AUTOMATIC_METHODS,
    ConversionPolicy,
    EndDatePolicy,
    LikeMoodlePolicy,
    Policy,
    UnenrolPolicy,
)
from maintien.reports.wording import METHOD_NAMES
from maintien.uses.conversion_request import ConversionRequest
from maintien.uses.selections import Asked


def notices_of(
    asked: Asked, request: ConversionRequest, policies: Policies, config: SiteConfig
) -> Iterator[Notice]:
    """Find what somebody may not have meant."""
    yield from common_notices(asked, policies, config)
    if request.end_roles is None:
        every = {policies.common, *policies.of_courses.values()}
        for role in sorted({role for policy in every for role in _endless_roles(policy, config)}):
            yield EndDateNotForRole(role=role)


def common_notices(asked: Asked, policies: Policies, config: SiteConfig) -> Iterator[Notice]:
    """Find of that what is the same for conversions and rescues."""
    if asked.file is not None and asked.file.ignored_columns:
        yield IgnoredColumns(columns=", ".join(asked.file.ignored_columns))
    if policies.have_several_ends:
        yield SeveralEndDates()
    every = {policies.common, *policies.of_courses.values()}
    for method in sorted({method for policy in every for method in _unfamiliar(policy, config)}):
        yield UnfamiliarMethod(method=method)


def _unfamiliar(policy: Policy, config: SiteConfig) -> Iterator[str]:
    """Find methods asked for that neither Moodle nor this site's settings mention."""
    known = {*METHOD_NAMES, *AUTOMATIC_METHODS, *(config.enabled_methods or ()), *config.unenrol_actions}
    yield from (_methods_named(policy) or frozenset()) - known


def _methods_named(policy: Policy) -> frozenset[str] | None:
    match policy:
        case LikeMoodlePolicy():
            return None
        case EndDatePolicy() | UnenrolPolicy():
            asked = policy.whom.methods
            named = () if asked is None else (each for each in asked.methods if isinstance(each, str))
            return frozenset(named)
        case _:
            return policy.methods


def _endless_roles(policy: Policy, config: SiteConfig) -> Iterator[str]:
    """Find roles asked for by name whose holders don't get the end date."""
    if not isinstance(policy, ConversionPolicy) or policy.roles is None or policy.ends_at == NO_END:
        return
    for role, roleid in config.roles.items():
        if roleid in policy.roles - policy.end_roles:
            yield role
