"""Tells Django of the application."""

from django.apps import AppConfig


class WebApplication(AppConfig):
    """The application; its tables begin with ``web_``."""

    name = "maintien.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
