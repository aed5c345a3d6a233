"""What each page asks for, by method: a page that is not here is shown to nobody.

Pages below a site are asked for on that site; the view looks at the category, where it is about courses.
"""

from collections.abc import Mapping
from typing import Final

from maintien.web.rights.roles import Permission

GET: Final = "GET"
POST: Final = "POST"

_ANYBODY: Final = {GET: Permission.NOTHING, POST: Permission.NOTHING}
_TO_SEE: Final = {GET: Permission.SEE}
_TO_PREPARE: Final = {GET: Permission.PREPARE, POST: Permission.PREPARE}
_TO_ADMINISTER: Final = {GET: Permission.ADMINISTER, POST: Permission.ADMINISTER}

PAGES: Final[Mapping[str, Mapping[str, Permission]]] = {
    "health": {GET: Permission.NOTHING},
    "icon": {GET: Permission.NOTHING},
    "sign-in": _ANYBODY,
    "one-time-link": _ANYBODY,
    "language": {POST: Permission.NOTHING},
    "sign-out": {POST: Permission.SIGN_IN},
    "own-account": {GET: Permission.SIGN_IN, POST: Permission.SIGN_IN},
    "sites": {GET: Permission.SIGN_IN},
    "courses": _TO_SEE,
    "courses-chart": _TO_SEE,
    "count": {POST: Permission.SEE},
    "course": _TO_SEE,
    "course-chart": _TO_SEE,
    "participants": _TO_SEE,
    "end-date-new": _TO_PREPARE,
    "runs": _TO_SEE,
    "run": _TO_SEE,
    "run-people": _TO_SEE,
    "run-table": {POST: Permission.SEE},
    "undo": {POST: Permission.APPLY},
    "undo-confirm": {POST: Permission.APPLY},
    "resume": {POST: Permission.APPLY},
    "plans": _TO_SEE,
    "plan-new": _TO_PREPARE,
    "campaign-new": _TO_PREPARE,
    "rescue-new": _TO_PREPARE,
    "plan": _TO_SEE,
    "plan-course": _TO_SEE,
    "plan-backup": {POST: Permission.APPLY},
    "plan-file": {POST: Permission.SEE},
    "plan-apply": {POST: Permission.APPLY},
    "plan-approve": {POST: Permission.APPROVE},
    "plan-reject": {POST: Permission.APPROVE},
    "operation": _TO_SEE,
    "operation-stop": {POST: Permission.APPLY},
    "site-settings": _TO_ADMINISTER,
    "archives": {GET: Permission.CONVERT_ARCHIVES, POST: Permission.CONVERT_ARCHIVES},
    "archive": {GET: Permission.CONVERT_ARCHIVES},
    "archive-convert": {POST: Permission.CONVERT_ARCHIVES},
    "archive-download": {POST: Permission.CONVERT_ARCHIVES},
    "archive-remove": {POST: Permission.CONVERT_ARCHIVES},
    "accounts": _TO_ADMINISTER,
    "account-new": _TO_ADMINISTER,
    "account": _TO_ADMINISTER,
    "account-link": {POST: Permission.ADMINISTER},
    "account-right": {POST: Permission.ADMINISTER},
    "account-active": {POST: Permission.ADMINISTER},
    "added-sites": {GET: Permission.ADMINISTER},
    "site-new": _TO_ADMINISTER,
    "added-site": _TO_ADMINISTER,
    "site-test": {POST: Permission.ADMINISTER},
    "site-remove": {POST: Permission.ADMINISTER},
    "audit": {GET: Permission.ADMINISTER},
}


def permission_for(page: str, method: str) -> Permission | None:
    """Tell what a page asks for; None where nobody may see it, or not by this method."""
    asked = PAGES.get(page, {})
    return asked.get(GET if method == "HEAD" else method)
