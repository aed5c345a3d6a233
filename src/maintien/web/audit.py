"""Notes in the audit trail what people do; each entry is sealed with the one before it."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from django.db import connection, transaction

from maintien.web.middleware.front_end import client_address
from maintien.web.models import AuditEntry
from maintien.web.requests import PageRequest
from maintien.web.surroundings import now

_LOCK: Final = 0x6D61696E
"""Any number: PostgreSQL's advisory locks are told apart by one. SQLite's transactions wait anyway."""


def note(request: PageRequest, action: str, *, site: str = "", **details: object) -> None:
    """Note what whoever has signed in does; ``details`` hold no secret."""
    name = request.account.get_username() if request.account else ""
    note_of(name, action, site=site, address=client_address(request), details=details)


def note_of(
    account: str, action: str, *, site: str = "", address: str = "", details: Mapping[str, object]
) -> None:
    """Note what an account does."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = AuditEntry.objects.order_by("-id").values_list("seal", flat=True).first()
        entry = AuditEntry(
            at=now(),
            account=account,
            address=address,
            action=action,
            site=site,
            details=dict(details),
            previous=last or "",
        )
        entry.seal = seal_of(entry)
        entry.save()


def seal_of(entry: AuditEntry) -> str:
    """Work out the seal of an entry."""
    values: list[Any] = [
        entry.at,
        entry.account,
        entry.address,
        entry.action,
        entry.site,
        entry.details,
        entry.previous,
    ]
    return sha256(json.dumps(values, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def find_broken_entry() -> int | None:
    """Find the first entry that is not what was noted, or follows one that is gone; None if all is well."""
    previous = ""
    for entry in AuditEntry.objects.order_by("id").iterator():
        if entry.previous != previous or entry.seal != seal_of(entry):
            return entry.pk
        previous = entry.seal
    return None
