"""The words of a forecast: what happens to people, and what the feeds say of them."""

from typing import Final

from maintien.enrolments.forecast import ListedState, UnenrolEffect
from maintien.messages import N_
from maintien.reports.forecast_document import RegisterState
from maintien.reports.language import Texts

_EFFECTS: Final = {
    UnenrolEffect.KEPT: N_("kept"),
    UnenrolEffect.SUSPENDED: N_("suspended"),
    UnenrolEffect.SUSPENDED_WITHOUT_ROLES: N_("suspended, roles removed"),
    UnenrolEffect.UNENROLLED: N_("unenrolled"),
}

_STATES: Final = {
    ListedState.LISTED: N_("still listed"),
    ListedState.DROPPED: N_("dropped, waits for the next sync"),
    ListedState.SPARED: N_("spared: the register is empty"),
    ListedState.UNKNOWN: N_("unknown"),
}

_REGISTERS: Final = {
    RegisterState.READ: N_("cohorts and external database, as they are now"),
    RegisterState.EMPTY: N_("cohorts, as they are now; the external table names no course"),
    RegisterState.UNREADABLE: N_("cohorts, as they are now; the external database can't be read"),
    RegisterState.NOT_CONFIGURED: N_("cohorts, as they are now; no external table is set up"),
}


def effect_text(texts: Texts, effect: UnenrolEffect) -> str:
    """Say what happens to somebody whom the feeds drop."""
    return texts.gettext(_EFFECTS[effect])


def state_text(texts: Texts, state: ListedState) -> str:
    """Say what the feeds say of somebody."""
    return texts.gettext(_STATES[state])


def register_text(texts: Texts, state: RegisterState) -> str:
    """Say which feeds were read."""
    return texts.gettext(_REGISTERS[state])
