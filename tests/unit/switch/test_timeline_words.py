"""The timeline tells in words that people read (unit; cli#the-page-of-a-switch)."""

from __future__ import annotations

from domain.event_table.event_table import effect_of
from domain.switch.events import NoticeSent, PromiseMissed
from domain.switch.waiting_events import WaitEnded
from tests.support.stories.named_waits import STEP, noted, ordered


def test_the_timeline_names_steps_promises_and_notices_in_words() -> None:
    """No id with a point or an underscore is told to people (cli#the-page-of-a-switch)."""
    story = ordered()
    noted(story, 10)
    story.record(WaitEnded, 20, activity=STEP, step=STEP, code="REFUSED")
    story.record(PromiseMissed, 30, promise="license_move")
    story.record(NoticeSent, 40, kind="credit_check_required", notice_id="n-1")

    told = [effect_of(each.event) for each in story.events[-4:]]

    step = "the look whether the new subscription is ready"
    assert told[0].startswith(f"{step} waits for the directory to set up services")
    assert told[1] == f"{step} waits no more: it is not tried again (REFUSED)"
    assert told[2] == "promise missed: license move"
    assert told[3] == "the organization was notified: credit check required"
