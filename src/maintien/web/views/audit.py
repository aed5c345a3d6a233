"""The audit trail."""

from collections.abc import Mapping
from typing import Final, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from maintien.messages import N_
from maintien.web.audit import find_broken_entry
from maintien.web.models import AuditEntry
from maintien.web.paging import page_of
from maintien.web.requests import PageRequest
from maintien.web.surroundings import surroundings

ACTIONS: Final[Mapping[str, str]] = {
    "signed_in": N_("signed in"),
    "signed_out": N_("signed out"),
    "sign_in_refused": N_("wrong user name or password"),
    "locked_out": N_("too many wrong passwords"),
    "password_set": N_("set a password"),
    "password_changed": N_("changed the own password"),
    "password_refused": N_("gave a wrong present password"),
    "account_made": N_("made an account"),
    "account_changed": N_("changed an account"),
    "account_barred": N_("barred an account"),
    "account_let_in": N_("let an account in again"),
    "link_made": N_("made a one-time link"),
    "right_given": N_("gave a right"),
    "right_taken": N_("took a right"),
    "site_changed": N_("changed a site’s settings"),
    "site_added": N_("added a site"),
    "added_site_changed": N_("changed where an added site is"),
    "site_tried": N_("tried the connection to a site"),
    "site_removed": N_("removed a site"),
    "count_asked": N_("had courses counted"),
    "plan_asked": N_("prepared a plan"),
    "plan_sent": N_("asked for approval of a plan"),
    "plan_applied": N_("applied a plan"),
    "plan_approved": N_("approved a plan"),
    "plan_rejected": N_("rejected a plan"),
    "plan_downloaded": N_("downloaded a plan"),
    "backup_downloaded": N_("downloaded a course’s backup"),
    "table_downloaded": N_("downloaded a run’s table"),
    "undo_previewed": N_("previewed an undo"),
    "undo_asked": N_("undid a run"),
    "resume_asked": N_("resumed a run"),
    "stop_asked": N_("asked for a stop"),
    "archive_uploaded": N_("uploaded an archive"),
    "archive_converted": N_("converted an archive"),
    "archive_downloaded": N_("downloaded a converted archive"),
    "archive_removed": N_("removed an archive"),
    "apply_ended": N_("end of applying a plan"),
    "undo_ended": N_("end of an undo"),
    "resume_ended": N_("end of a resumed run"),
}
"""What is noted, in words; tests hold the program to it."""


def show_audit(request: HttpRequest) -> HttpResponse:
    """Show what was done, the newest first; and whether the trail is whole, where that is asked."""
    check = "check" in request.GET
    texts = cast("PageRequest", request).texts
    page = page_of(AuditEntry.objects.order_by("-id"), request.GET)
    context = {
        "page": page,
        "rows": [
            {
                "at": entry.at,
                "account": entry.account,
                "address": entry.address,
                "what": texts.gettext(ACTIONS.get(entry.action, entry.action)),
                "site": entry.site,
                "details": ", ".join(f"{name}: {value}" for name, value in entry.details.items()),
            }
            for entry in page.rows
        ],
        "zone": surroundings().machine.zone,
        "is_checked": check,
        "broken": find_broken_entry() if check else None,
    }
    return render(request, "maintien/audit.html", context)
