"""Backup archives: uploaded, looked into, converted, and downloaded again. Nothing of a site is touched."""

import shutil
from pathlib import Path
from typing import Any, ClassVar, Final, cast

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from maintien.errors.tree import UsageError
from maintien.messages import N_
from maintien.moodle.values import AUTOMATIC_METHODS
from maintien.reports.language import Texts
from maintien.reports.safe_text import printable
from maintien.reports.wording import error_text
from maintien.uses.archives import NEW_METHOD, make_archive_request, require_zone
from maintien.uses.conversion_request import ConversionRequest, require_no_conflict
from maintien.web import audit
from maintien.web.archive_files import (
    MOST_KEPT,
    operations_of,
    path_of_converted,
    path_of_upload,
    remove_archive,
)
from maintien.web.forms import TranslatedForm
from maintien.web.models import Operation, OperationKind, UploadedArchive
from maintien.web.operations.asking import ask
from maintien.web.operations.outcomes import failure_text
from maintien.web.requests import PageRequest, account_of
from maintien.web.surroundings import now, surroundings
from maintien.web.throttling import throttle
from maintien.web.uploads import is_too_large
from maintien.web.views.archive_words import conversion_words, summary_words
from maintien.web.views.plan_forms import method_choices

_TOO_LARGE: Final = 413
_LONGEST_NAME: Final = 200


class ArchiveForm(TranslatedForm):
    """What is made of an archive."""

    labels: ClassVar = {
        "until": N_("Last day of access"),
        "zone": N_("Time zone"),
        "like_moodle": N_("Exactly as Moodle’s own procedure does it"),
        "methods": N_("Enrolment methods"),
        "roles": N_("Roles"),
        "include_suspended": N_("Suspended enrolments too"),
        "keep_groups": N_("Keep memberships of groups"),
        "enable_manual": N_("Enable manual enrolments where they are disabled"),
        "new_method": N_("A course without manual enrolments gets them"),
    }
    hints: ClassVar = {
        "until": N_("Access lasts to the end of this day."),
        "zone": N_("An archive names none. Such as Europe/Paris."),
        "like_moodle": N_("All methods and roles, suspended people too, no groups. Leave the rest as it is."),
        "roles": N_("Short names, separated by commas; “all” for all of them."),
    }
    until = forms.CharField(max_length=40, widget=forms.DateInput(attrs={"type": "date"}))
    zone = forms.CharField(max_length=60)
    methods = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False)
    roles = forms.CharField(max_length=400, initial="student")
    include_suspended = forms.BooleanField(required=False)
    keep_groups = forms.BooleanField(required=False, initial=True)
    enable_manual = forms.BooleanField(required=False)
    new_method = forms.ChoiceField()
    like_moodle = forms.BooleanField(required=False)

    def __init__(self, texts: Texts, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own
        initial = {"zone": str(surroundings().machine.zone), "methods": sorted(AUTOMATIC_METHODS)}
        super().__init__(texts, *args, initial=initial, **kwargs)
        self._offer("methods", list(method_choices(texts).items()))
        words = {"enabled": texts.gettext("enabled"), "disabled": texts.gettext("disabled")}
        self._offer("new_method", [(word, words[word]) for word in NEW_METHOD])

    def clean(self) -> dict[str, Any]:
        """Check the words as the command line does."""
        if self.errors:
            return self.cleaned_data
        options = self.options()
        try:
            zone, new_method = require_zone(options.pop("zone")), options.pop("new_method")
            request = ConversionRequest(**options)
            require_no_conflict(request)
            make_archive_request(request, now=now(), zone=zone, new_method=new_method)
        except UsageError as error:
            raise forms.ValidationError(error_text(self.texts, error)) from error
        return self.cleaned_data

    def options(self) -> dict[str, Any]:
        """Give the options as an operation keeps them."""
        values = self.cleaned_data
        kept = {name: values[name] for name in ("until", "zone", "new_method", "like_moodle")}
        if values["like_moodle"]:
            return kept
        return kept | {
            "methods": ",".join(values["methods"]) or None,
            "roles": values["roles"],
            "end_roles": values["roles"],
            "include_suspended": values["include_suspended"],
            "no_keep_groups": not values["keep_groups"],
            "enable_manual": values["enable_manual"],
        }

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice


def list_archives(request: HttpRequest) -> HttpResponse:
    """List the reader's own archives. POST takes a new one."""
    asked = cast("PageRequest", request)
    if request.method == "POST":
        return _take(asked)
    return _list(asked)


def show_archive(request: HttpRequest, archive: int) -> HttpResponse:
    """Show what is in an archive, what can be made of it, and what was."""
    asked = cast("PageRequest", request)
    return _show(asked, _require(asked, archive), ArchiveForm(asked.texts))


def convert_archive(request: HttpRequest, archive: int) -> HttpResponse:
    """Have a worker make a small archive of manual enrolments."""
    asked = cast("PageRequest", request)
    found = _require(asked, archive)
    form = ArchiveForm(asked.texts, request.POST)
    if not form.is_valid():
        return _show(asked, found, form)
    if not all(operation.is_over for operation in operations_of(found)):
        return redirect("archive", archive=found.pk)
    throttle(asked, "archive")
    UploadedArchive.objects.filter(pk=found.pk).update(converted={})
    account = account_of(asked)
    ask(OperationKind.CONVERT_ARCHIVE, site="", account=account, target=found.pk, options=form.options())
    audit.note(asked, "archive_converted", archive=found.pk, name=found.name)
    return redirect("archive", archive=found.pk)


def download_archive(request: HttpRequest, archive: int) -> FileResponse:
    """Give the converted archive, to be restored on the site with Moodle's own pages."""
    asked = cast("PageRequest", request)
    found = _require(asked, archive)
    path = path_of_converted(found)
    if not found.converted.get("is_written") or not path.exists():
        raise Http404
    audit.note(asked, "archive_downloaded", archive=found.pk, name=found.name)
    name = f"{Path(found.name).stem}-manual.mbz"
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream"
    )


