"""What is recorded of acts on a request that waits."""

from __future__ import annotations

from domain.kernel.ids import eligibility_wait_stream_id
from domain.requests.wait_events import WaitActFound
from tests.support.worlds.waiting import WaitingCase


def wait_acts(case: WaitingCase) -> list[WaitActFound]:
    """Return what is recorded of acts on a wait."""
    stream = eligibility_wait_stream_id(case.order.switch_id)
    events = [each.event for each in case.world.store.stream_events(stream)]
    return [each for each in events if isinstance(each, WaitActFound)]
