"""Where in a campaign file something is wrong."""

from dataclasses import dataclass
from typing import TypeAlias

from maintien.errors.campaigns import CampaignExclusionFault, CampaignFault, CampaignRuleFault
from maintien.errors.tree import MaintienError, UsageError
from maintien.runs.campaign_file.form import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class InSection:
    """In a table that there is once."""

    path: str
    section: Section

    def fault(self, key: str, reason: MaintienError | str) -> UsageError:
        """Say what is wrong with a key."""
        return CampaignFault(path=self.path, key=f"{self.section.value}.{key}", reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTop:
    """Among the tables themselves."""

    path: str

    def fault(self, key: str, reason: MaintienError | str) -> UsageError:
        """Say what is wrong with a table."""
        return CampaignFault(path=self.path, key=key, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class InRule:
    """In a rule, by its name, or by its place where it has none."""

    path: str
    rule: str

    def fault(self, key: str, reason: MaintienError | str) -> UsageError:
        """Say what is wrong with a key."""
        return CampaignRuleFault(path=self.path, rule=self.rule, key=key, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class InExclusion:
    """In an exclusion, by its place, from 1."""

    path: str
    number: int

    def fault(self, key: str, reason: MaintienError | str) -> UsageError:
        """Say what is wrong with a key."""
        return CampaignExclusionFault(path=self.path, number=self.number, key=key, reason=reason)


Place: TypeAlias = AtTop | InSection | InRule | InExclusion
