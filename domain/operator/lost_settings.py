"""Settings of the old subscription that the new one did not get: open points of an operator.

See rules#setting_lost.
"""

from __future__ import annotations

from enum import StrEnum

from domain.reasons.findings import Finding, FindingCode, finding
from domain.switch.settings_events import SettingsLost
from domain.switch.switch_state import SwitchState


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
    """Return what is left to do by hand after a switch, each with its remedy."""
    event = state.of(SettingsLost)
    return findings_of_loss(event) if event is not None else ()


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
