"""What every template may use."""

from typing import Any, cast

from django.http import HttpRequest

from maintien.web.requests import PageRequest
from maintien.web.rights.roles import Permission
from maintien.web.surroundings import surroundings


def common(request: HttpRequest) -> dict[str, Any]:
    """Give texts, rights and who has signed in."""
    asked = cast("PageRequest", request)
    access = getattr(asked, "access", None)
    return {
        "texts": asked.texts,
        "language": asked.texts.code,
        "account": asked.account,
        "is_demo": surroundings().is_demo,
        "may_administer": access is not None and access.may(Permission.ADMINISTER),
        "may_convert_archives": access is not None and access.may(Permission.CONVERT_ARCHIVES),
        # Pages that are not about one site say nothing of these.
        "site": "",
        "site_tab": "",
        "zone": None,
    }
