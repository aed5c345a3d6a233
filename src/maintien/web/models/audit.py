"""The audit trail: what people did here, each entry sealed with the one before it."""

from typing import Any, ClassVar, NoReturn

from django.db import models


class AuditIsAppendOnly(RuntimeError):
    """Something tried to change what has been noted."""


class Entries(models.QuerySet["AuditEntry"]):
    """Entries may be read and added; the database's triggers refuse the rest too."""

    def update(self, **_values: Any) -> NoReturn:  # noqa: ANN401 -- Django's own
        """Refuse."""
        raise AuditIsAppendOnly

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AuditIsAppendOnly


class AuditEntry(models.Model):
    """One thing that somebody did."""

    at = models.BigIntegerField(db_index=True)
    """Unix seconds."""
    account = models.CharField(max_length=150)
    """The name it signs in with; empty for nobody. No reference: the trail outlives accounts."""
    address = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=60)
    site = models.CharField(max_length=100, blank=True)
    details = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    """The seal of the entry before; empty for the first."""
    seal = models.CharField(max_length=64, unique=True)
    """SHA-256 of everything above."""

    objects: ClassVar[models.Manager["AuditEntry"]] = Entries.as_manager()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        """Say what was done."""
        return f"{self.account} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own
        """Add the entry; one that is there is not changed."""
        if not self._state.adding:
            raise AuditIsAppendOnly
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:  # noqa: ANN401 -- Django's own
        """Refuse."""
        raise AuditIsAppendOnly
