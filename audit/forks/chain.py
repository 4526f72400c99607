"""The logs before the published one: each is checked whole, and compared with the record (ADR 58)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass

from audit.forks.former import SUCCESSOR, former_path
from audit.forks.gap import CallsNow, EventNow, Gap, LostEntry, entries_of, gap_of
from audit.forks.origin_leaf import OriginLeaf, is_origin_leaf, parse_origin_leaf
from audit.transparency.checkpoints import Checkpoint, parse_checkpoint
from audit.transparency.encoding import NUMBER_MAX, base64_text
from audit.transparency.errors import MalformedSeal, SealRefused
from audit.transparency.hashes import leaf_hash
from audit.transparency.notes import Note, VerifierKey, parse_note, parse_verifier_key
from audit.transparency.policies import parse_policy
from audit.transparency.signatures import is_signed_by
from audit.transparency.tiles import CHECKPOINT_PATH, PublishedTree, ReadFile
from audit.transparency.tree_edge import TreeEdge
from audit.transparency.tree_proofs import consistency_proof, is_consistent
from domain.kernel.errors import PlanSwitchError

#: Logs that may follow one another; each is a restore that somebody declared.
FORKS_MAX = 1_000
_POLICY = "policy"


class ForkBroken(PlanSwitchError):
    """A log before the published one is not as it was, or the record is not what its successor declares."""

    code = "AUDIT_MISMATCH"

    def __init__(self, what: str, *, entry: LostEntry | None = None) -> None:
        """Say what is wrong.

        Args:
            what: The fault, as a sentence.
            entry: The entry of the record that differs; None where a file of the folder does.
        """
        super().__init__(what, remedy="Compare the folder of seals with your copy of it.")
        self.entry = entry


@dataclass(frozen=True, kw_only=True)
class Fork:
    """Where one log ended and another one goes on, as it was declared, and what lies between them."""

    #: The log before, its last checkpoint, and the log that follows.
    log: str
    tree_size: int
    root: str
    followed_by: str
    #: Who declared it, when and why.
    operator: str
    declared_at: str
    reason: str
    #: Ids of the keys of the log before that signed the first checkpoint of the next one.
    vouched_by: tuple[str, ...]
    #: Greatest ids that the record kept.
    last_event_id: int
    last_call_id: int
    #: What the log before sealed and the record does not have any more.
    lost_events: int
    lost_calls: int
    first_recorded: str
    last_recorded: str
    #: The first of them.
    lost: tuple[LostEntry, ...]


@dataclass(frozen=True, kw_only=True)
class FormerLog:
    """A log that another one follows, with its files."""

    leaf: OriginLeaf
    #: The leaf as it is sealed in the log that follows.
    content: bytes
    followed_by: str
    #: Returns a file of this log.
    read: ReadFile

    @property
    def checkpoint(self) -> Checkpoint:
        """Return the last checkpoint of the log."""
        return self.leaf.former

    def begins_with(self, checkpoint: Checkpoint) -> bool:
        """Return whether a checkpoint of the log that somebody has seen is one of its history.

        Raises:
            ForkBroken: The files of the log are missing.
        """
        last = self.checkpoint
        if checkpoint.size > last.size:
            return False
        try:
            subtree = PublishedTree(self.read, last.size).subtree
            path = consistency_proof(checkpoint.size, last.size, subtree)
        except MalformedSeal as error:
            raise ForkBroken(f"A former log is not whole. {error.message}") from error
        return is_consistent(checkpoint.size, last.size, path, old_root=checkpoint.root, root=last.root)

    def vouchers(self, keys: list[VerifierKey]) -> list[VerifierKey]:
        """Return which keys signed the first checkpoint of the log that follows.

        Args:
            keys: Of this log.

        Raises:
            ForkBroken: That checkpoint is missing, or is not one of the declared first leaf.
        """
        note = self._successor()
        checkpoint = parse_checkpoint(note.text)
        expected = (self.followed_by, 1, leaf_hash(self.content))
        if (checkpoint.origin, checkpoint.size, checkpoint.root) != expected:
            raise ForkBroken(
                f"The successor of the log {self.checkpoint.origin} is another one than declared."
            )
        return [key for key in keys if any(is_signed_by(note, line, key) for line in note.signatures)]

    def _successor(self) -> Note:
        content = self.read(SUCCESSOR)
        if content is None:
            raise ForkBroken(
                f"The folder of seals lacks what names the successor of {self.checkpoint.origin}."
            )
        return parse_note(content)

    def keys(self) -> list[VerifierKey]:
        """Return the keys of the log: those of the policy that was published with it."""
        content = self.read(_POLICY)
        return [] if content is None else list(parse_policy(content).logs)


def former_logs(read: ReadFile, first_leaf: bytes, origin: str) -> Iterator[FormerLog]:
    """Yield the logs before a published one, the newest first.

    Args:
        read: Returns a file of the folder of seals.
        first_leaf: The first leaf of the published log; it is believed.
        origin: Name of the published log.

    Raises:
        MalformedSeal: A first leaf can't be read.
        ForkBroken: A log is missing.
    """
    for _ in range(FORKS_MAX):
        if not is_origin_leaf(first_leaf):
            return
        leaf = parse_origin_leaf(first_leaf)
        place = former_path(leaf.former.origin)
        log = FormerLog(leaf=leaf, content=first_leaf, followed_by=origin, read=_below(read, place))
        yield log
        try:
            first_leaf = next(entries_of(log.read, leaf.former.size), b"")
        except MalformedSeal as error:
            raise _not_whole(log, error) from error
        origin = leaf.former.origin


def forks_of(logs: list[FormerLog], events: Callable[[], Generator[EventNow]], calls: CallsNow) -> list[Fork]:
    """Return what lies between each log and the record, once each is what was signed.

    Args:
        logs: The newest first.
        events: Returns all events of the record as it is now.
        calls: Tells of calls as they are now.

    Raises:
        ForkBroken: A log is not what its successor names, or the record is not what was declared.
    """
    forks, kept_event, kept_call = [], NUMBER_MAX, NUMBER_MAX
    for log in logs:
        # What a later restore lost can't be there any more, whatever an earlier declaration kept.
        kept_event = min(kept_event, log.leaf.last_event_id)
        kept_call = min(kept_call, log.leaf.last_call_id)
        with closing(events()) as now:
            gap = _compared(log, now, calls)
        altered = gap.alteration_below(kept_event, kept_call)
        if altered is not None:
            raise ForkBroken(
                f"The {altered.kind} {altered.first_id} is not as the log {log.checkpoint.origin} sealed it, "
                "and its successor declares that it is.",
                entry=altered,
            )
        forks.append(_fork(log, gap))
    return forks


def _compared(log: FormerLog, events: Iterator[EventNow], calls: CallsNow) -> Gap:
    """Return what of a log is lost, after its entries were compared with its last root."""
    edge = TreeEdge()

    def checked() -> Iterator[bytes]:
        for entry in entries_of(log.read, log.checkpoint.size):
            edge.append([leaf_hash(entry)])
            yield entry

    try:
        gap = gap_of(checked(), events, calls)
    except (MalformedSeal, KeyError, ValueError) as error:
        raise _not_whole(log, error) from error
    content = log.read(CHECKPOINT_PATH)
    stated = None if content is None else parse_note(content).text
    if edge.root() != log.checkpoint.root or stated != log.checkpoint.text():
        raise ForkBroken(
            f"The files of the former log {log.checkpoint.origin} are not those of the last checkpoint that "
            "its successor names: they were altered, or the successor names another one."
        )
    return gap


def _fork(log: FormerLog, gap: Gap) -> Fork:
    leaf = log.leaf
    at = leaf.declared_at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    try:
        vouchers = log.vouchers(log.keys())
    except (MalformedSeal, SealRefused) as error:
        raise ForkBroken(
            f"The keys or the successor of a former log can't be read. {error.message}"
        ) from error
    return Fork(
        log=leaf.former.origin,
        tree_size=leaf.former.size,
        root=base64_text(leaf.former.root),
        followed_by=log.followed_by,
        operator=leaf.operator,
        declared_at=at,
        reason=leaf.reason,
        vouched_by=tuple(f"{key.kind.name.lower()} {key.key_id.hex()}" for key in vouchers),
        last_event_id=leaf.last_event_id,
        last_call_id=leaf.last_call_id,
        lost_events=gap.lost_events,
        lost_calls=gap.lost_calls,
        first_recorded=gap.first_recorded,
        last_recorded=gap.last_recorded,
        lost=tuple(gap.lost),
    )


def succeeds(logs: list[FormerLog], known_keys: tuple[str, ...], signed_by: set[str]) -> bool:
    """Return whether keys that were seen lead to those that signed the newest checkpoint.

    Each log's first leaf names its keys, and the keys of the log before signed it.

    Args:
        logs: From the newest to the one that was seen.
        known_keys: Texts of the keys of that one, as they were seen.
        signed_by: Texts of the keys that signed the newest checkpoint.
    """
    trusted = known_keys
    for log in reversed(logs):
        if not log.vouchers([parse_verifier_key(text) for text in trusted]):
            return False
        trusted = log.leaf.keys
    return not signed_by.isdisjoint(trusted)


def _below(read: ReadFile, place: str) -> ReadFile:
    return lambda name: read(f"{place}/{name}")


def _not_whole(log: FormerLog, error: Exception) -> ForkBroken:
    return ForkBroken(
        f"The former log {log.checkpoint.origin} is not whole in the folder of seals: "
        f"{getattr(error, 'message', error)}"
    )
