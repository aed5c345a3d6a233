"""Which courses a form is about: named one by one, or all of a search and a category."""

from typing import Final

from django.http import QueryDict

from maintien.web.models import CountedCourse
from maintien.web.rights.access import Scope
from maintien.web.views.courses import courses_within

_MOST_COURSES: Final = 20_000


def chosen_courses(query: QueryDict, site: str, scope: Scope) -> list[CountedCourse]:
    """Find the courses that a form names, as far as they are within the reader's rights.

    Named one by one, or all of a search and a category, as the list of courses was filtered.
    """
    rows = courses_within(site, scope)
    if "everything" in query:
        category, search = query.get("category", ""), query.get("search", "").strip()
        if category.isascii() and category.isdecimal():
            rows = rows.filter(path__contains=f"/{int(category)}/")
        if search:
            rows = (
                rows.filter(shortname__icontains=search)
                | rows.filter(fullname__icontains=search)
                | (rows.filter(idnumber__icontains=search))
            )
    else:
        wanted = {int(text) for text in query.getlist("course") if text.isascii() and text.isdecimal()}
        rows = rows.filter(course__in=sorted(wanted)[:_MOST_COURSES])
    return list(rows.order_by("-at_risk", "course")[:_MOST_COURSES])
