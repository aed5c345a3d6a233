"""Reads the register for one sync, matches it with the site, and gives courses the instances they lack."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from maintien.moodle.ids import CourseId
from maintien.moodle.values import InstanceStatus
from maintien.sites.database.bulk import bulk_insert
from maintien.sites.feeds.interface import Listed
from maintien.sites.feeds.register import FedCourse, RegisterFeed
from maintien.sites.feeds.register_settings import DATABASE
from maintien.sites.feeds.rows import Rows, add
from maintien.sites.feeds.staging import FED, LISTED
from maintien.sites.feeds.sync import OneCourse, OnePerson, Scope, Sync, WholeSite


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a sync follows: the register read and matched, for one scope."""

    courses: tuple[FedCourse, ...]
    """The courses looked after; each has an instance."""
    listed: tuple[Listed, ...]
    created: Rows
    """The instances that had to be made."""
    is_empty: bool
    """Whether the whole register names no course."""


def read_listing(sync: Sync, feed: RegisterFeed, scope: Scope) -> Listing:
    """Read whom the register lists for the courses of ``scope``; instances may be made on the way.

    Raises:
        RegisterUnreadable: the register can't be read.
    """
    match scope:
        case WholeSite():
            return _whole_site(sync, feed)
        case OneCourse(courseid=courseid):
            return _one_course(sync, feed, courseid)
        case OnePerson():
            return _one_person(sync, feed, scope)


def _whole_site(sync: Sync, feed: RegisterFeed) -> Listing:
    named = feed.read_course_names()
    courses = feed.read_courses()
    created = _create_instances(sync, [c for name, c in courses.items() if name in named])
    fed = _followed(feed, feed.read_courses() if created else courses)
    return Listing(
        courses=tuple(fed.values()),
        listed=tuple(feed.match(feed.read_entries(), fed)),
        created=created,
        is_empty=not named,
    )


def _one_course(sync: Sync, feed: RegisterFeed, courseid: CourseId) -> Listing:
    created = _create_instances(sync, feed.read_courses(courseid).values())
    fed = feed.read_courses(courseid)
    listed = tuple(feed.match(feed.read_entries(), fed))
    return Listing(courses=tuple(fed.values()), listed=listed, created=created, is_empty=False)


def _one_person(sync: Sync, feed: RegisterFeed, person: OnePerson) -> Listing:
    name = feed.read_name(person.userid)
    entries = tuple(feed.read_entries(name)) if name else ()
    named = {entry.course for entry in entries}
    seen = {
        name: course
        for name, course in feed.read_courses().items()
        if course.is_visible or not feed.settings.ignores_hidden_courses
    }
    created = _create_instances(sync, [c for name, c in seen.items() if name in named])
    fed = _followed(feed, feed.read_courses())
    return Listing(
        # At login courses without a name are looked after too.
        courses=tuple(c for c in feed.read_instances() if _is_followed(feed, c)),
        listed=tuple(feed.match(entries, fed, people={name: person.userid} if name else {})),
        created=created,
        is_empty=False,
    )


def _followed(feed: RegisterFeed, courses: Mapping[str, FedCourse]) -> Mapping[str, FedCourse]:
    return {name: course for name, course in courses.items() if _is_followed(feed, course)}


def _is_followed(feed: RegisterFeed, course: FedCourse) -> bool:
    is_seen = course.is_visible or not feed.settings.ignores_hidden_courses
    return course.instanceid is not None and is_seen


def _create_instances(sync: Sync, courses: Collection[FedCourse]) -> Rows:
    """Give the courses that have none an instance.

    Source: enrol_plugin::add_instance (lib/enrollib.php), Moodle 4.1 and 4.3.
    """
    missing = [course.courseid for course in courses if course.instanceid is None]
    if not missing:
        return ()
    course, instance = sync.tables.course.c, sync.tables.enrol
    next_place = func.coalesce(func.max(instance.c.sortorder), -1) + 1
    selected = (
        select(course.id.label("courseid"), next_place.label("sortorder"))
        .select_from(sync.tables.course.outerjoin(instance, instance.c.courseid == course.id))
        .where(course.id.in_(missing))
        .group_by(course.id)
        .order_by(course.id)
    )
    constants = {"enrol": DATABASE, "status": int(InstanceStatus.ENABLED)}
    times = {"timecreated": sync.now, "timemodified": sync.now}
    return add(sync, instance, selected, {**constants, **times})


def stage_listing(sync: Sync, listing: Listing) -> None:
    """Put the courses and the people into :data:`FED` and :data:`LISTED`, for statements to join with."""
    contexts = {course.courseid: course.contextid for course in listing.courses}
    bulk_insert(
        sync.connection,
        FED,
        ("instanceid", "courseid", "contextid"),
        [(c.instanceid, c.courseid, c.contextid) for c in listing.courses],
    )
    bulk_insert(
        sync.connection,
        LISTED,
        ("instanceid", "courseid", "userid", "roleid", "is_enrolled", "contextid"),
        [(*row[:4], int(row.is_enrolled), contexts[row.courseid]) for row in listing.listed],
    )
