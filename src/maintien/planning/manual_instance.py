"""The manual instance that a course needs, and what stands in its way."""

from maintien.enrolments.state import CourseState, EnrolmentInstance
from maintien.moodle.config import ManualDefaults, SiteConfig
from maintien.moodle.values import MANUAL, InstanceStatus
from maintien.planning.changes import NEW_MANUAL_INSTANCE, Added, Changed
from maintien.planning.findings import (
    ManualInstanceDisabled,
    ManualInstanceWouldBeDisabled,
    ManualMethodDisabledOnSite,
    Obstacle,
)


def default_manual_instance(state: CourseState, defaults: ManualDefaults, now: int) -> EnrolmentInstance:
    """Describe the instance that Moodle creates in a course without one: last in sortorder.

    Source: enrol_manual_plugin::add_default_instance (enrol/manual/lib.php) and
    enrol_plugin::add_instance (lib/enrollib.php), Moodle 4.1 and 4.3.
    """
    return EnrolmentInstance(
        id=NEW_MANUAL_INSTANCE,
        method=MANUAL,
        courseid=state.course.id,
        status=defaults.status,
        sortorder=max((instance.sortorder for instance in state.instances), default=-1) + 1,
        name=None,
        roleid=defaults.roleid,
        enrolperiod=defaults.enrolperiod,
        expirynotify=defaults.expirynotify,
        expirythreshold=defaults.expirythreshold,
        notifyall=defaults.notifyall,
        customint1=None,
        customint2=None,
        timecreated=now,
        timemodified=now,
    )


def find_obstacle(state: CourseState, config: SiteConfig, *, enable_manual: bool) -> Obstacle | None:
    """Tell what keeps manual enrolments from giving access in this course.

    ``enable_manual`` clears what the course itself puts in the way, never what the site does.
    """
    if not config.is_enabled(MANUAL):
        return ManualMethodDisabledOnSite()
    if enable_manual:
        return None
    instance = state.manual_instance
    if instance is None:
        is_enabled = config.manual.status == InstanceStatus.ENABLED
        return None if is_enabled else ManualInstanceWouldBeDisabled()
    return None if instance.is_enabled else ManualInstanceDisabled()


def prepare_manual_instance(
    state: CourseState, config: SiteConfig, now: int
) -> tuple[EnrolmentInstance, Added[EnrolmentInstance] | Changed[EnrolmentInstance] | None]:
    """Give the enabled manual instance that enrolments go into, and the change that makes it so.

    Enabling leaves ``timemodified`` as it is, as enrol_plugin::update_status does.
    """
    instance = state.manual_instance
    if instance is None:
        new = default_manual_instance(state, config.manual, now)
        new = new._replace(status=InstanceStatus.ENABLED)
        return new, Added(new)
    if instance.is_enabled:
        return instance, None
    enabled = instance._replace(status=InstanceStatus.ENABLED)
    return enabled, Changed(instance, enabled)
