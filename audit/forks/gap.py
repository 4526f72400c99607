"""What a log sealed and the record does not have any more: compared entry by entry.

A restored database is the beginning of what it was: whatever differs below something that is still as it was
sealed was not lost by a restore.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from audit.transparency.errors import MalformedSeal
from audit.transparency.tiles import ReadFile, bundle_path, parse_bundle
from audit.transparency.tree_edge import TILE_WIDTH

#: Lost entries that are listed one by one.
LISTED_MAX = 200
_EVENT, _CALLS = "event", "call-range"
#: First and last id of a range -> how many calls of it there are now, and their digest.
CallsNow = Callable[[int, int], tuple[int, str]]
#: An id, and the bytes of the leaf of its event as it is now.
EventNow = tuple[int, bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class LostEntry:
    """An entry of the former log that the record does not have any more."""

    #: Its index in the former log.
    leaf: int
    #: `event` or `call-range`.
    kind: str
    #: Id of the event, or of the first and last call.
    first_id: int
    last_id: int
    #: Of an event, as it was sealed; "" of calls.
    stream: str = ""
    version: str = ""
    topic: str = ""
    recorded: str = ""


@dataclass(kw_only=True)
class Gap:
    """What lies between the last checkpoint of a log and the record."""

    #: Greatest id of an event that is as it was sealed, and the same of a call.
    last_event_id: int = 0
    last_call_id: int = 0
    kept_events: int = 0
    kept_calls: int = 0
    lost_events: int = 0
    lost_calls: int = 0
    #: When the first and the last of the lost events were recorded; "" where none was lost.
    first_recorded: str = ""
    last_recorded: str = ""
    #: The first lost entries, LISTED_MAX at most.
    lost: list[LostEntry] = field(default_factory=list)
    #: Entries that differ although nothing of them is missing and later ones are as they were sealed.
    altered: list[LostEntry] = field(default_factory=list)
    #: The first event that is not as it was sealed, whether it is there or not.
    first_other_event: LostEntry | None = None

    @property
    def alteration(self) -> LostEntry | None:
        """Return the first entry that no restore explains."""
        other = self.first_other_event
        if other is not None and other.first_id < self.last_event_id:
            return other
        return next((each for each in self.altered if each.last_id <= self.last_call_id), None)

    def alteration_below(self, event_id: int, call_id: int) -> LostEntry | None:
        """Return the first entry that differs though it is said to be as it was sealed.

        Args:
            event_id: Greatest id of an event that is said to be so.
            call_id: The same of a call.
        """
        other = self.first_other_event
        if other is not None and other.first_id <= event_id:
            return other
        return next((each for each in self.altered if each.last_id <= call_id), None)


def entries_of(read: ReadFile, size: int) -> Iterator[bytes]:
    """Yield the published entries of a tree of `size` leaves.

    Raises:
        MalformedSeal: A bundle is missing, or not whole.
    """
    for number in range(-(-size // TILE_WIDTH)):
        width = min(TILE_WIDTH, size - number * TILE_WIDTH)
        for each in dict.fromkeys((width, TILE_WIDTH)):
            content = read(bundle_path(number, each))
            if content is not None:
                yield from parse_bundle(content, each)[:width]
                break
        else:
            raise MalformedSeal("folder of seals", f"lacks {bundle_path(number, width)}")


def gap_of(entries: Iterable[bytes], events: Iterator[EventNow], calls: CallsNow) -> Gap:
    """Return what of a log's entries the record does not have any more.

    Args:
        entries: Of the log, in their order.
        events: All events of the record as it is now, in the order of their ids.
        calls: Tells of calls as they are now.
    """
    gap, following = Gap(), next(events, None)
    for index, content in enumerate(entries):
        words = words_of(content)
        if words["kind"] == _EVENT:
            number = int(words["id"])
            while following is not None and following[0] < number:
                following = next(events, None)
            _take_event(gap, lost_entry(index, words), is_kept=following == (number, content))
        elif words["kind"] == _CALLS:
            _take_calls(gap, lost_entry(index, words), words["calls"], calls)
    return gap


def words_of(content: bytes) -> Mapping[str, str]:
    """Return the words of an entry with their values."""
    lines = content.decode("ascii", errors="replace").splitlines()[1:]
    return {word: value for word, _, value in (line.partition(" ") for line in lines)}


def lost_entry(index: int, words: Mapping[str, str]) -> LostEntry:
    """Return what is told of an entry."""
    if words["kind"] == _CALLS:
        first, last = int(words["first"]), int(words["last"])
        return LostEntry(leaf=index, kind=_CALLS, first_id=first, last_id=last)
    number = int(words["id"])
    facts = {name: words[name] for name in ("stream", "version", "topic", "recorded")}
    return LostEntry(leaf=index, kind=_EVENT, first_id=number, last_id=number, **facts)


def _take_event(gap: Gap, entry: LostEntry, *, is_kept: bool) -> None:
    if is_kept:
        gap.kept_events += 1
        gap.last_event_id = entry.first_id
        return
    gap.first_other_event = gap.first_other_event or entry
    gap.lost_events += 1
    gap.first_recorded = gap.first_recorded or entry.recorded
    gap.last_recorded = entry.recorded
    _list(gap, entry)


def _take_calls(gap: Gap, entry: LostEntry, digest: str, calls: CallsNow) -> None:
    total = entry.last_id - entry.first_id + 1
    count, now = calls(entry.first_id, entry.last_id)
    if now == digest and count == total:
        gap.kept_calls += total
        gap.last_call_id = max(gap.last_call_id, entry.last_id)
        return
    if count == total:
        gap.altered.append(entry)
    # Ids of calls have no order of commits, so a few of a range may be lost. Of one whose ids are used again
    # all are: which of them a digest covered can't be told.
    gap.lost_calls += total - count or total
    _list(gap, entry)


def _list(gap: Gap, entry: LostEntry) -> None:
    if len(gap.lost) < LISTED_MAX:
        gap.lost.append(entry)
