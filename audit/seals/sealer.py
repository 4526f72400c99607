"""The sealer: takes what is new in the record into the tree, signs the tree, and publishes it (ADR 31).

The order is: runs and checkpoint in one transaction, tiles, checkpoint file. If it is killed between two of
them, the next round completes the folder. The tree goes on from the folder, never from the database alone: a
record that is not that of the folder any more is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice

from audit.seals.calls import call_digest, range_digest
from audit.seals.errors import SealDiverged, SealKeyForeign
from audit.seals.folder import SealFolder
from audit.seals.gaps import CallGaps
from audit.seals.keys import KeyRing
from audit.seals.leaves import CallRangeLeaf, event_leaf
from audit.transparency.checkpoints import Checkpoint
from audit.transparency.encoding import NUMBER_MAX
from audit.transparency.errors import MalformedSeal, SealRefused
from audit.transparency.hashes import leaf_hash
from audit.transparency.notes import Note, parse_note
from audit.transparency.tree_edge import Tile, TreeEdge
from domain.kernel.errors import PlanSwitchError
from store.core.base import PAGE_SIZE_MAX
from store.record.seals import RawCall, RawEvent, RunKind, SealRun, SealStore, StoredSeal

#: Events of one seal at most, so that a long history is sealed in pieces that fit into the memory.
EVENTS_MAX = 5 * PAGE_SIZE_MAX
#: Calls of one leaf at most: who proves one of them hands on the digests of all.
CALLS_MAX = 256
#: With so many calls in one seal more may be there.
MANY_CALLS = 1_000
#: Points at which a test stops a sealer.
RECORDED, TILES_PUBLISHED = "recorded", "tiles published"


@dataclass(frozen=True, kw_only=True, slots=True)
class Seal:
    """What one round sealed."""

    checkpoint: Checkpoint
    events: int
    calls: int
    #: More was there than one seal takes.
    is_full: bool


@dataclass(kw_only=True)
class _Growth:
    """New leaves with the runs that they stand in."""

    next_leaf: int
    runs: list[SealRun] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)

    def add(self, run: SealRun, entries: Iterable[bytes]) -> None:
        """Add one run with its leaves."""
        self.runs.append(run)
        self.entries.extend(entries)
        self.next_leaf += run.leaf_count


@dataclass(frozen=True, kw_only=True, slots=True)
class _Grown:
    """What the folder gets for new leaves, from the begin of a bundle."""

    first_leaf: int
    tiles: Sequence[Tile]
    entries: Sequence[bytes]


class Sealer:
    """Seals one record into one folder.

    Args:
        store: The record.
        folder: Where seals are published.
        keys: Returns the keys of this moment.
        reach: Called at each point between the parts of a seal, for tests.
    """

    def __init__(
        self,
        store: SealStore,
        folder: SealFolder,
        keys: Callable[[], KeyRing],
        *,
        reach: Callable[[str], None] = lambda _point: None,
    ) -> None:
        self._store = store
        self._folder = folder
        self._keys = keys
        self._reach = reach
        self._gaps = CallGaps()

    def seal_once(self, now: datetime) -> Seal | None:
        """Seal what is new; None: nothing is.

        Args:
            now: The instant that the signatures state.

        Raises:
            SealDiverged: The record is not that of the folder.
            SealKeyForeign: The newest seal was signed with other keys.
            ConcurrentWrite: Another sealer was faster; the next round goes on from its seal.
        """
        ring = self._keys()
        try:
            return self._next(self._whole_edge(ring), ring, now)
        except MalformedSeal as error:
            raise SealDiverged(f"A seal can't be read. {error.message}") from error

    def _next(self, edge: TreeEdge, ring: KeyRing, now: datetime) -> Seal | None:
        """Seal what is new, after the edge."""
        events = list(islice(self._store.raw_events(self._last(RunKind.EVENT), NUMBER_MAX), EVENTS_MAX))
        late, calls = self._late_calls(), self._store.settled_calls(self._last(RunKind.CALL_RANGE))
        growth = _Growth(next_leaf=edge.size)
        for each in _event_runs(events):
            _add_events(growth, each)
        for each in _call_runs([*late, *calls]):
            _add_calls(growth, each)
        if not growth.runs:
            self._sign_anew(ring, now)
            return None
        checkpoint = self._seal(edge, growth, ring, now)
        return Seal(
            checkpoint=checkpoint,
            events=len(events),
            calls=len(late) + len(calls),
            is_full=len(events) == EVENTS_MAX or len(late) + len(calls) >= MANY_CALLS,
        )

    def _seal(self, edge: TreeEdge, growth: _Growth, ring: KeyRing, now: datetime) -> Checkpoint:
        """Record and publish a tree with new leaves."""
        tree = self._grown(edge, growth.entries)
        checkpoint = Checkpoint(origin=ring.origin, size=edge.size, root=edge.root())
        note = _signed(checkpoint, ring, now)
        try:
            self._store.append_seal(growth.runs, checkpoint.size, note.content().decode())
        except PlanSwitchError:
            # Another sealer may have sealed calls meanwhile, or this one has after all.
            self._gaps = CallGaps()
            raise
        self._gaps.add(growth.runs)
        self._reach(RECORDED)
        self._folder.publish_tiles(tree.first_leaf, tree.tiles, tree.entries)
        self._reach(TILES_PUBLISHED)
        self._folder.publish_checkpoint(note)
        self._folder.publish_policy(ring.policy())
        return checkpoint

    def _whole_edge(self, ring: KeyRing) -> TreeEdge:
        """Return the edge of the folder, after what the table has beyond it was published."""
        newest, note = self._store.newest_seal(), self._folder.note()
        published = None if note is None else _verified(note, ring, f"The checkpoint in {self._folder.path}")
        if published and newest and newest.checkpoint.partition("\n")[0] != published.origin:
            raise SealDiverged(
                f"The record has seals of another log than {published.origin}, which {self._folder.path} has."
            )
        size = 0 if published is None else published.size
        recorded = 0 if newest is None else newest.tree_size
        if recorded < size:
            raise SealDiverged(
                f"The record has seals of {recorded} leaves, and the folder {self._folder.path} of {size}.",
                recorded=recorded,
                published=size,
            )
        edge = self._folder.edge(published)
        if recorded == size:
            # The signatures may differ: after a rotation the published one is signed anew.
            if (
                newest is not None
                and note is not None
                and parse_note(newest.checkpoint.encode()).text != note.text
            ):
                raise SealDiverged(f"Record and folder have different seals of {size} leaves.")
            return edge
        while page := self._store.seals(edge.size, limit=1):
            self._complete(edge, page[0], ring)
        return edge

    def _complete(self, edge: TreeEdge, seal: StoredSeal, ring: KeyRing) -> None:
        """Publish a seal that the folder lacks, if the record is still the one that was sealed."""
        first_leaf, checkpoint = edge.size, _own(seal, ring)
        tree = self._grown(edge, self._sealed_leaves(first_leaf, checkpoint.size).entries)
        if (edge.size, edge.root()) != (checkpoint.size, checkpoint.root):
            raise SealDiverged(
                f"The leaves from {first_leaf} to {checkpoint.size - 1} are not those that were sealed.",
                first_leaf=first_leaf,
            )
        self._folder.publish_tiles(tree.first_leaf, tree.tiles, tree.entries)
        self._reach(TILES_PUBLISHED)
        self._folder.publish_checkpoint(parse_note(seal.checkpoint.encode()))

    def _grown(self, edge: TreeEdge, entries: Sequence[bytes]) -> _Grown:
        """Add entries to the edge; return what is to be published, before anything is."""
        size = edge.size
        waiting = self._folder.partial_entries(size)
        full = edge.append(map(leaf_hash, entries))
        return _Grown(
            first_leaf=size - len(waiting),
            tiles=[*full, *edge.partial_tiles()],
            entries=[*waiting, *entries],
        )

    def _sealed_leaves(self, first_leaf: int, size: int) -> _Growth:
        """Return leaves that were sealed, made anew from the record."""
        growth = _Growth(next_leaf=first_leaf)
        while growth.next_leaf < size:
            runs = self._store.seal_runs(growth.next_leaf - 1)
            for run in runs:
                if run.first_leaf >= size:
                    break
                growth.add(run, self._entries_of(run))
            if not runs or runs[0].first_leaf >= size:
                break
        return growth

    def _entries_of(self, run: SealRun) -> list[bytes]:
        if run.kind is RunKind.ORIGIN:
            log = self._store.log()
            return [] if log is None else [log.leaf.encode()]
        if run.kind is RunKind.EVENT:
            return [event_entry(row) for row in self._store.raw_events(run.first_id - 1, run.last_id)]
        digests = (call_digest(row) for row in self._store.raw_calls(run.first_id, run.last_id))
        return [_call_entry(run.first_id, run.last_id, range_digest(digests))]

    def _sign_anew(self, ring: KeyRing, now: datetime) -> None:
        """Give the published checkpoint the signature of a key pair that is new since it was made."""
        self._folder.publish_policy(ring.policy())
        note, keys = self._folder.note(), [each.verifier_key for each in ring.signers(now)]
        if note is None or all(any(line.is_by(key) for line in note.signatures) for key in keys):
            return
        self._folder.publish_checkpoint(_signed(_verified(note, ring, "The checkpoint"), ring, now))

    def _last(self, kind: RunKind) -> int:
        return self._store.last_sealed_id(kind)

    def _late_calls(self) -> list[RawCall]:
        """Return calls that were committed after calls with greater ids were sealed."""
        if not self._gaps.is_known:
            self._gaps = CallGaps(self._store.call_gaps(), last_id=self._last(RunKind.CALL_RANGE))
        gaps = self._gaps.to_look_into()
        late = self._store.calls_in(gaps) if gaps else []
        self._gaps.looked(is_whole=len(late) < PAGE_SIZE_MAX)
        return late


def _signed(checkpoint: Checkpoint, ring: KeyRing, now: datetime) -> Note:
    return Note(
        text=checkpoint.text(), signatures=tuple(each.sign(checkpoint, now) for each in ring.signers(now))
    )


def _own(seal: StoredSeal, ring: KeyRing) -> Checkpoint:
    """Return what a recorded seal states, if it is ours."""
    what = f"The recorded seal of {seal.tree_size} leaves"
    checkpoint = _verified(parse_note(seal.checkpoint.encode()), ring, what)
    if checkpoint.size != seal.tree_size:
        raise SealDiverged(f"{what} states a tree of {checkpoint.size}.")
    return checkpoint


def _verified(note: Note, ring: KeyRing, what: str) -> Checkpoint:
    try:
        return ring.own_policy().verdict(note).checkpoint
    except SealRefused as error:
        raise SealKeyForeign(what) from error


def _event_runs(rows: Sequence[RawEvent]) -> Iterator[list[RawEvent]]:
    """Yield events in runs of ids that follow each other."""
    for _, run in groupby(enumerate(rows), key=lambda each: each[1][0] - each[0]):
        yield [row for _, row in run]


def _call_runs(rows: Sequence[RawCall]) -> Iterator[list[RawCall]]:
    """Yield calls in runs of ids that follow each other, each of one leaf's size at most."""
    for _, neighbors in groupby(enumerate(rows), key=lambda each: each[1][0] - each[0]):
        run = [row for _, row in neighbors]
        for start in range(0, len(run), CALLS_MAX):
            yield run[start : start + CALLS_MAX]


