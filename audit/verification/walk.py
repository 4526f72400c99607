"""The walk through the whole record: every leaf is made anew, and every seal's root is compared.

Where the tables of seals say that a leaf stands is a claim. It is believed as far as the leaves then have the
hashes that were published and the root that was signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from psycopg import DataError

from audit.transparency.encoding import base64_text
from audit.verification.call_rows import CALLS_OF_RANGE, call_digest, range_digest, range_leaf
from audit.verification.event_rows import EventRows, UnexpectedEvent
from audit.verification.findings import Deviates, Deviation, Fault, Subject
from audit.verification.growing_tree import BLOCK, GrowingTree
from audit.verification.seal_folder import SealFolder
from store.record.raw_record import RawRecord

_HASH_BYTES = 32
_PAGE = 5_000
_RUNS = """
SELECT first_leaf - %(base)s::bigint, kind, first_id, last_id, digest FROM planswitch.seal_run
WHERE first_leaf > %(after)s::bigint + %(base)s::bigint ORDER BY first_leaf LIMIT 5000
"""
_SEALS = """
SELECT tree_size - %(base)s::bigint, checkpoint FROM planswitch.seal
WHERE tree_size > %(after)s::bigint + %(base)s::bigint ORDER BY tree_size LIMIT 5000
"""
_EVENT, _ORIGIN, _NO_SEAL = "event", "origin", 2**63


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Neighboring records as the table of runs has them."""

    first_leaf: int
    kind: str
    first_id: int
    last_id: int
    digest: str

    @property
    def is_origin(self) -> bool:
        """Return whether it is the first leaf of a log that follows another one."""
        return self.kind == _ORIGIN

    @property
    def is_of_events(self) -> bool:
        """Return whether each id of the run is a leaf of its own."""
        return self.kind == _EVENT


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """The signed tree that the record must have."""

    size: int
    #: None: the record ends before the tree that was signed.
    root: bytes | None
    #: Leaves that the folder has: tiles up to here were published, and the checkpoint of this size.
    published_size: int
    published_root: bytes
    #: Name of the log.
    origin: str
    #: Where the rows of this log begin in the tables of seals, which go on over all logs.
    base: int = 0
    #: The first leaf of a log that follows another one, as the table has it.
    first_leaf: bytes = b""


class LeafDeviates(Exception):  # it ends the walk, and is told as a deviation
    """A leaf is not the one that was sealed; the diagnosis says why."""

    def __init__(
        self, leaf: int, run: Run, *, sealed_hash: bytes | None, cause: UnexpectedEvent | None
    ) -> None:
        super().__init__(f"leaf {leaf}")
        self.leaf = leaf
        self.run = run
        self.sealed_hash = sealed_hash
        self.cause = cause

    @property
    def record_id(self) -> int:
        """Return the id of the event, or of the first call, that stands there by the table of runs."""
        if not self.run.is_of_events:
            return self.run.first_id
        return self.run.first_id + self.leaf - self.run.first_leaf


