"""Every reason, finding and error has its words, in both languages, and says what it knows."""

from dataclasses import dataclass
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from maintien.errors.selection import UnknownCourse
from maintien.errors.sites import BrokenConfigPhp, CannotConnect, CourseKeptLocked
from maintien.moodle.ids import UserId
from maintien.moodle.unreadable_php import Reason as PhpReason
from maintien.moodle.values import UnenrolAction
from maintien.planning import findings, left_alone
from maintien.planning.findings import Finding
from maintien.planning.left_alone import Reason
from maintien.reports.finding_wording import Severity, finding_text, remedy_text, severity
from maintien.reports.language import load_texts
from maintien.reports.reason_wording import LABELS, SENTENCES, reason_label, reason_text
from maintien.reports.site_wording import (
    SiteRemark,
    site_remark_remedy,
    site_remark_severity,
    site_remark_text,
)
from maintien.reports.wording import METHOD_NAMES, error_text, method_name
from maintien.sites.opening import OldMoodle, UnprovenMoodle
from maintien.sites.write_access import (
    FileIsReadOnly,
    MayWrite,
    MissingPrivilege,
    PrivilegesMissing,
    ServerIsReadOnly,
)

PARIS = ZoneInfo("Europe/Paris")
END = 1_819_749_599
TEXTS = {code: load_texts(code) for code in ("en", "fr")}

REASONS: dict[Reason, tuple[str, str]] = {
    left_alone.DeletedAccount(): ("account is deleted", "compte est supprimé"),
    left_alone.SuspendedAccount(): ("suspended on the whole", "suspendu sur tout"),
    left_alone.SuspendedEnrolment(): ("--include-suspended", "--include-suspended"),
    left_alone.MethodNotAskedFor(methods=("manual", "self")): (
        "Manual enrolments and Self enrolment",
        "Inscriptions manuelles et Auto-inscription",
    ),
    left_alone.NoRole(): ("no role", "aucun rôle"),
    left_alone.RoleNotAskedFor(roles=("a\x1b", "teacher")): (r"a\x1b and", r"a\x1b et teacher"),
    left_alone.SuspendedManualEnrolment(): ("not revived", "réactivée"),
    left_alone.ManualEnrolmentSuffices(ends_at=0): ("end: unlimited", "fin\u00a0: illimité"),
    left_alone.ManualEnrolmentKeepsItsEnd(ends_at=END): ("2027-08-31 23:59", "31/08/2027 23:59"),
    left_alone.StartsAfterEndDate(starts_at=END): ("2027-08-31 23:59", "31/08/2027 23:59"),
    left_alone.StillListed(methods=("cohort",)): ("Cohort sync", "Synchronisation des cohortes"),
    left_alone.FeedUnknown(methods=("database",)): ("--feed-is-gone", "--feed-is-gone"),
    left_alone.ExcludedPerson(): ("decided to leave", "décidé de ne pas toucher"),
    left_alone.MethodGone(): ("no longer in the course", "plus dans le cours"),
    left_alone.ChangedSince(
        row="UserEnrolment",
        ours=(f"ends_at={END}", "status=0", "modifierid=2"),
        found=("ends_at=0", "status=1", "modifierid=5"),
    ): (
        "enrolment, ends: unlimited, status: suspended, changed by: #5 instead of ends: 2027-08-31 23:59,"
        " status: active, changed by: #2",
        "inscription, fin\u00a0: illimité, statut\u00a0: suspendue",
    ),
    left_alone.ManualMethodUnavailable(): ("no manual", "pas d\u2019inscriptions manuelles"),
    left_alone.HasAccess(): ("all the same", "tout de même accès"),
    left_alone.HadNoAccess(): ("gave no access", "ne donnait pas accès"),
    left_alone.OverSince(ends_at=END): ("2027-08-31 23:59", "31/08/2027 23:59"),
    left_alone.TakenByPerson(taken_at=END, by=UserId(3)): (
        "2027-08-31 23:59, by account 3",
        "31/08/2027 23:59, par le compte 3",
    ),
    left_alone.TakenUnreadably(): ("not how", "sans dire comment"),
    left_alone.TakenEarlier(taken_at=END): ("(2027-08-31 23:59)", "(31/08/2027 23:59)"),
    left_alone.StillEnrolled(): ("suspended at another time", "à un autre moment"),
    left_alone.NotFoundAgain(): ("Nobody on the site", "Personne sur le site"),
    left_alone.AccountInDoubt(): ("or somebody else's", "ou celui d\u2019une autre"),
    left_alone.NoManualEnrolment(): ("no manual enrolment", "pas d’inscription manuelle"),
    left_alone.InOtherManualInstance(): ("the one that is edited", "celle qui est modifiée"),
    left_alone.AlreadySo(ends_at=0): ("end: unlimited", "fin\u00a0: illimité"),
    left_alone.EndsLaterAlready(ends_at=END): ("(2027-08-31 23:59)", "(31/08/2027 23:59)"),
    left_alone.EndsEarlierAlready(ends_at=END): ("(2027-08-31 23:59)", "(31/08/2027 23:59)"),
    left_alone.NotEnded(ends_at=END): ("end: 2027-08-31 23:59", "fin\u00a0: 31/08/2027 23:59"),
    left_alone.NotLetInAutomatically(): ("as well", "donne aussi accès"),
    left_alone.LastEnrolment(): ("--even-last", "--even-last"),
}

