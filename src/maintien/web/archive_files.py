"""The files of uploaded archives, and of what was made of them: where they are, and until when."""

from contextlib import suppress
from pathlib import Path
from typing import Final

from maintien.mbz.locations import ArchiveLocation
from maintien.web.keys import prepare_folder
from maintien.web.models import Operation, OperationKind, UploadedArchive
from maintien.web.models.operations import UNFINISHED
from maintien.web.surroundings import now, surroundings

KEPT: Final = 24 * 60 * 60
"""Seconds: after a day an archive is gone, whoever forgot it."""
MOST_KEPT: Final = 20
"""Archives of one account."""

WORK_ON_ARCHIVES: Final = (OperationKind.LOOK_INTO, OperationKind.CONVERT_ARCHIVE)


def uploads_folder() -> Path:
    """Give the folder of uploads; only its owner may look into it."""
    return prepare_folder(surroundings().configuration.folder / "uploads")


def path_of_upload(archive: UploadedArchive) -> Path:
    """Tell where an uploaded archive is."""
    return uploads_folder() / f"archive-{archive.pk}.mbz"


def path_of_converted(archive: UploadedArchive) -> Path:
    """Tell where the archive is that was made of it."""
    return uploads_folder() / f"archive-{archive.pk}-converted.mbz"


def location_of(archive: UploadedArchive) -> ArchiveLocation:
    """Give the place of an uploaded archive, under the name that its owner knows."""
    return ArchiveLocation(name=archive.name, address=str(path_of_upload(archive)))


def operations_of(archive: UploadedArchive) -> "list[Operation]":
    """List the work on an archive, the newest first."""
    return list(
        Operation.objects.filter(site="", kind__in=WORK_ON_ARCHIVES, target=archive.pk).order_by("-id")
    )


def remove_archive(archive: UploadedArchive) -> None:
    """Remove an archive, its files, and stop what goes on with it."""
    Operation.objects.filter(
        site="", kind__in=WORK_ON_ARCHIVES, target=archive.pk, state__in=UNFINISHED
    ).update(is_to_stop=True)
    for path in (path_of_upload(archive), path_of_converted(archive)):
        with suppress(FileNotFoundError):
            path.unlink()
    archive.delete()


def remove_old_archives() -> None:
    """Remove archives that were kept long enough, and what broken-off uploads left behind."""
    for archive in UploadedArchive.objects.filter(uploaded_at__lt=now() - KEPT).order_by("id"):
        remove_archive(archive)
    known = {
        path
        for archive in UploadedArchive.objects.order_by("id")
        for path in (path_of_upload(archive), path_of_converted(archive))
    }
    for path in uploads_folder().iterdir():
        with suppress(FileNotFoundError):
            if path not in known and path.stat().st_mtime < now() - KEPT:
                path.unlink()
