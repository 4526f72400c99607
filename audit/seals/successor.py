"""The beginning of a new log of seals, after a restore before the last seal (ADR 58).

The order is: the keys of the new log beside those of the old one, one transaction, the old log to where
former logs lie, the keys in their place, the new log in the folder. If it is killed between two of them, the
same command goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from audit.forks.gap import Gap, entries_of, gap_of
from audit.forks.origin_leaf import OriginLeaf, parse_origin_leaf
from audit.seals.calls import call_digest, range_digest
from audit.seals.errors import OriginRefused, SealDiverged, SealKeyForeign
from audit.seals.folder import SealFolder
from audit.seals.keys import KeyRing, new_key_ring, read_key_ring, write_key_ring
from audit.seals.sealer import Sealer, event_entry
from audit.transparency.checkpoints import Checkpoint
from audit.transparency.encoding import NUMBER_MAX
from audit.transparency.errors import SealRefused
from audit.transparency.hashes import leaf_hash
from audit.transparency.notes import Note, parse_note
from audit.transparency.tree_edge import TreeEdge
from store.record.seals import SealStore, SuccessorLog

_NEXT = ".next"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLog:
    """A log that was begun."""

    origin: str
    #: Its first leaf.
    leaf: OriginLeaf
    #: What lies between the two logs; None: an earlier run of the command has compared them.
    gap: Gap | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Declaration:
    """Who begins a new log, and why."""

    operator: str
    reason: str
    at: datetime


class Succession:
    """Begins a new log where the record is older than the published seals.

    Args:
        store: The record, as the sealer's role sees it.
        folder: The published seals; its lock is held by the caller.
        key_path: File of the keys that sign seals.
    """

    def __init__(self, store: SealStore, folder: SealFolder, key_path: Path) -> None:
        self._store = store
        self._folder = folder
        self._key_path = key_path
        self._next_path = key_path.with_name(f"{key_path.name}{_NEXT}")

    def begin(self, declaration: Declaration) -> NewLog:
        """Begin a log whose first leaf names the last checkpoint of the log before.

        Args:
            declaration: Who does it, and why.

        Raises:
            OriginRefused: Record and folder fit each other, or a restore does not explain how they differ.
            SealKeyForeign, SealKeyUnusable: The keys at hand are not those of the published log.
            ConcurrentWrite: Somebody else has sealed or begun a log meanwhile.
        """
        begun = self._unfinished()
        if begun is not None:
            self._finish(begun)
            return _new_log(begun, None)
        ring = read_key_ring(self._key_path)
        former = self._published(ring)
        self._require_divergence(ring, declaration.at)
        gap = self._gap(former)
        following = new_key_ring(declaration.at)
        leaf = OriginLeaf(
            former=former,
            last_event_id=gap.last_event_id,
            last_call_id=gap.last_call_id,
            declared_at=declaration.at,
            operator=declaration.operator,
            reason=declaration.reason,
            keys=tuple(key.text() for key in following.verifier_keys()),
        )
        self._record(ring, following, leaf, declaration.at)
        begun = self._unfinished()
        assert begun is not None  # noqa: S101  # just recorded
        self._finish(begun)
        return _new_log(begun, gap)

    def _published(self, ring: KeyRing) -> Checkpoint:
        """Return what the newest published checkpoint states."""
        note = self._folder.note()
        if note is None:
            raise OriginRefused(
                f"The folder of seals {self._folder.path} has no checkpoint: there is no log to follow.",
                remedy="Bring back the newest copy of the folder of seals first (PLANSWITCH_SEALS_FOLDER).",
            )
        try:
            return ring.own_policy().verdict(note).checkpoint
        except SealRefused as error:
            raise SealKeyForeign(f"The checkpoint in {self._folder.path}") from error

    def _require_divergence(self, ring: KeyRing, now: datetime) -> None:
        """Refuse where the sealer can go on: a new log is never begun without need."""
        try:
            Sealer(self._store, self._folder, lambda: ring).seal_once(now)
        except SealDiverged:
            return
        raise OriginRefused(
            "The record fits the published seals: the sealer goes on with the log that is there.",
            remedy="Nothing is to be done; `planswitch audit verify` compares the whole record.",
        )

    def _gap(self, former: Checkpoint) -> Gap:
        """Return what the record does not have any more.

        Raises:
            OriginRefused: The record is not the beginning of what was sealed.
        """
        gap = gap_of(entries_of(self._folder.read, former.size), self._events(), self._calls)
        altered = gap.alteration
        if altered is not None:
            raise OriginRefused(
                f"The {altered.kind} {altered.first_id} is not as it was sealed, and later ones are: no "
                "restore does that. Somebody changed the record.",
                remedy="Keep database and folder as they are. `planswitch audit verify` names what differs; "
                "restore the newest backup from before the change.",
                leaf=altered.leaf,
            )
        return gap

    def _events(self) -> Iterator[tuple[int, bytes]]:
        for row in self._store.raw_events(0, NUMBER_MAX):
            yield row[0], event_entry(row)

    def _calls(self, first_id: int, last_id: int) -> tuple[int, str]:
        digests = [call_digest(row) for row in self._store.raw_calls(first_id, last_id)]
        return len(digests), range_digest(digests)

    def _record(self, ring: KeyRing, following: KeyRing, leaf: OriginLeaf, now: datetime) -> None:
        """Keep the keys of the new log and record it, with its first seal signed by the keys of both."""
        edge = TreeEdge()
        edge.append([leaf_hash(leaf.content())])
        checkpoint = Checkpoint(origin=following.origin, size=edge.size, root=edge.root())
        signers = [*following.signers(now), *ring.signers(now)]
        note = Note(text=checkpoint.text(), signatures=tuple(each.sign(checkpoint, now) for each in signers))
        write_key_ring(self._next_path, following)
        self._store.append_log(following.origin, leaf.content().decode("ascii"), note.content().decode())

    def _unfinished(self) -> SuccessorLog | None:
        """Return a log that is recorded, whose keys are here, and that the folder does not have yet."""
        log = self._store.log()
        if log is None:
            return None
        paths = (path for path in (self._next_path, self._key_path) if path.exists())
        is_ours = any(read_key_ring(path).origin == log.origin for path in paths)
        note = self._folder.note()
        is_published = note is not None and note.text.partition("\n")[0] == log.origin
        return log if is_ours and not is_published else None

    def _finish(self, log: SuccessorLog) -> None:
        """Put the log before aside, and publish the first seal of the new one."""
        note, leaf = parse_note(log.checkpoint.encode()), log.leaf.encode()
        former = parse_origin_leaf(leaf).former.origin
        if self._folder.note() is not None:
            self._folder.keep_former(former, note)
        if self._next_path.exists():
            self._next_path.replace(self._key_path)
        self._folder.begin_log()
        edge = TreeEdge()
        edge.append([leaf_hash(leaf)])
        self._folder.publish_tiles(0, edge.partial_tiles(), [leaf])
        self._folder.publish_checkpoint(note)
        self._folder.publish_policy(read_key_ring(self._key_path).policy())


def _new_log(log: SuccessorLog, gap: Gap | None) -> NewLog:
    return NewLog(origin=log.origin, leaf=parse_origin_leaf(log.leaf.encode()), gap=gap)
