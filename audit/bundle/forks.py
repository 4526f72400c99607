"""What a bundle tells of the logs before the one that seals its switch (ADR 58).

For each log before: the first leaf of the log that follows it, with its proof; the last checkpoint and the
keys of the log before; the first checkpoint of the one that follows, signed by both; and the entries of the
switch's streams that a restore has lost, each with its proof in the log before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audit.bundle.archive import BundleArchive, BundleWriter, row_line
from audit.bundle.findings import Findings, Kind
from audit.bundle.members import (
    CHECKPOINT,
    FORK_CHECKPOINT,
    FORK_LEAF,
    FORK_LOST,
    FORK_MEMBER,
    FORK_POLICY,
    FORK_SUCCESSOR,
    fork_member,
    fork_proof_member,
)
from audit.forks.chain import FormerLog, former_logs
from audit.forks.former import SUCCESSOR
from audit.forks.gap import entries_of, words_of
from audit.forks.origin_leaf import OriginLeaf, parse_origin_leaf
from audit.transparency.checkpoints import Checkpoint, parse_checkpoint
from audit.transparency.encoding import base64_bytes, base64_text
from audit.transparency.errors import SealRefused
from audit.transparency.hashes import leaf_hash
from audit.transparency.notes import Note, parse_note
from audit.transparency.policies import parse_policy
from audit.transparency.proof_files import ProofFile, parse_proof_file
from audit.transparency.signatures import is_signed_by
from audit.transparency.tiles import CHECKPOINT_PATH, PublishedTree, ReadFile
from audit.transparency.tree_proofs import inclusion_proof, is_included
from domain.text.json_text import read_json


@dataclass(frozen=True, kw_only=True, slots=True)
class BundleFork:
    """A log before, as a bundle tells of it."""

    log: str
    tree_size: int
    followed_by: str
    operator: str
    declared_at: str
    reason: str
    #: Ids of the keys of the log before that signed the first checkpoint of the one that follows.
    vouched_by: tuple[str, ...]
    #: Events of the switch's streams that the log before had and the record has not.
    lost_events: int


def write_forks(writer: BundleWriter, read: ReadFile, note: Note, streams: set[str]) -> None:
    """Write what is to be told of the logs before the published one; nothing where it is the first.

    Args:
        writer: Takes the members.
        read: Returns a file of the folder of seals.
        note: The newest checkpoint.
        streams: Ids of the streams of the bundle.

    Raises:
        ForkBroken: A log before is missing from the folder.
    """
    checkpoint, above, tree = parse_checkpoint(note.text), note, read
    first = next(entries_of(read, checkpoint.size))
    for number, log in enumerate(former_logs(read, first, checkpoint.origin)):
        size = parse_checkpoint(above.text).size
        path = inclusion_proof(0, size, PublishedTree(tree, size).subtree)
        proof = ProofFile(index=0, path=path, note=above)
        proof.require_entry(log.content)
        writer.add(fork_member(number, FORK_LEAF), log.content)
        writer.add(fork_proof_member(number), proof.content())
        for name, ending in (
            (CHECKPOINT_PATH, FORK_CHECKPOINT),
            ("policy", FORK_POLICY),
            (SUCCESSOR, FORK_SUCCESSOR),
        ):
            writer.add(fork_member(number, ending), log.read(name) or b"")
        writer.add_parts(fork_member(number, FORK_LOST), _lost_lines(log, streams))
        above, tree = parse_note(log.read(CHECKPOINT_PATH) or b""), log.read


def _lost_lines(log: FormerLog, streams: set[str]) -> Iterator[bytes]:
    """Yield each lost event of some streams with its proof in the log before."""
    size = log.checkpoint.size
    subtree = PublishedTree(log.read, size).subtree
    for index, entry in enumerate(entries_of(log.read, size)):
        words = words_of(entry)
        is_lost = words["kind"] == "event" and int(words["id"]) > log.leaf.last_event_id
        if is_lost and words["stream"] in streams:
            path = [base64_text(each) for each in inclusion_proof(index, size, subtree)]
            yield row_line({"index": index, "entry": entry.decode("ascii"), "path": path})


def check_forks(archive: BundleArchive, streams: set[str], findings: Findings) -> tuple[BundleFork, ...]:
    """Return what a bundle tells of the logs before, once it is proved.

    Args:
        archive: The bundle.
        streams: Ids of its streams.
        findings: Takes what is wrong.
    """
    numbers = {int(match[1]) for match in map(FORK_MEMBER.fullmatch, archive.names) if match}
    if numbers and numbers != set(range(len(numbers))):
        findings.add(Kind.MISSING, fork_member(len(numbers) - 1, FORK_LEAF), "A log between is missing.")
        return ()
    forks, above = [], archive.content(CHECKPOINT)
    for number in sorted(numbers):
        with findings.of(fork_member(number, FORK_LEAF), Kind.ALTERED):
            forks.append(_fork(archive, number, above, streams))
            above = archive.content(fork_member(number, FORK_CHECKPOINT))
    return tuple(forks)


def _fork(archive: BundleArchive, number: int, above: bytes, streams: set[str]) -> BundleFork:
    content = archive.content(fork_member(number, FORK_LEAF))
    proof, leaf = parse_proof_file(archive.content(fork_proof_member(number))), parse_origin_leaf(content)
    proof.require_entry(content)
    if proof.index != 0 or proof.note.content() != above:
        raise _refused("The first leaf is not proved in the log of this bundle")
    following = parse_checkpoint(proof.note.text).origin
    note = parse_note(archive.content(fork_member(number, FORK_CHECKPOINT)))
    policy = parse_policy(archive.content(fork_member(number, FORK_POLICY)))
    if policy.verdict(note).checkpoint != leaf.former:
        raise _refused("The last checkpoint of the log before is not the one that the first leaf names")
    successor = parse_note(archive.content(fork_member(number, FORK_SUCCESSOR)))
    expected = Checkpoint(origin=following, size=1, root=leaf_hash(content))
    vouchers = [
        key for key in policy.logs if any(is_signed_by(successor, line, key) for line in successor.signatures)
    ]
    if parse_checkpoint(successor.text) != expected or not vouchers:
        raise _refused("No key of the log before signed the first checkpoint of the log that follows")
    lost = _lost(list(archive.lines(fork_member(number, FORK_LOST))), leaf, streams)
    return BundleFork(
        log=leaf.former.origin,
        tree_size=leaf.former.size,
        followed_by=following,
        operator=leaf.operator,
        declared_at=leaf.declared_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        reason=leaf.reason,
        vouched_by=tuple(f"{key.name}+{key.key_id.hex()}" for key in vouchers),
        lost_events=lost,
    )


def _lost(lines: Sequence[bytes], leaf: OriginLeaf, streams: set[str]) -> int:
    """Return the number of lost entries, each of which stands in the log before."""
    for line in lines:
        facts = read_json(line, field=FORK_LOST)
        entry, index = facts["entry"].encode("ascii"), int(facts["index"])
        path = tuple(base64_bytes(each, "proof") for each in facts["path"])
        words = words_of(entry)
        if not is_included(leaf_hash(entry), index, leaf.former.size, path, leaf.former.root):
            raise _refused(f"Entry {index} does not stand in the log before")
        if words["stream"] not in streams or int(words["id"]) <= leaf.last_event_id:
            raise _refused(f"Entry {index} of the log before was not lost, or is of another stream")
    return len(lines)


def _refused(what: str) -> SealRefused:
    return SealRefused(f"{what}.", remedy="Get the bundle anew from who made it.")