def remove(request: HttpRequest, archive: int) -> HttpResponse:
    """Remove an archive and what was made of it, at once."""
    asked = cast("PageRequest", request)
    found = _require(asked, archive)
    audit.note(asked, "archive_removed", archive=found.pk, name=found.name)
    remove_archive(found)
    messages.info(request, asked.texts.gettext(N_("The archive is removed.")))
    return redirect("archives")


def _take(request: PageRequest) -> HttpResponse:
    """Move an upload to its place, and have a worker look into it."""
    account = account_of(request)
    file = request.FILES.get("archive")
    if is_too_large(request):
        return _list(request, N_("The file is larger than this application takes."), status=_TOO_LARGE)
    if not isinstance(file, TemporaryUploadedFile):
        return _list(request, N_("Choose a backup archive first."))
    if UploadedArchive.objects.filter(account=account).count() >= MOST_KEPT:
        return _list(request, N_("You have many archives here already: remove some first."))
    throttle(request, "archive")
    found = UploadedArchive(
        account=account,
        name=printable(file.name or "")[:_LONGEST_NAME] or "archive.mbz",
        size=file.size or 0,
        uploaded_at=now(),
    )
    found.save()
    # Its own object deletes what is still there when the request is over.
    shutil.move(file.temporary_file_path(), path_of_upload(found))
    ask(OperationKind.LOOK_INTO, site="", account=account, target=found.pk)
    audit.note(request, "archive_uploaded", archive=found.pk, name=found.name, size=found.size)
    return redirect("archive", archive=found.pk)


def _list(request: PageRequest, sentence: str = "", *, status: int = 200) -> HttpResponse:
    context = {
        "zone": surroundings().machine.zone,
        "archives": UploadedArchive.objects.filter(account=account_of(request)).order_by("-id"),
        "largest": surroundings().configuration.largest_upload,
        "largest_megabytes": surroundings().configuration.largest_upload >> 20,
        "sentence": request.texts.gettext(sentence) if sentence else "",
    }
    return render(request, "maintien/archives.html", context, status=status)


def _show(request: PageRequest, archive: UploadedArchive, form: ArchiveForm) -> HttpResponse:
    operations = operations_of(archive)
    operation = operations[0] if operations else None
    texts = request.texts
    context = {
        "zone": surroundings().machine.zone,
        "archive": archive,
        "operation": operation,
        "failure": _failure(texts, operation),
        "summary": summary_words(texts, archive.summary) if archive.summary else None,
        "made": _made(texts, archive, operations),
        "form": form,
    }
    template = "maintien/archive_state.html" if request.htmx else "maintien/archive.html"
    response = render(request, template, context)
    if request.htmx and (operation is None or operation.is_over):
        response.headers["HX-Refresh"] = "true"
    return response


def _made(texts: Texts, archive: UploadedArchive, operations: list[Operation]) -> dict[str, Any] | None:
    """Say what was made of an archive, in the zone in which its end date was meant."""
    if not archive.converted:
        return None
    newest = next(each for each in operations if each.kind == OperationKind.CONVERT_ARCHIVE)
    return conversion_words(texts, archive.converted, require_zone(newest.options["zone"]))


def _failure(texts: Texts, operation: Operation | None) -> str:
    if operation is None or operation.state != "failed":
        return ""
    return failure_text(texts, operation.failure)


def _require(request: PageRequest, number: int) -> UploadedArchive:
    """Give an archive of the reader's own."""
    found = UploadedArchive.objects.filter(pk=number, account=account_of(request)).first()
    if found is None:
        raise Http404
    return found
