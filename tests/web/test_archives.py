"""Uploaded archives: whatever is in them, they are looked into and converted, or refused in a sentence."""

import io
import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client

from maintien.errors.archives import RepeatedRow
from maintien.mbz.fleet_worker import Bounds, work_on
from maintien.web.archive_files import KEPT, MOST_KEPT, remove_old_archives, uploads_folder
from maintien.web.models import AuditEntry, Operation, UploadedArchive
from maintien.web.operations import archives
from maintien.web.rights.roles import Role
from maintien.web.surroundings import surroundings
from tests.mbz.hostile import HOSTILE, good_tar, good_zip
from tests.web.conftest import SignIn, WebApplication

UNTIL = "2028-08-31"


def upload(client: Client, content: bytes, name: str = "backup.mbz") -> UploadedArchive:
    response = client.post("/archives", {"archive": SimpleUploadedFile(name, content)})
    assert response.status_code == 302, response.content.decode()
    found = UploadedArchive.objects.order_by("-id").first()
    assert found is not None
    return found


def page_of(client: Client, archive: UploadedArchive) -> str:
    response = client.get(f"/archives/{archive.pk}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def engineer(sign_in: SignIn) -> Client:
    """Somebody with rights in one category of one site."""
    return sign_in("engineer", (Role.ENGINEER, "demo", 1))


@pytest.fixture
def smallest_limit(application: WebApplication) -> Iterator[int]:
    """Let the application take almost nothing."""
    del application
    limit, here = 100_000, surroundings()
    configuration = replace(here.configuration, largest_upload=limit)
    settings.MAINTIEN = replace(here, configuration=configuration)
    yield limit
    settings.MAINTIEN = here


@pytest.mark.parametrize("make", [good_tar, good_zip], ids=["gzip tar", "zip"])
def test_an_archive_is_looked_into_converted_and_downloaded(
    engineer: Client, work: Callable[[], None], make: Callable[[], bytes]
) -> None:
    archive = upload(engineer, make())
    assert "is being looked into" in page_of(engineer, archive)
    work()
    page = page_of(engineer, archive)
    assert "What is in it" in page
    assert "External database" in page
    values = {"until": UNTIL, "zone": "Europe/Paris", "methods": ["database", "cohort"], "roles": "student"}
    response = engineer.post(
        f"/archives/{archive.pk}/convert", {**values, "new_method": "enabled", "keep_groups": "on"}
    )
    assert response.status_code == 302, response.content.decode()
    work()
    archive.refresh_from_db()
    assert archive.converted["is_written"], archive.converted
    assert "2028-08-31 23:59" in page_of(engineer, archive)
    download = engineer.post(f"/archives/{archive.pk}/download")
    assert download.headers["Content-Disposition"] == 'attachment; filename="backup-manual.mbz"'
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    content = b"".join(download.streaming_content)  # type: ignore[attr-defined]
    with tarfile.open(fileobj=io.BytesIO(content)) as made:
        assert "course/enrolments.xml" in made.getnames()
    assert {entry.action for entry in AuditEntry.objects.order_by("id")} >= {
        "archive_uploaded",
        "archive_converted",
        "archive_downloaded",
    }


def test_each_hostile_archive_is_refused_in_a_sentence(
    application: WebApplication,
    administrator: Client,
    work: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("maintien.web.views.archives.MOST_KEPT", len(HOSTILE))
    # A process each takes time; that they have one is the next test's.
    monkeypatch.setattr(archives, "work_bounded", lambda job, place, *_, **__: work_on(job, place))
    uploaded = {}
    for number, (name, (make, _kind)) in enumerate(HOSTILE.items()):
        application.clock.now += 60 * (number % 10 == 0)
        uploaded[name] = upload(administrator, make(), f"<b>{number}</b>.mbz")
    work()
    for name, archive in uploaded.items():
        page = page_of(administrator, archive)
        operation = Operation.objects.get(kind="look_into", target=archive.pk)
        # Counting needs no rows, so two of one id stay unnoticed.
        expected = "done" if HOSTILE[name][1] is RepeatedRow else "failed"
        assert operation.state == expected, name
        assert ("alert-danger" in page) == (expected == "failed"), name
        assert "Something went wrong" not in page, name
        assert str(application.folder) not in page, name
        assert "<b>" not in page, name


def test_a_file_beyond_the_limit_is_stopped_while_it_arrives(
    administrator: Client, smallest_limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = 0

    def count(_handler: object, raw: bytes, _start: int) -> None:
        nonlocal written
        written += len(raw)

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", count)
    response = administrator.post(
        "/archives", {"archive": SimpleUploadedFile("x.mbz", bytes(10 * smallest_limit))}
    )
    assert response.status_code == 413
    assert "larger than this application takes" in response.content.decode()
    assert written == 0
    # Somebody who lies about the length is stopped by what arrives.
    response = administrator.post(
        "/archives",
        {"archive": SimpleUploadedFile("x.mbz", bytes(smallest_limit + 1000))},
    )
    assert response.status_code == 413
    assert written <= smallest_limit
    assert not UploadedArchive.objects.exists()
    assert list(uploads_folder().iterdir()) == []


def test_whoever_may_not_upload_is_refused_before_the_file_is_read(
    application: WebApplication, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unread(*_: object) -> None:
        raise AssertionError("the file was read")

    monkeypatch.setattr("maintien.web.uploads.BoundedUploadHandler.new_file", unread)
    file = {"archive": SimpleUploadedFile("x.mbz", good_tar())}
    assert Client(enforce_csrf_checks=True).post("/archives", file).status_code == 302
    viewer = sign_in("viewer", (Role.VIEWER, "", None))
    assert viewer.post("/archives", file).status_code == 403


def test_pages_that_ask_for_no_file_take_none(administrator: Client) -> None:
    file = {"archive": SimpleUploadedFile("x.mbz", good_tar()), "needs_four_eyes": "on"}
    administrator.post("/sites/demo/settings", file)
    assert list(uploads_folder().iterdir()) == []


def test_an_archive_is_its_owners_alone(
    engineer: Client, administrator: Client, work: Callable[[], None]
) -> None:
    archive = upload(engineer, good_tar())
    work()
    for path in (f"/archives/{archive.pk}",):
        assert administrator.get(path).status_code == 404
    for action in ("convert", "download", "remove"):
        assert administrator.post(f"/archives/{archive.pk}/{action}").status_code == 404
    assert f"/archives/{archive.pk}" not in administrator.get("/archives").content.decode()


def test_archives_are_removed_when_asked_and_after_a_day(
    application: WebApplication, engineer: Client, work: Callable[[], None]
) -> None:
    first, second = upload(engineer, good_tar()), upload(engineer, good_zip())
    work()
    assert len(list(uploads_folder().iterdir())) == 2
    engineer.post(f"/archives/{first.pk}/remove")
    assert engineer.get(f"/archives/{first.pk}").status_code == 404
    assert len(list(uploads_folder().iterdir())) == 1
    (uploads_folder() / "broken-off.upload").write_bytes(b"PK")
    application.clock.now += KEPT + 1
    os.utime(uploads_folder() / "broken-off.upload", (0, 0))
    remove_old_archives()
    assert engineer.get(f"/archives/{second.pk}").status_code == 404
    assert list(uploads_folder().iterdir()) == []


def test_one_account_keeps_so_many_archives_and_no_more(
    application: WebApplication, engineer: Client
) -> None:
    for number in range(MOST_KEPT):
        application.clock.now += 60 * (number % 10 == 0)
        upload(engineer, good_tar())
    application.clock.now += 60
    response = engineer.post("/archives", {"archive": SimpleUploadedFile("x.mbz", good_tar())})
    assert "remove some first" in response.content.decode()
    assert UploadedArchive.objects.count() == MOST_KEPT
    assert len(list(uploads_folder().iterdir())) == MOST_KEPT


def test_an_archive_that_kills_its_process_fails_alone(
    engineer: Client, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not enough for the program itself.
    monkeypatch.setattr(archives, "BOUNDS", Bounds(memory=1 << 20, seconds=60))
    archive = upload(engineer, good_tar())
    work()
    assert Operation.objects.get(target=archive.pk).state == "failed"
    assert "alert-danger" in page_of(engineer, archive)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"zone": "Europe/Nowhere"}, "Europe/Nowhere"),
        ({"until": "2020-01-01"}, "2020-01-01"),
        ({"roles": "all,student"}, "all"),
    ],
)
def test_options_that_can_not_be_are_told(
    engineer: Client, work: Callable[[], None], values: dict[str, str], sentence: str
) -> None:
    archive = upload(engineer, good_tar())
    work()
    asked = {"until": UNTIL, "zone": "Europe/Paris", "roles": "student", "new_method": "enabled"}
    response = engineer.post(f"/archives/{archive.pk}/convert", {**asked, **values})
    assert sentence in response.content.decode()
    assert "alert-danger" in response.content.decode()
    assert not Operation.objects.filter(kind="convert_archive").exists()
