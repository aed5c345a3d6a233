"""Charts how many people have access over time, on a site and in each of its categories."""

from collections.abc import Callable, Iterable
from typing import Final

from django.db import transaction

from maintien.bootstrap import Session
from maintien.enrolments.access_over_time import thinned
from maintien.enrolments.state import Course
from maintien.reports.charts.access_chart import AccessChart
from maintien.sites.interface import Selection
from maintien.uses.access_charts import AccessCharts
from maintien.uses.states import read_all_states
from maintien.web.models import ChartedAccess, OperationState
from maintien.web.models.counts import WHOLE_SITE
from maintien.web.operations.outcomes import Outcome
from maintien.web.operations.work import Work
from maintien.web.sites import open_site_session

_AT_ONCE: Final = 100


def chart(work: Work) -> Outcome:
    """Chart a site, and replace what was charted before."""
    site = work.operation.site
    with open_site_session(site) as session:
        charts = AccessCharts.begin(session, _groups(session), always=(WHOLE_SITE,))
        sizes = session.site.select(Selection(everything=True))
        states = read_all_states(
            session.site, sizes, inherited_roles=charts.planners.inherited_roles, observer=work.heart
        )
        for state in states:
            if work.heart.has_to_leave:
                return Outcome(state=OperationState.STOPPED)
            charts.take(state)
    rows = [_row(site, category, drawn) for category, drawn in charts.charts(str)]
    with transaction.atomic():
        ChartedAccess.objects.filter(site=site).delete()
        ChartedAccess.objects.bulk_create(rows, batch_size=_AT_ONCE)
    return Outcome(state=OperationState.DONE, result={"courses": len(sizes)})


def _groups(session: Session) -> Callable[[Course], Iterable[int]]:
    """Tell where a course counts: on the site, in its category and in those above."""
    above = {row.id: row.ancestry for row in session.site.read_category_tree()}
    return lambda course: (WHOLE_SITE, *above.get(course.categoryid, ()))


def _row(site: str, category: int, drawn: AccessChart) -> ChartedAccess:
    moments = (drawn.now, drawn.cut_at - 1, drawn.cut_at, drawn.until)
    return ChartedAccess(
        site=site,
        category=category,
        made_at=drawn.now,
        cut_at=drawn.cut_at,
        until=drawn.until,
        steps=thinned(drawn.shown(drawn.steps), moments),
        steps_converted=thinned(drawn.shown(drawn.steps_converted or ()), moments),
    )