class Walk:
    """One walk from the first leaf to the last that was signed."""

    def __init__(self, record: RawRecord, folder: SealFolder, target: Target) -> None:
        self._record = record
        self._folder = folder
        self._target = target
        self._tree = GrowingTree()
        self._events = EventRows(record.event_rows())
        self._seals = _seals(record, target.base)
        self._seal_size, self._seal_text = next(self._seals, (_NO_SEAL, ""))
        self._folder_fault: Deviation | None = None
        self._has_published_seal = False
        #: The runs of the open block, oldest first.
        self._block_runs: list[Run] = []
        self.event_count = 0
        self.call_count = 0
        self.seal_count = 0
        self.last_event_id = 0
        self.roots: dict[int, bytes] = {}

    @property
    def base(self) -> int:
        """Return where the rows of the log begin in the tables of seals."""
        return self._target.base

    @property
    def size(self) -> int:
        """Return how many leaves were made."""
        return self._tree.size

    def go(self, *, root_sizes: tuple[int, ...] = ()) -> None:
        """Make all leaves of the target and compare them.

        Args:
            root_sizes: Sizes whose roots are wanted in `roots`.

        Raises:
            LeafDeviates: A leaf is not the one that was sealed.
            Deviates: A table or file of the seals is not as it was.
        """
        self._root_sizes = sorted({each for each in root_sizes if 0 < each <= self._target.size})
        for run in _runs(self._record, self._target.base):
            if run.first_leaf >= self._target.size:
                break
            self._take(run)
            if self.size >= self._target.size:
                break
        if self.size < self._target.size:
            raise Deviates(_missing_run(self.size))
        self._finish()

    def unsealed_event_ids(self) -> Iterator[int]:
        """Yield the ids of the events after the last leaf; this ends the stream of events."""
        return self._events.rest()

    def _take(self, run: Run) -> None:
        if run.first_leaf != self.size:
            raise Deviates(_missing_run(min(run.first_leaf, self.size)))
        self._block_runs.append(run)
        if run.is_of_events:
            self._take_events(run)
        elif run.is_origin:
            self._grow([sha256(b"\x00" + self._target.first_leaf).digest()])
        else:
            self._take_calls(run)

    def _take_events(self, run: Run) -> None:
        next_id = run.first_id
        until = min(run.last_id, run.first_id + self._target.size - run.first_leaf - 1)
        while next_id <= until:
            count = min(until - next_id + 1, self._tree.room, self._next_stop() - self.size)
            try:
                hashes = self._events.leaf_hashes(next_id, count)
            except UnexpectedEvent as unexpected:
                raise self._deviating(self.size + unexpected.expected_id - next_id, unexpected) from None
            next_id += count
            self._grow(hashes)
        self.event_count += until - run.first_id + 1
        self.last_event_id = until

    def _take_calls(self, run: Run) -> None:
        try:
            rows = self._record.rows(CALLS_OF_RANGE, {"first": run.first_id, "last": run.last_id})
        except DataError:
            raise self._deviating(self.size, None) from None
        digest = range_digest(call_digest(row) for row in rows)
        leaf = range_leaf(run.first_id, run.last_id, digest)
        if len(rows) != run.last_id - run.first_id + 1 or digest != run.digest:
            raise self._deviating(self.size, None)
        self.call_count += len(rows)
        self._grow([sha256(b"\x00" + leaf).digest()])

    def _next_stop(self) -> int:
        """Return the next size at which a root is compared or kept."""
        return min(self._seal_size, self._root_sizes[0] if self._root_sizes else _NO_SEAL, self._target.size)

    def _grow(self, hashes: list[bytes]) -> None:
        self._tree.add(hashes)
        if self.size == self._seal_size:
            self._compare_seal()
        if self._root_sizes and self.size == self._root_sizes[0]:
            self.roots[self._root_sizes.pop(0)] = self._tree.root()
        if not self._tree.room:
            self._compare_block()
            self._tree.close_block()
            del self._block_runs[:-1]

    def _compare_block(self) -> None:
        """Compare the open block with the published hashes of its leaves."""
        start = self._tree.blocks * BLOCK
        published = self._target.published_size
        if start >= published:
            return
        width = min(len(self._tree.open_block), published - start)
        tile = self._folder.leaf_tile(self._tree.blocks, published)
        made = b"".join(self._tree.open_block[:width])
        if tile is None:
            self._note_folder(Fault.REMOVED, start)
        elif tile[: width * _HASH_BYTES] != made:
            place = next(
                at
                for at in range(width)
                if tile[at * _HASH_BYTES :][:_HASH_BYTES] != self._tree.open_block[at]
            )
            sealed = tile[place * _HASH_BYTES :][:_HASH_BYTES]
            root = self._target.published_root
            if self._folder.is_proved(start + place, sealed, size=published, root=root):
                raise self._deviating(start + place, None, sealed)
            self._note_folder(Fault.ALTERED, start + place)

    def _deviating(
        self, leaf: int, cause: UnexpectedEvent | None, sealed: bytes | None = None
    ) -> LeafDeviates:
        run = next(each for each in reversed(self._block_runs) if each.first_leaf <= leaf)
        if sealed is None and leaf < self._target.published_size:
            tile = self._folder.leaf_tile(leaf // BLOCK, self._target.published_size)
            place = leaf % BLOCK * _HASH_BYTES
            sealed = tile[place:][:_HASH_BYTES] if tile else None
        return LeafDeviates(leaf, run, sealed_hash=sealed, cause=cause)

    def _compare_seal(self) -> None:
        """Compare a row of the table of seals with the tree of its size.

        Whose word it is, is asked of the newest seal alone: its tree begins with those of all others.
        """
        size = self._seal_size
        origin, _, rest = self._seal_text.partition("\n")
        expected = f"{size}\n{base64_text(self._tree.root())}\n\n"
        if origin != self._target.origin or not rest.startswith(expected):
            self._compare_block()
            raise Deviates(
                Deviation(
                    fault=Fault.ALTERED,
                    subject=Subject.SEAL_ROW,
                    ids={"tree size": str(size)},
                    sentence=f"The row of the seal of {size} leaves was altered: it states another tree.",
                )
            )
        self.seal_count += 1
        self._has_published_seal |= size == self._target.published_size
        self._seal_size, self._seal_text = next(self._seals, (_NO_SEAL, ""))

    def _finish(self) -> None:
        self._compare_block()
        if self._target.root is not None and self._tree.root() != self._target.root:
            raise Deviates(
                Deviation(
                    fault=Fault.ALTERED,
                    subject=Subject.EVENT,
                    ids={},
                    sentence=(
                        f"The leaves from {self._target.published_size} on do not have the root of the seal "
                        f"of {self._target.size} leaves. Which of them was altered can't be told, since the "
                        "folder does not have them yet."
                    ),
                )
            )
        if self._folder_fault is not None:
            raise Deviates(self._folder_fault)
        if self.size >= self._target.published_size and not self._has_published_seal:
            raise Deviates(
                Deviation(
                    fault=Fault.REMOVED,
                    subject=Subject.SEAL_ROW,
                    ids={"tree size": str(self._target.published_size)},
                    sentence=f"The row of the seal of {self._target.published_size} leaves was removed.",
                )
            )

    def _note_folder(self, fault: Fault, leaf: int) -> None:
        """Keep the first fault of the folder: the record is looked at first."""
        if self._folder_fault is None:
            self._folder_fault = Deviation(
                fault=fault,
                subject=Subject.SEAL_FILE,
                ids={"tile": str(leaf // BLOCK)},
                leaf=leaf,
                sentence=(
                    f"The tile of leaf {leaf} in the folder of seals was {fault.value}; "
                    "the record itself has the root that was signed."
                ),
            )


def _runs(record: RawRecord, base: int) -> Iterator[Run]:
    after = -1
    while rows := record.rows(_RUNS, {"after": after, "base": base}):
        for row in rows:
            yield Run(first_leaf=row[0], kind=row[1], first_id=row[2], last_id=row[3], digest=row[4])
        after = rows[-1][0]


def _seals(record: RawRecord, base: int) -> Iterator[tuple[int, str]]:
    after = 0
    while rows := record.rows(_SEALS, {"after": after, "base": base}):
        yield from rows
        after = rows[-1][0]


def _missing_run(leaf: int) -> Deviation:
    return Deviation(
        fault=Fault.ALTERED,
        subject=Subject.SEAL_ROW,
        ids={"leaf": str(leaf)},
        leaf=leaf,
        sentence=(
            f"The table of runs does not say which record leaf {leaf} is: a row of it was removed, "
            "altered or inserted."
        ),
    )
