"""Takes uploaded files: on the pages that ask for one, up to a limit, into a private folder of ours.

The limit is held while bytes arrive, so that nothing larger is ever on the disk. Files are gone when the
request is over, unless a page has moved them elsewhere.
"""

from collections.abc import Mapping
from typing import Any, Final, cast

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

from maintien.web.surroundings import surroundings

LARGEST_CAMPAIGN: Final = 1 << 20
"""Bytes of a campaign file."""
_FRAMING: Final = 1 << 16
"""Bytes that a form is larger than its file, at most."""
_ARCHIVES: Final = "archives"


def limit_of(page: str) -> int:
    """Tell how large a file may be that a page takes; 0 where it takes none."""
    limits: Mapping[str, int] = {
        _ARCHIVES: surroundings().configuration.largest_upload,
        "campaign-new": LARGEST_CAMPAIGN,
    }
    return limits.get(page, 0)


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Stops an upload at the limit of its page."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        match = None if request is None else request.resolver_match
        self.limit = limit_of((match.url_name or "") if match else "")
        self.taken = 0
        self.is_declared_too_large = False

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ANN401 -- Django's own
        META: Mapping[str, str],  # noqa: N803 -- same
        content_length: int,
        boundary: Any,  # noqa: ANN401 -- same
        encoding: str | None = None,
    ) -> None:
        """Look at what the browser says that it will send."""
        del input_data, META, boundary, encoding
        self.is_declared_too_large = content_length > self.limit + _FRAMING

    def new_file(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's own
        """Begin a file, unless it is too large already."""
        if self.is_declared_too_large or not self.limit:
            self._stop()
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a part of the file; one beyond the limit is not."""
        self.taken += len(raw_data)
        if self.taken > self.limit:
            self._stop()
        super().receive_data_chunk(raw_data, start)

    def _stop(self) -> None:
        cast("Any", self.request).upload_is_too_large = True
        # Reading the rest would only help whoever sends it.
        raise StopUpload(connection_reset=True)


def is_too_large(request: HttpRequest) -> bool:
    """Whether the form came with a file that was stopped; asks for the form first."""
    return bool(request.FILES) is False and bool(getattr(request, "upload_is_too_large", False))