ACTIONS = list(UnenrolAction)
OBSTACLES: dict[Finding, tuple[str, str]] = {
    findings.ManualMethodDisabledOnSite(): ("Manage enrol plugins", "Gérer les plugins"),
    findings.ManualInstanceDisabled(): ("--enable-manual", "--enable-manual"),
    findings.ManualInstanceWouldBeDisabled(): ("“Yes”", "«\u00a0Oui\u00a0»"),
}
WARNINGS: dict[Finding, tuple[str, str]] = {
    findings.EnablingGivesAccess(people=2000): ("2,000 people", "2\u202f000 personnes"),
    findings.EnablingGivesAccess(people=1): ("1 person who", "1 personne qui"),
    findings.ExpiryActs(action=UnenrolAction.UNENROL): ("grades", "notes"),
    findings.ExpiryActs(action=UnenrolAction.SUSPEND): ("suspends", "suspend"),
    findings.ExpiryNotice(to_participants=True, threshold=86_400): ("1 day", "1 jour"),
    findings.ExpiryNotice(to_participants=False, threshold=172_800): ("2 days", "2 jours"),
    findings.WelcomeMessage(): ("welcome message", "message de bienvenue"),
    findings.FeedUnenrolAction(method="cohort", action=UnenrolAction.UNENROL): (
        "“External unenrol action”",
        "«\u00a0Action de désinscription externe\u00a0»",
    ),
    findings.FeedUnenrolAction(method="database", action=UnenrolAction.SUSPEND_AND_REMOVE_ROLES): (
        "Enrolments > External database",
        "Inscriptions > Base de données externe",
    ),
    findings.EndDateIsPast(): ("--until", "--until"),
    findings.EndDateShortens(people=3): ("3 people", "3 personnes"),
    findings.OtherRolesGo(people=3): ("3 people", "3 personnes"),
    findings.ManualEnrolmentsRevived(people=(UserId(3),)): ("1 person has", "1 personne a"),
    findings.GradesGone(people=(UserId(3), UserId(4)), in_history=0): (
        "2 people went with the last enrolment; they are not touched. The grade history has none",
        "«\u00a0Récupérer par défaut les notes\u00a0»",
    ),
    findings.GradesGone(people=(UserId(3), UserId(4)), in_history=1): ("of 1 person", "de 1 personne"),
    findings.RolesBelowCourseGone(people=3): ("3 people", "3 personnes"),
    findings.GroupsGone(memberships=3): ("3 group memberships", "3 appartenances"),
    findings.GroupsAreCached(people=3): ("purge_caches.php", "purge_caches.php"),
    findings.LogRowsUnreadable(rows=3): ("3 log entries", "3 lignes du journal"),
    findings.LogIsSilent(): ("“Keep logs for”", "«\u00a0Conserver les historiques durant\u00a0»"),
    findings.LogBeginsLate(begins_at=END): ("begins after --since", "commence après --since"),
    findings.KnownFromArchiveOnly(people=(UserId(3), UserId(4))): (
        "2 people are known from the archive alone: neither the course nor the log tells what became of their"
        " enrolment. An archive does not tell who was taken out on purpose",
        "2 personnes ne sont connues que par l\u2019archive",
    ),
    findings.EvidenceWithoutRoles(): ("role that their method gives", "rôle que donne leur méthode"),
    findings.EvidenceWithoutGroups(): ("holds no groups", "ne contient pas de groupes"),
}
FINE: dict[Finding, tuple[str, str]] = {
    findings.ManualInstanceMissing(): ("it is added", "elle est ajoutée"),
    findings.FeedUnenrolAction(method="cohort", action=UnenrolAction.KEEP): ("keeps", "garde"),
}
WARNINGS |= {
    findings.ArchiveOfAnotherSite(address="http://x\x1b"): (r"site (http://x\x1b)", r"site (http://x\x1b)"),
    findings.ArchiveOfAnotherCourse(course="BIO"): ("course (BIO)", "cours (BIO)"),
    findings.ArchiveIsAnonymised(): ("Anonymize user information", "Anonymiser les informations"),
    findings.ArchiveWithoutRoles(): ("no roles", "pas de rôles"),
    findings.ArchiveHasGroups(memberships=2): ("2 group memberships", "2 appartenances"),
    findings.PeopleNotFound(people=1): ("1 person of the archive has", "1 personne de l’archive n’a"),
    findings.PeopleInDoubt(people=2): ("2 people of the archive can't", "2 personnes de l’archive ne se"),
    findings.RoleNotFound(role="jury"): ("like “jury”", "semblable à «\u00a0jury\u00a0»"),
    findings.RoleReplaced(role="a", by="b\x1b"): (r"get “b\x1b”", "reçoivent «\u00a0b\\x1b\u00a0»"),
    findings.RestoreLeavesAsTheyAre(people=3): ("3 people have", "3 personnes ont"),
}
WARNINGS |= {
    findings.NoManualMethod(): ("maintien convert", "maintien convert"),
    findings.SeveralManualMethods(): ("only the first", "seule la première"),
    findings.EditedMethodDisabled(): ("Enable it", "Activez-la"),
    findings.EditShortens(people=3): ("3 people's", "3 personnes"),
    findings.EndsBeforeItBegins(people=1): ("1 person's", "1 personne"),
    findings.AccessGoes(people=2000): ("2,000 people", "2\u202f000 personnes"),
    findings.PeopleLeave(people=3, roles=4, groups=5): (
        "Roles: 4; group memberships: 5. Grades",
        "Rôles\u00a0: 4\u00a0; appartenances aux groupes\u00a0: 5. Les notes",
    ),
}
FINE |= {
    findings.ManualInstanceFromArchive(): ("as the archive describes", "telle que l’archive"),
    findings.SyncNotTriggered(): ("this one does not", "celle-ci ne la lance pas"),
}
FINDINGS = OBSTACLES | WARNINGS | FINE


