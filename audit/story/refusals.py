"""What providers refused in a switch, in their own words: the same answer once, with how often it came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.catalog.catalog import Catalog, load_catalog
from domain.kernel.errors import InvalidInput
from domain.ports.refusals import Refusal
from providers.transport.redacted_text import named_text, redacted_text
from store.core.base import PAGE_SIZE_MAX
from store.core.rows import RecordedCall
from store.switch_store import SwitchStore

#: Different answers of one page at most.
PAGE_MAX = 200
_THROTTLED = 429
_NOT_FOUND = 404
_REFUSALS = range(400, 500)
_SUCCESS = range(200, 300)
#: Reads of users by id: who is not there is gone, and nobody refused anything.
_READS_OF_USERS = frozenset({"users"})
#: An answer that can't be read is trouble of the line and no refusal.
_UNREADABLE = "UNREADABLE"


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldRefusal:
    """One answer that was no."""

    step: str
    provider: str
    operation: str
    #: HTTP status of the call or the item; 200 where an error stood in a success.
    status: int
    #: The provider's own code, or "".
    code: str
    #: Its own text without personal data; plans and services by name.
    text: str
    #: By which the provider's support finds the newest of them; "" where it has none.
    request_id: str
    #: Calls or items that heard the same.
    count: int
    first_at: datetime
    last_at: datetime
    #: Where the first of them stands in the record: no newer answer moves anybody's page.
    place: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusalPage:
    """One page of different answers, in the order in which they first came."""

    refusals: tuple[ToldRefusal, ...]
    #: Place of the last of this page; None: there is no next one.
    next: str | None
    #: Different answers on all pages.
    total: int


def refusal_page(
    store: SwitchStore, switch_id: str, *, after: str | None = None, limit: int = PAGE_MAX
) -> RefusalPage:
    """Return one page of the different refusals of a switch, `limit` (1 to PAGE_MAX) of them.

    `after` is the place of the last refusal of the page before; None for the first page.

    Raises:
        InvalidInput: There is no such place.
    """
    refusals = refusals_of_switch(store, switch_id)
    begin = 0 if after is None else _number_after(refusals, after)
    shown = refusals[begin : begin + limit]
    is_last = begin + len(shown) == len(refusals)
    return RefusalPage(refusals=shown, next=None if is_last else shown[-1].place, total=len(refusals))


def _number_after(refusals: Sequence[ToldRefusal], place: str) -> int:
    for number, each in enumerate(refusals):
        if each.place == place:
            return number + 1
    raise InvalidInput(field="after", value=place, allowed="what the page before gave as `next`")


def refusals_of_switch(store: SwitchStore, switch_id: str) -> tuple[ToldRefusal, ...]:
    """Return every different refusal of a switch, in the order in which they first came."""
    return refusals_of(_refused_calls(store, switch_id))


def refusals_of(calls: Iterable[RecordedCall]) -> tuple[ToldRefusal, ...]:
    """Return every different refusal of calls in the order of recording, each where it first came."""
    catalog = load_catalog()
    refusals: dict[tuple[str, ...], ToldRefusal] = {}
    for recorded in calls:
        for number, refusal in enumerate(parts_of(recorded)):
            shown = _shown(recorded, refusal, catalog, place=f"{recorded.id}-{number}")
            key = (shown.provider, shown.operation, str(shown.status), shown.code, shown.text)
            known = refusals.get(key)
            refusals[key] = shown if known is None else _again(known, shown)
    return tuple(refusals.values())


def parts_of(recorded: RecordedCall) -> Sequence[Refusal]:
    """Return what of a call was refused: the whole, items of it, or nothing."""
    call = recorded.call
    is_whole = call.status in _REFUSALS and call.status != _THROTTLED
    is_in_success = call.status in _SUCCESS and call.code not in {"", _UNREADABLE}
    if is_whole or is_in_success:
        whole = Refusal(status=call.status, code=call.code, text=call.text, request_id=call.request_id)
        return (whole, *call.refusals)
    return [each for each in call.refusals if _is_refusal(call.operation, each)]


def _is_refusal(operation: str, refusal: Refusal) -> bool:
    """Return whether an item was refused; one that was put off or not answered was not."""
    if refusal.status == _NOT_FOUND and operation in _READS_OF_USERS:
        return False
    return refusal.status in _SUCCESS or (refusal.status in _REFUSALS and refusal.status != _THROTTLED)


def _shown(recorded: RecordedCall, refusal: Refusal, catalog: Catalog, *, place: str) -> ToldRefusal:
    call = recorded.call
    return ToldRefusal(
        step=recorded.step,
        provider=call.provider,
        operation=call.operation,
        status=refusal.status,
        code=refusal.code,
        # Once more: older rows were kept with less care.
        text=named_text(redacted_text(refusal.text), catalog),
        request_id=refusal.request_id or call.request_id,
        count=refusal.count,
        first_at=call.started_at,
        last_at=call.started_at,
        place=place,
    )


def _again(known: ToldRefusal, newer: ToldRefusal) -> ToldRefusal:
    return replace(
        known,
        count=known.count + newer.count,
        request_id=newer.request_id or known.request_id,
        last_at=max(known.last_at, newer.last_at),
    )


def _refused_calls(store: SwitchStore, switch_id: str) -> Iterator[RecordedCall]:
    after = 0
    while page := store.refused_calls(switch_id, after, PAGE_SIZE_MAX):
        yield from page
        after = page[-1].id
