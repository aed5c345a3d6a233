"""What changing or removing manual enrolments does or did: on a terminal, and as a JSON document."""

from maintien.planning.policy import EndDatePolicy, UnenrolPolicy
from maintien.reports.conversion import ConversionHeader, ConversionReport
from maintien.reports.conversion_screen import ConversionScreen
from maintien.reports.manual_edit_screen import EndDateScreen, UnenrolScreen

__all__ = ["EditReport", "new_policy_report"]


class EditReport(ConversionReport):
    """Takes plans one at a time, as a conversion's report does."""

    @property
    def screen_type(self) -> type[ConversionScreen]:
        """What draws it."""
        return UnenrolScreen if isinstance(self.header.policy, UnenrolPolicy) else EndDateScreen


def new_policy_report(header: ConversionHeader, *, keep_documents: bool = False) -> ConversionReport:
    """Make an empty report that words what the header's policy does."""
    if isinstance(header.policy, EndDatePolicy | UnenrolPolicy):
        return EditReport(header, keep_documents=keep_documents)
    return ConversionReport(header, keep_documents=keep_documents)
