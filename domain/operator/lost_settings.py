"""Open points of an operator: settings that the new subscription did not get, and locations that stay.

See rules#setting_lost and rules#locations_stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from domain.reasons.findings import Finding, FindingCode, finding
from domain.switch.settings_events import SettingsLost
from domain.switch.stage import Stage
from domain.switch.switch_state import SwitchState

#: Ends after which everyone is on the old plan.
STAGES_BACK = frozenset({Stage.DECLINED, Stage.EXPIRED, Stage.CANCELLED, Stage.FAILED, Stage.ROLLED_BACK})


class Setting(StrEnum):
    """What may go over to the new subscription."""

    AUTO_RENEW = "auto_renew"
    SCHEDULED_CHANGE = "scheduled_change"
    FRIENDLY_NAME = "friendly_name"


#: Setting -> its name in a sentence.
_WORDS = {
    Setting.AUTO_RENEW: "the automatic renewal",
    Setting.SCHEDULED_CHANGE: "the scheduled change",
    Setting.FRIENDLY_NAME: "the friendly name",
}


def open_points(state: SwitchState) -> tuple[Finding, ...]:
    """Return what is left to do, or to know, after a switch, each with its remedy."""
    event = state.of(SettingsLost)
    lost = findings_of_loss(event) if event is not None else ()
    is_back = state.stage in STAGES_BACK
    return (*lost, *(findings_of_locations(state.usage_locations) if is_back else ()))


def findings_of_locations(locations: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return one finding for each usage location that stays with users though their switch did not.

    Args:
        locations: Key of a user -> country for which the directory was asked.
    """
    counts = Counter(locations.values())
    return tuple(
        finding(FindingCode.LOCATIONS_STAY, location=location, users=users)
        for location, users in sorted(counts.items())
    )


def findings_of_loss(event: SettingsLost) -> tuple[Finding, ...]:
    """Return one finding for each setting that was lost."""
    return tuple(
        finding(
            FindingCode.SETTING_LOST,
            subscription_id=event.subscription_id,
            setting=_WORDS[Setting(each["setting"])],
            wanted=each["wanted"],
            why=": ".join(part for part in (each["code"], each["message"].rstrip(".")) if part),
        )
        for each in event.lost
    )
