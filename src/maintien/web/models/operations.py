"""Long work: who asked for it, how far it is, and what came of it."""

from django.db import models

from maintien.web.models.accounts import Account
from maintien.web.models.plans import PreparedPlan


class OperationKind(models.TextChoices):
    """What a worker can be asked to do."""

    COUNT = "count"
    """Count the people of every course of a site."""
    CHART = "chart"
    """Chart how many people have access over time, on a site and in its categories."""
    PREPARE = "prepare"
    APPLY = "apply"
    PREVIEW_UNDO = "preview_undo"
    UNDO = "undo"
    RESUME = "resume"
    LOOK_INTO = "look_into"
    """Count what an uploaded archive holds."""
    CONVERT_ARCHIVE = "convert_archive"


class OperationState(models.TextChoices):
    """How far an operation has got."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    IN_PART = "in_part"
    """Some courses failed."""
    STOPPED = "stopped"
    """A person stopped it."""
    FAILED = "failed"


UNFINISHED = (OperationState.WAITING, OperationState.RUNNING)


class Operation(models.Model):
    """One piece of long work; a worker that dies leaves it to another."""

    kind = models.CharField(max_length=20, choices=OperationKind.choices)
    state = models.CharField(max_length=20, choices=OperationState.choices, default=OperationState.WAITING)
    site = models.CharField(max_length=100)
    """Empty for what is about no site: an archive."""
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="operations")
    """None where nobody asked: counting goes on by itself."""
    plan = models.ForeignKey(PreparedPlan, on_delete=models.PROTECT, null=True, related_name="operations")
    target = models.BigIntegerField(null=True)
    """The run to undo or to go on with, or the uploaded archive."""
    run = models.BigIntegerField(null=True)
    """The run that this operation began: what is resumed if the worker dies."""
    options = models.JSONField(default=dict)
    asked_at = models.BigIntegerField()
    """Unix seconds."""
    ended_at = models.BigIntegerField(null=True)
    heartbeat_at = models.BigIntegerField(null=True)
    """When the worker last said that it lives; Unix seconds."""
    attempts = models.IntegerField(default=0)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    """Courses and user enrolments, gone through and to go through."""
    is_to_stop = models.BooleanField(default=False)
    result = models.JSONField(default=dict)
    failure = models.JSONField(default=dict)
    """The error's sentence in English and its fields, to be told in the reader's language."""

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("state", "heartbeat_at"), name="web_operation_alive"),)

    def __str__(self) -> str:
        """Say what it is."""
        return f"{self.kind} {self.site}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in UNFINISHED

    @property
    def percent(self) -> int:
        """How far it is; 100 once it is over."""
        if self.is_over:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0
