"""Waits of a switch that are noted by name."""

from __future__ import annotations

from typing import Any

from domain.switch.events import CreditCheckNotRequired, ReplacementOrdered, SwitchRequested
from domain.switch.waiting_events import WaitNoted
from tests.support.stories.audit_stories import Story, at

STEP = "purchase.confirm_provisioning"


def ordered() -> Story:
    """Return the story of a switch that waits for its new subscription."""
    story = Story()
    story.record(SwitchRequested, 0)
    story.record(ReplacementOrdered, 1)
    story.record(CreditCheckNotRequired, 2)
    return story


def noted(story: Story, seconds: int, **facts: Any) -> None:
    """Record that the step waits for two services."""
    story.record(
        WaitNoted,
        seconds,
        activity=STEP,
        **{
            "step": STEP,
            "since": at(3),
            "looks_at": at(seconds + 30),
            "remedy": "Wait, or cancel.",
            "until": None,
            **facts,
        },
    )
