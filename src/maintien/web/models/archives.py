"""Backup archives that somebody uploaded: the file is in a folder of ours, for a day at most."""

from django.db import models

from maintien.web.models.accounts import Account


class UploadedArchive(models.Model):
    """An archive, what is in it, and what was made of it."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="archives")
    """Nobody else sees it."""
    name = models.CharField(max_length=255)
    """As it was called where it came from: from outside."""
    size = models.BigIntegerField()
    """Bytes."""
    uploaded_at = models.BigIntegerField()
    """Unix seconds."""
    summary = models.JSONField(default=dict)
    """What is in it, as ``mbz info --json`` says it; empty before it was looked into."""
    converted = models.JSONField(default=dict)
    """What was made of it; empty before."""

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        """Give its name."""
        return self.name
