"""Where each page is; what each asks for is in rights/pages.py."""

from django.urls import URLPattern, URLResolver, include, path

from maintien.web.middleware.reading import ELSEWHERE
from maintien.web.surroundings import surroundings
from maintien.web.views import (
    accounts,
    added_sites,
    archives,
    audit,
    bulk_edits,
    campaigns,
    courses,
    health,
    new_plans,
    operations,
    own_account,
    participants,
    plans,
    runs,
    signing_in,
    sites,
)

handler400 = "maintien.web.views.failures.bad_request"
handler403 = "maintien.web.views.failures.forbidden"
handler404 = "maintien.web.views.failures.not_found"
handler500 = "maintien.web.views.failures.broken"

_OF_A_SITE: list[URLPattern | URLResolver] = [
    path("courses", courses.list_courses, name="courses"),
    path("courses/chart.svg", courses.draw_site_chart, name="courses-chart"),
    path("courses/count", courses.count_again, name="count"),
    path("courses/<int:course>", courses.show_course, name="course"),
    path("courses/<int:course>/chart.svg", courses.draw_chart, name="course-chart"),
    path("courses/<int:course>/participants", participants.list_participants, name="participants"),
    path("courses/<int:course>/end-date", bulk_edits.edit_end_dates, name="end-date-new"),
    path("plans", plans.list_plans, name="plans"),
    path("plans/new", new_plans.new_plan, name="plan-new"),
    path("plans/campaign", campaigns.new_campaign, name="campaign-new"),
    path("plans/rescue", new_plans.new_rescue, name="rescue-new"),
    path("plans/<int:plan>", plans.show_plan, name="plan"),
    path("plans/<int:plan>/courses/<int:course>", plans.show_planned_course, name="plan-course"),
    path("plans/<int:plan>/backups/<int:course>", plans.download_backup, name="plan-backup"),
    path("plans/<int:plan>/file", plans.download_plan, name="plan-file"),
    path("plans/<int:plan>/apply", plans.apply_plan, name="plan-apply"),
    path("plans/<int:plan>/approve", plans.approve_plan, name="plan-approve"),
    path("plans/<int:plan>/reject", plans.reject_plan, name="plan-reject"),
    path("operations/<int:operation>", operations.show_operation, name="operation"),
    path("operations/<int:operation>/stop", operations.stop_operation, name="operation-stop"),
    path("runs", runs.list_runs, name="runs"),
    path("runs/<int:run>", runs.show_run, name="run"),
    path("runs/<int:run>/courses/<int:course>", runs.show_run_course, name="run-people"),
    path("runs/<int:run>/table.xlsx", runs.download_table, name="run-table"),
    path("runs/<int:run>/undo", runs.preview_undo, name="undo"),
    path("runs/<int:run>/undo/confirm", runs.undo, name="undo-confirm"),
    path("runs/<int:run>/resume", runs.resume, name="resume"),
    path("settings", sites.site_settings, name="site-settings"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", sites.list_sites, name="sites"),
    path("health", health.health, name="health"),
    path("favicon.ico", health.icon, name="icon"),
    path("sign-in", signing_in.sign_in, name="sign-in"),
    path("sign-out", signing_in.sign_out, name="sign-out"),
    path("link/<str:secret>", signing_in.one_time_link, name="one-time-link"),
    path("language", signing_in.language, name="language"),
    path("archives", archives.list_archives, name="archives"),
    path("archives/<int:archive>", archives.show_archive, name="archive"),
    path("archives/<int:archive>/convert", archives.convert_archive, name="archive-convert"),
    path("archives/<int:archive>/download", archives.download_archive, name="archive-download"),
    path("archives/<int:archive>/remove", archives.remove, name="archive-remove"),
    path("account", own_account.own_account, name="own-account"),
    path("accounts", accounts.list_accounts, name="accounts"),
    path("accounts/new", accounts.new_account, name="account-new"),
    path("accounts/<int:number>", accounts.show_account, name="account"),
    path("accounts/<int:number>/link", accounts.new_link, name="account-link"),
    path("accounts/<int:number>/right", accounts.change_right, name="account-right"),
    path("accounts/<int:number>/active", accounts.change_active, name="account-active"),
    path("added-sites", added_sites.list_added, name="added-sites"),
    path("added-sites/new", added_sites.new_site, name="site-new"),
    path("added-sites/<int:number>", added_sites.show_added, name="added-site"),
    path("added-sites/<int:number>/test", added_sites.try_added, name="site-test"),
    path("added-sites/<int:number>/remove", added_sites.remove_added, name="site-remove"),
    path("audit", audit.show_audit, name="audit"),
    path("sites/<str:site>/", include(_OF_A_SITE)),
]


def _elsewhere() -> list[URLPattern | URLResolver]:
    """Give the pages of libraries that sign people in at another service, where they are used."""
    configuration = surroundings().configuration
    pages: list[URLPattern | URLResolver] = []
    if configuration.cas:
        from django_cas_ng.views import CallbackView, LoginView  # noqa: PLC0415 -- an extra

        pages += [
            path("cas/login", LoginView.as_view(), name="cas_ng_login"),
            path("cas/callback", CallbackView.as_view(), name="cas_ng_proxy_callback"),
        ]
    if configuration.oidc is not None:
        pages.append(path("oidc/", include("mozilla_django_oidc.urls")))
    return pages


urlpatterns.append(path(ELSEWHERE.removeprefix("/"), include((_elsewhere(), "sign_in_elsewhere"))))
