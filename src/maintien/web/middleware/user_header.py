"""Signs people in whom the front end (mod_shib, a CAS proxy) has signed in: by a header of its."""

from django.contrib.auth.backends import RemoteUserBackend
from django.contrib.auth.middleware import PersistentRemoteUserMiddleware

from maintien.web.middleware.front_end import meta_name
from maintien.web.surroundings import surroundings


class UserHeaderMiddleware(PersistentRemoteUserMiddleware):
    """Takes the account's name from the configured header, once front ends alone may send it."""

    @property
    def header(self) -> str:  # type: ignore[override]  # Django's is an attribute
        """The name under which Django keeps the header."""
        return meta_name(surroundings().configuration.user_header)


class UserHeaderBackend(RemoteUserBackend):
    """Lets in who has an account already; an administrator makes accounts."""

    create_unknown_user = False
