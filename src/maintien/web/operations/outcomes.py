"""What became of an operation, as its row keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from maintien.errors.known import ERRORS
from maintien.errors.tree import MaintienError
from maintien.reports.language import Texts
from maintien.reports.wording import error_text
from maintien.web.models import OperationState


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an operation ended, or that it is to be gone on with."""

    state: OperationState
    run: int | None = None
    result: dict[str, object] = field(default_factory=dict)
    error: MaintienError | None = None

    @property
    def failure(self) -> dict[str, object]:
        """The error as JSON, so that it can be told in the language of whoever reads it."""
        if self.error is None:
            return {}
        fields = {
            name: value if isinstance(value, int | str) else str(value)
            for name, value in self.error.fields.items()
        }
        return {"error": type(self.error).__name__, "fields": fields}


def failure_text(texts: Texts, failure: Mapping[str, object]) -> str:
    """Say why an operation failed; of a fault of the program nothing is known here."""
    kind = ERRORS.get(str(failure.get("error", "")))
    fields = failure.get("fields")
    if kind is not None and isinstance(fields, dict):
        return error_text(texts, kind(**fields))
    return texts.gettext(
        "Something went wrong in the program. Nothing more is known here; its log says what."
    )