@pytest.mark.parametrize("reason", REASONS, ids=repr)
def test_a_reason_says_what_it_knows(reason: Reason) -> None:
    english, french = REASONS[reason]
    assert english in reason_text(TEXTS["en"], reason, PARIS)
    assert french in reason_text(TEXTS["fr"], reason, PARIS)


def test_every_reason_has_a_sentence_and_a_label_of_its_own() -> None:
    kinds = set(get_args(Reason))
    assert set(LABELS) == set(SENTENCES) == {type(reason) for reason in REASONS} == kinds
    for texts in TEXTS.values():
        assert len({reason_label(texts, kind) for kind in kinds}) == len(kinds)


@pytest.mark.parametrize("finding", FINDINGS, ids=repr)
def test_a_finding_says_what_it_knows_and_what_to_do(finding: Finding) -> None:
    english, french = FINDINGS[finding]
    assert english in f"{finding_text(TEXTS['en'], finding)} {remedy_text(TEXTS['en'], finding)}"
    assert french in f"{finding_text(TEXTS['fr'], finding)} {remedy_text(TEXTS['fr'], finding)}"


@pytest.mark.parametrize("finding", FINDINGS, ids=repr)
def test_whatever_matters_comes_with_a_remedy(finding: Finding) -> None:
    matters = severity(finding) is not Severity.OK
    assert bool(remedy_text(TEXTS["fr"], finding)) is matters


def test_obstacles_are_obstacles_and_what_is_fine_is_fine() -> None:
    assert {severity(finding) for finding in OBSTACLES} == {Severity.OBSTACLE}
    assert {severity(finding) for finding in WARNINGS} == {Severity.WARNING}
    assert {severity(finding) for finding in FINE} == {Severity.OK}


def test_every_finding_is_tested_here() -> None:
    kinds = {*get_args(findings.Obstacle), *get_args(findings.Warning_)}
    assert {type(finding) for finding in FINDINGS} == kinds


