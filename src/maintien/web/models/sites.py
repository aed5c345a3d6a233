"""What the application remembers of sites: settings of its own, and sites that were added here."""

from django.db import models


class KnownSite(models.Model):
    """A site's own settings here."""

    name = models.CharField(max_length=100, unique=True)
    """As the site file has it, or as it was added."""
    needs_four_eyes = models.BooleanField(default=False)
    """Whether somebody else has to approve a plan before it is applied."""

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        """Give the name."""
        return self.name


class AddedSite(models.Model):
    """A site that an administrator added here; a site of the site file goes before one of the same name."""

    name = models.CharField(max_length=100, unique=True)
    url = models.CharField(max_length=500)
    """Without a password."""
    password = models.TextField()
    """Encrypted; see encryption.py."""
    changed_at = models.BigIntegerField()
    """Unix seconds."""

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        """Give the name."""
        return self.name
