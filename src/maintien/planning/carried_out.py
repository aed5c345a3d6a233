"""Tells from a course whether a plan for it was committed, when nobody lived to say so.

A transaction writes all of a plan or nothing, so one row that only the plan can have made is proof:
rows carry who wrote them and when. What is merely gone may have been removed by anybody; it decides
only where the plan did nothing but remove.
"""

from maintien.enrolments.state import CourseState
from maintien.planning.changes import Added, Change, Changed, Removed
from maintien.planning.natural_keys import RowsByKey
from maintien.planning.plan import CoursePlan


def was_carried_out(state: CourseState, plan: CoursePlan) -> bool:
    """Whether the state shows that the plan was written."""
    rows = RowsByKey(state)
    made = [change for change in plan.changes if not isinstance(change, Removed)]
    if made:
        return any(_is_there(change, rows) for change in made)
    return all(_is_there(change, rows) for change in plan.changes)


def _is_there(change: Change, rows: RowsByKey) -> bool:
    match change:
        case Added(row):
            found = rows.find(row)
            return found is not None and rows.same_but_for_ids(row, found)
        case Changed(_, after):
            found = rows.find(after)
            return found is not None and rows.same_but_for_ids(after, found)
        case Removed(row):
            return rows.find(row) is None
