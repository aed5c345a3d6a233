"""The web application: its settings, its port, its database."""

from maintien.errors.tree import EXIT_USAGE, WebError
from maintien.messages import N_


class WebMissing(WebError):
    """The extra with the web application's libraries is not installed."""

    exit_status = EXIT_USAGE
    message = N_("The web application is not installed: pip install “maintien[web]”.")


class BadWebSetting(WebError):
    """A variable of the environment says what can't be."""

    exit_status = EXIT_USAGE
    message = N_("{name} can’t be used: {reason}")


class SitePasswordLocked(WebError):
    """No key opens the password of an added site."""

    message = N_(
        "The password of {site} can’t be decrypted with the keys of this server: an administrator has to"
        " enter it again, or bring the key back."
    )


class BadBind(WebError):
    """This is not an address with a port."""

    exit_status = EXIT_USAGE
    message = N_("{text!r} is not where to listen: write ADDRESS:PORT, such as 127.0.0.1:8000.")


class PortTaken(WebError):
    """Something else listens there."""

    message = N_("Something else listens at {bind} already: choose another port with --bind.")


class WebDatabaseFailed(WebError):
    """The application's own database can't be used."""

    message = N_("The web application’s own database can’t be used: {reason}")


class TooManyRequests(WebError):
    """Somebody asks for too much in a short time."""

    exit_status = EXIT_USAGE
    message = N_("You have asked for a lot within a minute: wait a moment, then try again.")
