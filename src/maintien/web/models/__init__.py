"""The application's own tables: accounts and their rights, plans and operations, counts, the audit trail."""

from maintien.web.models.accounts import Account, OneTimeLink, Right
from maintien.web.models.archives import UploadedArchive
from maintien.web.models.audit import AuditEntry
from maintien.web.models.counts import ChartedAccess, CountedCategory, CountedCourse, CountedSite
from maintien.web.models.operations import Operation, OperationKind, OperationState
from maintien.web.models.plans import PlanKind, PlannedCourse, PlanState, PreparedPlan
from maintien.web.models.sites import AddedSite, KnownSite

__all__ = [
    "Account",
    "AddedSite",
    "AuditEntry",
    "ChartedAccess",
    "CountedCategory",
    "CountedCourse",
    "CountedSite",
    "KnownSite",
    "OneTimeLink",
    "Operation",
    "OperationKind",
    "OperationState",
    "PlanKind",
    "PlanState",
    "PlannedCourse",
    "PreparedPlan",
    "Right",
    "UploadedArchive",
]
