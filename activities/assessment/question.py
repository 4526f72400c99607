"""What somebody wants to know of a switch, or to start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.licenses.pilot import require_one_pilot, require_soaked_pilot
from domain.reasons.reasons import BEFORE_ORDER
from domain.requests.terms import SwitchOptions, SwitchTerms, require_possible

ACTIVE = "active"


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchQuestion:
    """The terms of a switch, and what of it is asked."""

    terms: SwitchTerms
    #: First day of the quote; None is today in the organization's zone.
    quoted_on: date | None = None
    stage: str = BEFORE_ORDER
    #: The switch on whose behalf it is asked, whose own locks do not count.
    own_switch_id: str | None = None
    #: Subscription that is owned already and is to receive the users.
    target_subscription_id: str | None = None
    #: Users that move; None: every user of the source.
    users_to_move: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no switch can be asked for.

        Raises:
            InvalidInput: A word is not known, the seller does not sell the term, or there are two pilots.
        """
        require_possible(self.terms)
        require_one_pilot(self.terms.pilot, self.terms.pilot_group_id)


def require_startable(options: SwitchOptions) -> None:
    """Refuse what can be asked, and not started: a look at a pilot that nobody is in.

    Raises:
        InvalidInput: There is a time to look at the pilot, and no pilot.
    """
    require_soaked_pilot(options.pilot, options.pilot_group_id, options.pilot_soak_seconds)
