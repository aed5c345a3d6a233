"""What ``check`` says of a site."""

from dataclasses import replace

from maintien.moodle.config import SiteConfig
from maintien.moodle.values import UnenrolAction
from maintien.planning.findings import (
    ExpiryActs,
    FeedUnenrolAction,
    ManualInstanceDisabled,
    ManualMethodDisabledOnSite,
)
from maintien.reports.checks import SiteChecks, checks_document, checks_table
from maintien.reports.language import load_texts
from maintien.sites.opening import OldMoodle
from maintien.sites.write_access import FileIsReadOnly, MayWrite, MissingPrivilege, PrivilegesMissing
from tests.reports.plans import drawn, person, shown

ENGLISH, FRENCH = load_texts("en"), load_texts("fr")

KEEPS = FeedUnenrolAction(method="cohort", action=UnenrolAction.KEEP)
SUSPENDS = ExpiryActs(action=UnenrolAction.SUSPEND)
CHECKS = SiteChecks(
    site="moodle.example.fr",
    config=SiteConfig(
        release="4.3 (Build: 20231009)",
        version=2023100900,
        enabled_methods=frozenset({"manual", "cohort"}),
        logs_to_standard_log=True,
        log_is_json=True,
    ),
    zone="Europe/Paris",
    write_access=MayWrite(),
    operator=person(2, "Ada", "Admin"),
    courses=1200,
    findings={SUSPENDS: 0, KEEPS: 0},
)


def test_a_site_that_is_fine_is_told_whole_in_json() -> None:
    assert checks_document(CHECKS) == {
        "site": "moodle.example.fr",
        "release": "4.3 (Build: 20231009)",
        "version": 2023100900,
        "timezone": "Europe/Paris",
        "may_write": True,
        "operator": {"id": 2, "username": "u2", "fullname": "Ada Admin"},
        "standard_log": True,
        "standard_log_json": True,
        "enabled_methods": ["cohort", "manual"],
        "courses": 1200,
        "has_obstacle": False,
        "findings": [
            {"kind": "may_write", "severity": "ok", "courses": 0},
            {"kind": "expiry_acts", "action": "suspend", "severity": "warning", "courses": 0},
            {
                "kind": "feed_unenrol_action",
                "method": "cohort",
                "action": "keep",
                "severity": "ok",
                "courses": 0,
            },
        ],
    }


def test_what_stands_in_the_way_is_told_in_json() -> None:
    missing = PrivilegesMissing(missing=(MissingPrivilege("INSERT", "mdl_enrol"),))
    document = checks_document(
        replace(
            CHECKS,
            config=SiteConfig(),
            write_access=missing,
            operator=None,
            findings={ManualInstanceDisabled(): 3},
            warnings=(OldMoodle(release="3.9"),),
        )
    )
    told = {key: document[key] for key in ("may_write", "operator", "enabled_methods", "has_obstacle")}
    assert told == {
        "may_write": False,
        "operator": None,
        "enabled_methods": None,
        "has_obstacle": True,
    }
    assert document["findings"] == [
        {"kind": "old_moodle", "severity": "warning", "courses": 0},
        {
            "kind": "privileges_missing",
            "severity": "obstacle",
            "courses": 0,
            "missing": [{"privilege": "INSERT", "table": "mdl_enrol"}],
        },
        {"kind": "manual_instance_disabled", "severity": "obstacle", "courses": 3},
    ]


def test_whether_the_account_may_write_can_be_unknown() -> None:
    assert checks_document(replace(CHECKS, write_access=None))["may_write"] is None


def test_each_obstacle_counts_and_warnings_do_not() -> None:
    assert not CHECKS.has_obstacle
    assert not replace(CHECKS, warnings=(OldMoodle(release="3.9"),)).has_obstacle
    assert replace(CHECKS, operator=None).has_obstacle
    assert replace(CHECKS, write_access=FileIsReadOnly()).has_obstacle
    assert replace(CHECKS, findings={ManualMethodDisabledOnSite(): 0}).has_obstacle


def test_the_facts_are_shown() -> None:
    lines = shown(checks_table(ENGLISH, CHECKS), 80).splitlines()
    facts = [
        "Site moodle.example.fr",
        "Moodle 4.3 (Build: 20231009)",
        "Time zone Europe/Paris",
        "Operator Ada Admin (u2)",
        "Methods switched on Cohort sync and Manual enrolments",
        "Standard log kept; changes are written to it, as JSON",
        "Courses looked at 1,200",
    ]
    assert [fact for fact in facts if fact not in lines] == []


def test_the_log_is_told_in_each_of_its_states() -> None:
    serialised = replace(CHECKS, config=SiteConfig(logs_to_standard_log=True))
    assert "as PHP serialises" in shown(checks_table(ENGLISH, serialised))
    without = replace(CHECKS, config=SiteConfig())
    assert "Journal standard non tenu par ce site" in shown(checks_table(FRENCH, without))


def test_the_worst_comes_first_with_its_remedy() -> None:
    worse = replace(CHECKS, operator=None, findings={KEEPS: 0, SUSPENDS: 0, ManualInstanceDisabled(): 3})
    screen = shown(checks_table(FRENCH, worse), 80)
    marks = [line[2] for line in screen.splitlines() if line[:1] == "│" and line[2] in "✗!✓"]
    assert marks == ["✗", "✗", "!", "✓", "✓"]
    assert "(3 cours)" in " ".join(screen.replace("│", " ").split())
    assert screen.index("--operator") < screen.index("Garder l\u2019utilisateur inscrit")


def test_hostile_names_act_on_nothing() -> None:
    evil = "\x1b[2J[red]x[/red]\u202e\nfake"
    checks = replace(
        CHECKS,
        site=evil,
        zone=evil,
        operator=person(2, evil, evil),
        config=SiteConfig(release=evil, enabled_methods=frozenset({evil})),
        write_access=PrivilegesMissing(missing=(MissingPrivilege("INSERT", evil),)),
        warnings=(OldMoodle(release=evil),),
    )
    screen = drawn(checks_table(FRENCH, checks), 300)
    assert "\x1b" not in screen
    assert "\u202e" not in screen
    assert "\nfake" not in screen
    assert "[red]x[/red]" in screen
