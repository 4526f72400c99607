"""Settings that go over to the new plan: those of the subscription and of users' services."""

from __future__ import annotations

from typing import Any

from domain.kernel.recorded import keep_text, stored
from domain.switch.stage import FORWARD, Stage
from domain.switch.switch_state import SwitchEvent, SwitchState


@stored("subscription.settings-carried")
class SettingsCarried(SwitchEvent):
    """The new subscription got what hung on the old one, or the seller refused that.

    See rules#quote-and-cutover.
    """

    AFTER = frozenset({Stage.CUT_OVER})

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


@stored("subscription.source-settings-changed")
class SourceSettingsChanged(SwitchEvent):
    """Somebody changed the renewal of the old subscription between the request and its cancellation."""

    AFTER = frozenset({Stage.MOVED})

    #: What the seller states of its renewal; None where it states nothing.
    renewal: dict[str, Any] | None


@stored("subscription.settings-lost")
class SettingsLost(SwitchEvent):
    """Something that hung on the old subscription is not at the new one: an open point of the operator."""

    AFTER = frozenset({Stage.CUT_OVER})

    #: The seller's id of the new subscription.
    subscription_id: str
    #: For each: `setting`, `wanted`, and `code` and `message` of the refusal, or why it fits no more.
    lost: list[dict[str, str]]
    #: sha256 over the provider calls of the step.
    calls_digest: str


@stored("subscription.service-settings-reassessed")
class ServiceSettingsReassessed(SwitchEvent):
    """The directory's list of the new plan was read after the order, and tells more.

    See rules#service_not_in_plan.

    Before the order the organization may not have had the plan, and our list of its services counted.
    """

    class_version = 2
    upcast_v1_v2 = staticmethod(keep_text)

    AFTER = frozenset({Stage.MOVING})

    #: `code` and `details` of each finding that the request did not tell, before version 2 also its words.
    findings: list[dict[str, Any]]


@stored("subscription.locations-asked")
class LocationsAsked(SwitchEvent):
    """The directory is asked to give users a usage location who have none: without one nobody gets a license.

    See rules#usage-location. It is recorded before it is asked, and stays whatever becomes of the switch.
    """

    AFTER = FORWARD | {Stage.READY}

    #: Country, ISO 3166-1 alpha-2.
    location: str
    #: Opaque keys of the users (ADR 9).
    user_keys: list[str]

    def tally(self, state: SwitchState) -> None:
        """Note who was to get which location."""
        state.usage_locations |= dict.fromkeys(self.user_keys, self.location)
