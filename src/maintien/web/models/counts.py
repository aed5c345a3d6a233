"""Courses as they were counted last: pages search and sort these, so that nothing is counted for a page."""

from typing import Final

from django.db import models

from maintien.enrolments.cut_timing import CutTiming

WHOLE_SITE: Final = 0
"""Where a category's number stands, for all of them."""


class CountedSite(models.Model):
    """When a site was counted, and what its pages need to know without opening it."""

    site = models.CharField(max_length=100, unique=True)
    counted_at = models.BigIntegerField()
    """Unix seconds."""
    title = models.CharField(max_length=255, blank=True)
    release = models.CharField(max_length=100, blank=True)
    zone = models.CharField(max_length=60)
    courses = models.IntegerField(default=0)
    participants = models.IntegerField(default=0)
    automatic_only = models.IntegerField(default=0)
    at_risk = models.IntegerField(default=0)
    already_cut = models.IntegerField(default=0)

    def __str__(self) -> str:
        """Give the site's name."""
        return self.site


class CountedCategory(models.Model):
    """A course category, in the order of the tree."""

    site = models.CharField(max_length=100)
    category = models.BigIntegerField()
    name = models.CharField(max_length=255)
    path = models.CharField(max_length=255)
    """``/1/5/``: those above it and itself; with a slash at the end, so that it is a prefix."""
    depth = models.IntegerField()
    position = models.IntegerField()
    courses = models.IntegerField(default=0)
    """Those below it are counted too."""
    at_risk = models.IntegerField(default=0)

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("site", "category"), name="web_category_once"),)

    def __str__(self) -> str:
        """Give its name."""
        return self.name


class CountedCourse(models.Model):
    """A course and its people, counted."""

    site = models.CharField(max_length=100)
    course = models.BigIntegerField()
    shortname = models.CharField(max_length=255)
    fullname = models.CharField(max_length=1333)
    idnumber = models.CharField(max_length=100, blank=True)
    category = models.BigIntegerField()
    path = models.CharField(max_length=255)
    """The category's."""
    participants = models.IntegerField()
    automatic_only = models.IntegerField()
    at_risk = models.IntegerField()
    already_cut = models.IntegerField(default=0)
    """People whom a sync has withdrawn lately, and who have no access now."""
    timing = models.CharField(max_length=20, default=CutTiming.UNKNOWN.value)
    """How far the cut has got: a value of CutTiming."""
    waiting = models.IntegerField(default=0)
    """People whom their feed has dropped, and whom the next sync withdraws."""
    withdrawn = models.IntegerField(default=0)
    """People whom a sync has withdrawn lately, with access by something else or without."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=("site", "course"), name="web_course_once"),)
        indexes = (
            models.Index(fields=("site", "-at_risk", "course"), name="web_course_risk"),
            models.Index(fields=("site", "path"), name="web_course_path"),
            models.Index(fields=("site", "shortname"), name="web_course_shortname"),
        )

    def __str__(self) -> str:
        """Give its short name."""
        return self.shortname


class ChartedAccess(models.Model):
    """How many people have access over time: on the whole site, or in a category with those below it."""

    site = models.CharField(max_length=100)
    category = models.BigIntegerField()
    """WHOLE_SITE, or a category's."""
    made_at = models.BigIntegerField()
    cut_at = models.BigIntegerField()
    until = models.BigIntegerField()
    """The end date of the conversion; Unix seconds, all of them."""
    steps = models.JSONField()
    """Pairs: from this moment on, so many people, if nothing is done."""
    steps_converted = models.JSONField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("site", "category"), name="web_chart_once"),)

    def __str__(self) -> str:
        """Say what it is of."""
        return f"{self.site} {self.category or '*'}"
