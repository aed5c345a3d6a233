"""One-time links: made for a person by an administrator, used once to set a password."""

import secrets
from hashlib import sha256
from typing import Final

from django.db import transaction

from maintien.web.models import Account, OneTimeLink
from maintien.web.surroundings import now

_BYTES: Final = 32
LIFETIME: Final = 48 * 60 * 60
"""Seconds."""


def make_link(account: Account) -> str:
    """Make a link's secret; earlier links of the account are worth nothing any more."""
    secret = secrets.token_urlsafe(_BYTES)
    with transaction.atomic():
        OneTimeLink.of_account(account).delete()
        OneTimeLink(account=account, secret_hash=_hash(secret), expires_at=now() + LIFETIME).save()
    return secret


def find_link(secret: str) -> OneTimeLink | None:
    """Find a link that can still be used."""
    links = OneTimeLink.objects.select_related("account")
    return links.filter(
        secret_hash=_hash(secret), used_at=None, expires_at__gt=now(), account__is_active=True
    ).first()


def use_link(link: OneTimeLink, password: str) -> bool:
    """Set the password; False where somebody has used the link meanwhile."""
    with transaction.atomic():
        used = OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now())
        if used:
            link.account.set_password(password)
            link.account.save()
    return bool(used)


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
