"""Forty switches with every outcome, recorded with the aggregates themselves; no workflow needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import timedelta
from itertools import count, cycle, islice
from typing import Any

from domain.kernel.ids import replacement_stream_id
from domain.operator.alarms import STILL_SWITCHING
from domain.requests.wait_events import EligibilityWait
from domain.requests.wait_terms import WaitTerms
from domain.switch import events, move_events
from domain.switch.provisioning_events import ProvisioningOverdue
from domain.switch.return_events import CompensationStuck
from domain.switch.waiting_events import WaitEnded, WaitNoted
from store.switch_store import SwitchStore
from tests.support.stories.samples import sample_of
from tests.support.stories.switch_story import BEGAN_AT, E1, E3, SwitchStory, money

#: Fields that every event gets from its place.
_OF_PLACE = frozenset({"originator_id", "originator_version", "timestamp", "meta", "switch_id"})
_seeds = count()


def note(story: SwitchStory, event_class: type[Any], **facts: Any) -> None:
    """Record an event of a switch, with the example of each field that is not given."""
    source = story.source()
    example = sample_of(event_class)
    given = {each: getattr(example, each) for each in _names(event_class, example)}
    story.advancer(source, story.meta("notices"))(event_class, **{**given, **facts})
    story.store.save(source)


def _names(event_class: type[Any], example: Any) -> list[str]:
    names = (
        [each.name for each in fields(event_class)] if hasattr(event_class, "__dataclass_fields__") else []
    )
    return [name for name in names or vars(example) if name not in _OF_PLACE]


def order(story: SwitchStory) -> None:
    """Record the order alone: nobody knows yet whether the credit suffices."""
    note(story, events.ReplacementOrdered, replacement_id=str(replacement_stream_id(story.switch_id)))


def check(story: SwitchStory) -> None:
    """Record a request, its order and a credit check that begins."""
    story.request()
    order(story)
    note(story, events.CreditCheckRequired)


def completed(story: SwitchStory) -> None:
    """Complete without anything beside it."""
    story.tell()


def late(story: SwitchStory) -> None:
    """Miss two promises and be called for, and complete."""
    story.request()
    story.order()
    story.move()
    for promise in ("license_move", STILL_SWITCHING, "whole_switch"):
        note(story, events.PromiseMissed, promise=promise)
    story.alarm()
    story.finish()


def held(story: SwitchStory) -> None:
    """Hold twice, and complete."""
    story.request()
    story.order()
    story.move(failed=2)
    for _ in range(2):
        story.hold()
        story.retry()
    story.finish()


def forfeited(story: SwitchStory) -> None:
    """Lose prepaid value, and complete."""
    story.request()
    story.order()
    story.move()
    note(story, move_events.LicenseMoveFinished)
    note(story, move_events.SourceCancellationBegun)
    note(story, move_events.SourceCancelled)
    note(story, move_events.CreditForfeited, amount=money(4_200))


def approved(story: SwitchStory) -> None:
    """Be reminded of a credit check that is approved at last; the new plan is late."""
    check(story)
    note(story, events.CreditCheckReminded)
    note(story, events.CreditCheckApproved)
    note(story, ProvisioningOverdue)


def declined(story: SwitchStory) -> None:
    """Be declined."""
    check(story)
    note(story, events.CreditCheckDeclined)
    note(story, events.ReplacementVoided)
    note(story, events.SwitchDeclined)


def expired(story: SwitchStory) -> None:
    """Get no answer: the promise of the check is missed, and the order is voided."""
    check(story)
    note(story, events.CreditCheckReminded)
    note(story, events.PromiseMissed, promise="credit_check")
    note(story, events.CreditCheckOverdue)
    note(story, events.CreditCheckExpired)
    note(story, events.ReplacementVoided)
    note(story, events.SwitchExpired)


def cancelled(story: SwitchStory) -> None:
    """Be cancelled after the order."""
    story.request()
    order(story)
    note(story, events.ReplacementVoided)
    note(story, events.SwitchCancelled)


def failed(story: SwitchStory) -> None:
    """Lose access, wait for something else as well, get stuck on the way back, and fail."""
    story.request()
    order(story)
    note(story, WaitNoted, code="PROVIDER_UNAVAILABLE")
    note(story, WaitNoted, code="ACCESS_LOST")
    note(story, WaitNoted, code="ACCESS_LOST")
    note(story, WaitEnded)
    note(story, CompensationStuck)
    note(story, events.ReplacementVoided)
    note(story, events.SwitchFailed)


def rolled_back(story: SwitchStory) -> None:
    """Hold, and be rolled back."""
    story.request()
    story.order()
    story.move(failed=1)
    story.hold()
    note(story, events.ReplacementVoided)
    note(story, events.SwitchRolledBack)


def waited(outcome: str) -> Callable[[SwitchStory], None]:
    """Return a request that waits and ends so, without a switch."""

    def tell(story: SwitchStory) -> None:
        wait = EligibilityWait.begin(
            {
                "switch_id": story.switch_id,
                "organization_id": story.organization_id,
                "request_id": story.request_id,
                "target_plan_id": E3,
            },
            WaitTerms(
                until=BEGAN_AT + timedelta(days=3), total_at_most=money(100), forfeited_at_most=money(0)
            ),
            source_plan_id=E1,
            reasons=[],
            at=story.at(),
            meta=story.meta("wait"),
        )
        ending = {"code": outcome.upper(), "message": "Ann Lee asked for it.", "remedy": ""}
        wait.end(outcome, **ending, at=story.at(), meta=story.meta("wait"))
        story.store.save(wait)

    return tell


STORIES: tuple[Callable[[SwitchStory], None], ...] = (
    *(completed, late, held, forfeited, approved, declined, expired, cancelled, failed, rolled_back),
    *map(waited, ("started", "expired", "cancelled", "never", "price_changed")),
)


def forty_switches(store: SwitchStore) -> list[SwitchStory]:
    """Record 40 switches of 40 organizations, with every outcome at least twice."""
    return list(_told(store, 40))


def _told(store: SwitchStore, number: int) -> Iterator[SwitchStory]:
    for tell in islice(cycle(STORIES), number):
        story = replace(SwitchStory(store=store))
        tell(story)
        yield story
