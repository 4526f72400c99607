"""The event of settings that the new subscription got from the old one."""

from __future__ import annotations

from domain import switch_state as stages
from domain.recorded import stored
from domain.switch_state import SwitchEvent


@stored("subscription.settings-carried")
class SettingsCarried(SwitchEvent):
    """The new subscription got what hung on the old one, or the seller refused that (rules section 5)."""

    AFTER = frozenset({stages.CUT_OVER})

    #: The seller's id of the new subscription.
    subscription_id: str
    #: on or off; "": left as the seller has set it.
    auto_renew: str
    #: Licenses that are scheduled for its renewal; 0: nothing is.
    scheduled_quantity: int
    #: It has the friendly name of the old one.
    is_name_carried: bool
    #: Why the seller refused; "" when it did not.
    code: str
    message: str
    #: sha256 over the provider calls of the step.
    calls_digest: str