def _add_events(growth: _Growth, rows: Sequence[RawEvent]) -> None:
    run = SealRun(first_leaf=growth.next_leaf, kind=RunKind.EVENT, first_id=rows[0][0], last_id=rows[-1][0])
    growth.add(run, map(event_entry, rows))


def _add_calls(growth: _Growth, rows: Sequence[RawCall]) -> None:
    first_id, last_id, digest = rows[0][0], rows[-1][0], range_digest(map(call_digest, rows))
    run = SealRun(
        first_leaf=growth.next_leaf,
        kind=RunKind.CALL_RANGE,
        first_id=first_id,
        last_id=last_id,
        digest=digest,
    )
    growth.add(run, [_call_entry(first_id, last_id, digest)])


def event_entry(row: RawEvent) -> bytes:
    """Return the entry that an event has in the log of seals."""
    notification_id, stream_id, version, topic, state, recorded_at = row
    leaf = event_leaf(
        notification_id=notification_id,
        stream_id=stream_id,
        version=version,
        topic=topic,
        state=bytes(state),
        recorded_at=recorded_at,
    )
    return leaf.content()


def _call_entry(first_id: int, last_id: int, digest: str) -> bytes:
    return CallRangeLeaf(first_id=first_id, last_id=last_id, digest=digest).content()
