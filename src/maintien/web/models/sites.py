"""What the application remembers of the sites that the site file names."""

from django.db import models


class KnownSite(models.Model):
    """A site's own settings here."""

    name = models.CharField(max_length=100, unique=True)
    """As the site file has it."""
    needs_four_eyes = models.BooleanField(default=False)
    """Whether somebody else has to approve a plan before it is applied."""

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        """Give the name."""
        return self.name