@pytest.mark.parametrize("action", ACTIONS)
def test_each_unenrol_action_has_its_sentences(action: UnenrolAction) -> None:
    feed = findings.FeedUnenrolAction(method="ldap", action=action)
    for texts in TEXTS.values():
        assert method_name(texts, "ldap") in finding_text(texts, feed)
        assert finding_text(texts, findings.ExpiryActs(action=action)).endswith(".")


def test_methods_go_by_moodles_names() -> None:
    names = {method: method_name(TEXTS["fr"], method) for method in ("manual", "cohort", "database")}
    assert names == {
        "manual": "Inscriptions manuelles",
        "cohort": "Synchronisation des cohortes",
        "database": "Base de données externe",
    }
    assert method_name(TEXTS["en"], "cohort") == "Cohort sync"
    assert len({method_name(TEXTS["fr"], method) for method in METHOD_NAMES}) == len(METHOD_NAMES)


def test_an_unknown_method_goes_by_its_own_word() -> None:
    assert method_name(TEXTS["fr"], "ecampus") == "ecampus"
    assert method_name(TEXTS["fr"], "x\x1b[31m") == r"x\x1b[31m"


def test_an_error_is_said_in_the_language() -> None:
    error = CourseKeptLocked(course="BIO1", attempts=5)
    assert "BIO1 could not be written" in error_text(TEXTS["en"], error)
    assert "BIO1 n\u2019a pas pu être écrit" in error_text(TEXTS["fr"], error)


def test_what_somebody_wrote_is_harmless_in_an_error() -> None:
    error = UnknownCourse(course="a\x1b[31m\u202e")
    for texts in TEXTS.values():
        said = error_text(texts, error)
        assert "\x1b" not in said
        assert "\u202e" not in said


def test_a_reason_inside_an_error_is_translated() -> None:
    error = CannotConnect(site="moodle", reason="no server answers there")
    assert error_text(TEXTS["fr"], error).endswith("\u00a0: aucun serveur ne répond à cet endroit")


def test_what_somebody_wrote_is_not_translated() -> None:
    assert "«\u00a0unlimited\u00a0»" in error_text(TEXTS["fr"], UnknownCourse(course="unlimited"))


def test_a_reason_with_fields_inside_an_error_is_translated() -> None:
    reason = PhpReason("{setting} is not a text.", setting="$CFG->dbname")
    error = BrokenConfigPhp("config.php", 3, reason)
    assert error_text(TEXTS["en"], error) == "config.php, line 3: $CFG->dbname is not a text."
    assert error_text(TEXTS["fr"], error) == (
        "config.php, ligne 3\u00a0: $CFG->dbname n\u2019est pas un texte."
    )


def test_an_error_inside_an_error_is_translated() -> None:
    inner = UnknownCourse(course="X")
    outer = CannotConnect(site="moodle", reason=inner)
    assert error_text(TEXTS["fr"], inner) in error_text(TEXTS["fr"], outer)


@dataclass(frozen=True)
class Case:
    remark: SiteRemark
    severity: Severity
    english: str
    french: str


MISSING = PrivilegesMissing(
    missing=(MissingPrivilege("INSERT", "mdl_enrol"), MissingPrivilege("USAGE", None))
)
REMARKS = [
    Case(MayWrite(), Severity.OK, "may write", "droit d\u2019écrire"),
    Case(FileIsReadOnly(), Severity.OBSTACLE, "only be read", "qu\u2019en lecture"),
    Case(ServerIsReadOnly(), Severity.OBSTACLE, "no changes", "pas de changements"),
    Case(MISSING, Severity.OBSTACLE, "INSERT on mdl_enrol and USAGE", "INSERT sur mdl_enrol et"),
    Case(OldMoodle(release="3.9"), Severity.WARNING, "3.9 is older", "3.9 est plus ancien"),
    Case(UnprovenMoodle(release="9"), Severity.WARNING, "Moodle 9 is not", "Moodle 9 n\u2019est pas"),
]


@pytest.mark.parametrize("case", REMARKS, ids=lambda case: type(case.remark).__name__)
def test_what_opening_found_out_is_said_with_its_remedy(case: Case) -> None:
    assert site_remark_severity(case.remark) is case.severity
    assert case.english in site_remark_text(TEXTS["en"], case.remark)
    assert case.french in site_remark_text(TEXTS["fr"], case.remark)
    assert bool(site_remark_remedy(TEXTS["fr"], case.remark)) is (case.severity is not Severity.OK)


def test_everything_that_opening_finds_out_is_tested_here() -> None:
    assert {type(case.remark) for case in REMARKS} == set(get_args(SiteRemark))
