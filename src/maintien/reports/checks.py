"""What ``check`` says: facts of the site, and what the pre-checks found, with the remedies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from maintien.enrolments.people import Person
from maintien.moodle.config import SiteConfig
from maintien.planning.findings import Finding
from maintien.reports.documents import Document, Json, kind_of, typed_document
from maintien.reports.finding_wording import Severity, severity
from maintien.reports.findings_screen import Remark, remarks_on_findings, remarks_table
from maintien.reports.language import Texts
from maintien.reports.safe_text import Prose, plain, printable
from maintien.reports.screen import facts_table
from maintien.reports.site_wording import (
    SiteRemark,
    site_remark_remedy,
    site_remark_severity,
    site_remark_text,
)
from maintien.reports.wording import method_names
from maintien.sites.opening import OpeningWarning
from maintien.sites.write_access import MayWrite, PrivilegesMissing, WriteAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChecks:
    """What was found out about a site."""

    site: str
    """The site's name, without a password."""
    config: SiteConfig
    zone: str
    """The name of the time zone that dates are read and shown in."""
    write_access: WriteAccess | None = None
    """What keeps the account from writing; None when it was not found out."""
    operator: Person | None = None
    """In whose name would be written; None when there is nobody."""
    courses: int = 0
    """How many courses were looked at."""
    findings: Mapping[Finding, int] = field(default_factory=dict)
    """In how many courses each was found; 0 for what holds for the whole site."""
    warnings: tuple[OpeningWarning, ...] = ()
    """What opening the site warned of."""

    @property
    def has_obstacle(self) -> bool:
        """Whether something keeps a conversion, or one of its courses, from being written."""
        remarks = [site_remark_severity(remark) for remark in self.site_remarks]
        found = [severity(finding) for finding in self.findings]
        return Severity.OBSTACLE in remarks + found or self.operator is None

    @property
    def site_remarks(self) -> tuple[SiteRemark, ...]:
        """What opening the site found out."""
        access = () if self.write_access is None else (self.write_access,)
        return (*self.warnings, *access)


def checks_document(checks: SiteChecks) -> Document:
    """Give the checks as a JSON document."""
    config, access = checks.config, checks.write_access
    return {
        "site": checks.site,
        "release": config.release,
        "version": config.version,
        "timezone": checks.zone,
        "may_write": None if access is None else isinstance(access, MayWrite),
        "operator": _operator_document(checks.operator),
        "standard_log": config.logs_to_standard_log,
        "standard_log_json": config.log_is_json,
        "enabled_methods": None if config.enabled_methods is None else sorted(config.enabled_methods),
        "courses": checks.courses,
        "has_obstacle": checks.has_obstacle,
        "findings": [
            *(_site_remark_document(remark) for remark in checks.site_remarks),
            *(_finding_document(*item) for item in checks.findings.items()),
        ],
    }


def _operator_document(operator: Person | None) -> Json:
    if operator is None:
        return None
    return {"id": operator.id, "username": operator.username, "fullname": operator.fullname}


def _site_remark_document(remark: SiteRemark) -> Document:
    document: Document = {
        "kind": kind_of(remark),
        "severity": site_remark_severity(remark).value,
        "courses": 0,
    }
    if isinstance(remark, PrivilegesMissing):
        missing = [{"privilege": each.privilege, "table": each.table} for each in remark.missing]
        document["missing"] = missing
    return document


def _finding_document(finding: Finding, courses: int) -> Document:
    return typed_document(finding) | {"severity": severity(finding).value, "courses": courses}


def checks_table(texts: Texts, checks: SiteChecks) -> RenderableType:
    """Give the checks for a terminal, the worst first."""
    remarks = [
        *(_site_remark(texts, remark) for remark in checks.site_remarks),
        *remarks_on_findings(texts, checks.findings.items()),
    ]
    if checks.operator is None:
        remarks.append(_no_operator(texts))
    return Group(
        facts_table(_facts(texts, checks)),
        Text(),
        Panel(remarks_table(texts, remarks), title=plain(texts.gettext("Checks")), title_align="left"),
    )


def _site_remark(texts: Texts, remark: SiteRemark) -> Remark:
    return Remark(
        severity=site_remark_severity(remark),
        text=site_remark_text(texts, remark),
        remedy=site_remark_remedy(texts, remark),
    )


def _no_operator(texts: Texts) -> Remark:
    return Remark(
        severity=Severity.OBSTACLE,
        text=texts.gettext("The site names no administrator in whose name to write."),
        remedy=texts.gettext("Give --operator a user name or an id."),
    )


def _facts(texts: Texts, checks: SiteChecks) -> Iterator[tuple[str, Text]]:
    config, operator = checks.config, checks.operator
    yield texts.gettext("Site"), plain(checks.site)
    yield texts.gettext("Moodle"), plain(config.release or str(config.version))
    yield texts.gettext("Time zone"), plain(checks.zone)
    if operator is not None:
        yield (
            texts.gettext("Operator"),
            Prose(f"{printable(operator.fullname)} ({printable(operator.username)})"),
        )
    if config.enabled_methods is not None:
        methods = method_names(texts, tuple(sorted(config.enabled_methods)))
        yield texts.gettext("Methods switched on"), plain(methods)
    yield texts.gettext("Standard log"), plain(_log(texts, config))
    yield texts.gettext("Courses looked at"), plain(texts.number(checks.courses))


def _log(texts: Texts, config: SiteConfig) -> str:
    if not config.logs_to_standard_log:
        return texts.gettext("not kept by this site, so not written")
    if config.log_is_json:
        return texts.gettext("kept; changes are written to it, as JSON")
    return texts.gettext("kept; changes are written to it, as PHP serialises")
