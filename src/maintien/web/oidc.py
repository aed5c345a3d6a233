"""Signs people in by OpenID Connect: who has an account of the name that the provider gives."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from maintien.web.models import Account


class OidcBackend(OIDCAuthenticationBackend):  # type: ignore[misc]  # it has no hints
    """Finds accounts by ``preferred_username``; makes none."""

    def verify_claims(self, claims: Mapping[str, Any]) -> bool:
        """Whether the provider says who it is."""
        return bool(claims.get("preferred_username"))

    def filter_users_by_claims(self, claims: Mapping[str, Any]) -> QuerySet[Account]:
        """Find the account."""
        return Account.objects.filter(username=str(claims["preferred_username"]), is_active=True)
