"""Plans that somebody prepared: the plan itself is a file, and these tables say where and whose it is."""

from django.db import models

from maintien.web.models.accounts import Account


class PlanKind(models.TextChoices):
    """What a plan is for."""

    CONVERT = "convert"
    """Access is maintained before a cut."""
    RESCUE = "rescue"
    """What a cut took is given back."""
    END_DATE = "end_date"
    """Manual enrolments are changed: their end, their start, their status."""
    CAMPAIGN = "campaign"
    """Access is maintained by the rules of a campaign file."""


class PlanState(models.TextChoices):
    """How far a plan has got."""

    PREPARING = "preparing"
    READY = "ready"
    """It can be looked at, and applied or sent for approval."""
    AWAITING = "awaiting"
    """Somebody else has to approve it."""
    APPLYING = "applying"
    APPLIED = "applied"
    REJECTED = "rejected"
    FAILED = "failed"


class PreparedPlan(models.Model):
    """A plan, from its preparation to its end."""

    site = models.CharField(max_length=100)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="plans")
    kind = models.CharField(max_length=20, choices=PlanKind.choices, default=PlanKind.CONVERT)
    state = models.CharField(max_length=20, choices=PlanState.choices, default=PlanState.PREPARING)
    request = models.JSONField()
    """What was asked for: the courses and the options, by the kind of plan."""
    made_at = models.BigIntegerField()
    """Unix seconds."""
    fingerprint = models.CharField(max_length=64, blank=True)
    ends_at = models.BigIntegerField(default=0)
    """Unix seconds; 0 for never."""
    courses = models.IntegerField(default=0)
    courses_changed = models.IntegerField(default=0)
    people = models.IntegerField(default=0)
    """Those who get or keep access."""
    left_alone = models.IntegerField(default=0)
    reasons = models.JSONField(default=dict)
    """How many people are left alone for which reason."""
    cut = models.JSONField(default=dict)
    """In how many courses the cut had got how far, by the value of CutTiming; empty where nobody looked."""
    already_cut = models.IntegerField(default=0)
    """People whom a sync had withdrawn lately, and who had no access when the plan was made."""
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="decisions")
    run = models.BigIntegerField(null=True)
    """The journal's number of the run that applied it."""

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        """Give its number."""
        return str(self.pk)


class PlannedCourse(models.Model):
    """A course of a plan, for paging."""

    plan = models.ForeignKey(PreparedPlan, on_delete=models.CASCADE, related_name="planned")
    position = models.IntegerField()
    course = models.BigIntegerField()
    shortname = models.CharField(max_length=255)
    fullname = models.CharField(max_length=1333)
    people = models.IntegerField()
    changes = models.IntegerField()
    left_alone = models.IntegerField()
    is_obstructed = models.BooleanField(default=False)
    timing = models.CharField(max_length=20, blank=True)
    """How far its cut had got: a value of CutTiming, or nothing where nobody looked."""

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("plan", "course"), name="web_planned_once"),)

    def __str__(self) -> str:
        """Give its short name."""
        return self.shortname
