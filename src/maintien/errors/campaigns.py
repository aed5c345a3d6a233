"""Campaign files, and why a campaign does not run."""

from maintien.errors.tree import MaintienError, UsageError
from maintien.messages import N_


class CampaignFileUnreadable(UsageError):
    """The campaign file can't be opened or is no text."""

    message = N_("The campaign file {path} can't be read: {reason}")


class CampaignFileBroken(UsageError):
    """The campaign file is not TOML."""

    message = N_("{path}, line {line}: {reason}")


class CampaignFault(UsageError):
    """Something outside of the rules of a campaign file is wrong."""

    message = N_("In {path}, {key}: {reason}")


class CampaignRuleFault(UsageError):
    """Something in a rule of a campaign file is wrong."""

    message = N_("In {path}, rule {rule!r}, {key}: {reason}")


class CampaignExclusionFault(UsageError):
    """Something in an exclusion of a campaign file is wrong."""

    message = N_("In {path}, exclusion {number}, {key}: {reason}")


class FaultyCampaign(UsageError):
    """A campaign file has several faults, each of which has been said."""

    message = N_("{path} has {faults} faults, named above, and nothing is done.")


class UnknownKey(UsageError):
    """A table of a campaign file has a key that means nothing there."""

    message = N_("There is no such key here; keys are {known}.")


class WrongValue(UsageError):
    """A key of a campaign file has a value of another kind than it takes."""

    message = N_("It takes {expected}, not {found}.")


class CampaignTooLarge(MaintienError):
    """A campaign would convert more people than its file allows."""

    message = N_(
        "The campaign {campaign!r} would convert {people} people, more than max_people allows ({limit}), and"
        " nothing is written: look at its preview, and add --even-if-many if that is what you want."
    )


class CampaignShareTooLarge(MaintienError):
    """A campaign would convert a larger part of the site's people than its file allows."""

    message = N_(
        "The campaign {campaign!r} would convert {people} of the {enrolled} people enrolled on the site, a"
        " larger part than max_share allows ({limit} of a hundred), and nothing is written: look at its"
        " preview, and add --even-if-many if that is what you want."
    )


class CampaignIsOff(UsageError):
    """The web application runs a campaign only on its days."""

    message = N_("The campaign {campaign!r} is not on now: outside of its days nothing is done.")


class CampaignWithoutCourse(UsageError):
    """No course of the site is under a rule."""

    message = N_("No course of this site is under a rule of the campaign {campaign!r}.")


class CampaignElsewhere(UsageError):
    """The campaign is about courses in which the person has no rights."""

    message = N_(
        "{courses} courses of the campaign {campaign!r} are outside your categories: an administrator has to"
        " run it."
    )
