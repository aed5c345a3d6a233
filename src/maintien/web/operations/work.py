"""What carries an operation out is given."""

from dataclasses import dataclass

from maintien.uses.callers import Caller
from maintien.web.models import Operation
from maintien.web.operations.heart import Heart


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """An operation that a worker has taken."""

    operation: Operation
    heart: Heart
    caller: Caller
