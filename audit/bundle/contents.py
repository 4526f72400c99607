"""The sealed part of a bundle: checkpoint, policy, leaves with their proofs, and the events behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from eventsourcing.persistence import Mapper

import domain.stored_events  # noqa: F401 - makes every topic known
from audit.bundle.archive import BundleArchive
from audit.bundle.findings import Findings, Kind
from audit.bundle.members import (
    CALLS_ENDING,
    CALLS_MEMBER,
    EVENT_MEMBER,
    LEAF_ENDING,
    PROOF_ENDING,
    STATE_ENDING,
    calls_member,
    event_member,
)
from audit.seals.leaves import CallRangeLeaf, EventLeaf, Leaf, parse_leaf
from audit.transparency.errors import SealRefused
from audit.transparency.proof_files import parse_proof_file
from projections.board.fold import switch_of
from store.core.application import StrictTranscoder
from store.record.notifications import StoredNotification


@dataclass(kw_only=True)
class Sealed:
    """What of a bundle the checkpoint vouches for."""

    #: In the order of their ids.
    events: list[StoredNotification] = field(default_factory=list)
    #: Index of the leaf, and the leaf.
    ranges: list[tuple[int, CallRangeLeaf]] = field(default_factory=list)

    @property
    def streams(self) -> dict[UUID, list[StoredNotification]]:
        """Return the events of each stream in the order of their versions."""
        streams: dict[UUID, list[StoredNotification]] = {}
        for each in sorted(self.events, key=lambda one: one.version):
            streams.setdefault(each.stream_id, []).append(each)
        return streams

    def of_switch(self, switch_id: str) -> list[StoredNotification]:
        """Return the events that belong to a switch, in the order of the log."""
        return [each for each in self.events if switch_of(each.event) == switch_id]


def stored_event(leaf: EventLeaf, state: bytes) -> StoredNotification:
    """Return an event of a bundle as the store would give it."""
    return StoredNotification(
        id=leaf.id,
        stream_id=leaf.stream_id,
        version=leaf.version,
        topic=leaf.topic,
        state=state,
        recorded_at=leaf.recorded_at,
        decode=decoder(),
    )


@cache
def decoder() -> Callable[[Any], Any]:
    """Return what makes a domain event of stored bytes, without any database."""
    decode: Callable[[Any], Any] = Mapper(transcoder=StrictTranscoder()).to_domain_event
    return decode


def read_sealed(archive: BundleArchive, findings: Findings) -> Sealed:
    """Return the events and ranges of calls of a bundle whose leaves stand in the tree of its checkpoint.

    Whose signature the checkpoint has is another question.
    """
    sealed = Sealed()
    for number, endings in _groups(archive.names, EVENT_MEMBER).items():
        with findings.of(event_member(number, LEAF_ENDING), Kind.ALTERED):
            event = _event(archive, number, endings, findings)
            if event is not None:
                sealed.events.append(event)
    for index, endings in _groups(archive.names, CALLS_MEMBER).items():
        with findings.of(calls_member(index, LEAF_ENDING), Kind.ALTERED):
            leaf = _range(archive, index, endings, findings)
            if leaf is not None:
                sealed.ranges.append((index, leaf))
    return sealed


def check_streams(sealed: Sealed, switch_id: str, findings: Findings) -> None:
    """Look whether each stream has all versions from 1 on, and at least one event of the switch."""
    for stream_id, events in sealed.streams.items():
        versions = [each.version for each in events]
        if versions != list(range(1, len(events) + 1)):
            gap = next(place for place, version in enumerate(versions, start=1) if version != place)
            findings.add(
                Kind.MISSING,
                event_member(events[min(gap, len(events)) - 1].id, STATE_ENDING),
                f"Version {gap} of stream {stream_id} is missing; the versions go up to {versions[-1]}.",
            )
        first = event_member(events[0].id, STATE_ENDING)
        with findings.of(first):
            if not any(switch_of(each.event) == switch_id for each in events):
                findings.add(Kind.EXTRA, first, f"Stream {stream_id} has no event of switch {switch_id}.")


def _groups(names: Iterable[str], shape: Any) -> Mapping[int, set[str]]:
    groups: dict[int, set[str]] = {}
    for name in names:
        match = shape.fullmatch(name)
        if match:
            groups.setdefault(int(match[1]), set()).add(match[2])
    return dict(sorted(groups.items()))


def _event(
    archive: BundleArchive, number: int, endings: set[str], findings: Findings
) -> StoredNotification | None:
    member = event_member(number, STATE_ENDING)
    names = [event_member(number, each) for each in (STATE_ENDING, LEAF_ENDING, PROOF_ENDING)]
    if not _is_whole(names, endings, findings):
        return None
    leaf, _ = _proved(archive, *names[1:])
    state = archive.content(member)
    if not isinstance(leaf, EventLeaf) or leaf.id != number:
        findings.add(Kind.ALTERED, names[1], f"It is not the leaf of event {number}.")
        return None
    if sha256(state).hexdigest() != leaf.state_digest:
        findings.add(
            Kind.ALTERED,
            member,
            f"Event {number} ({leaf.topic}, stream {leaf.stream_id} version {leaf.version}) was altered: its "
            "bytes are not those that were sealed.",
        )
        return None
    return stored_event(leaf, state)


def _range(archive: BundleArchive, index: int, endings: set[str], findings: Findings) -> CallRangeLeaf | None:
    names = [calls_member(index, each) for each in (CALLS_ENDING, LEAF_ENDING, PROOF_ENDING)]
    if not _is_whole(names, endings, findings):
        return None
    leaf, place = _proved(archive, *names[1:])
    if not isinstance(leaf, CallRangeLeaf) or place != index:
        findings.add(Kind.ALTERED, names[1], f"It is not leaf {index} of the log.")
        return None
    return leaf


def _is_whole(names: Sequence[str], endings: set[str], findings: Findings) -> bool:
    absent = [name for name in names if not any(name.endswith(ending) for ending in endings)]
    for name in absent:
        findings.add(Kind.MISSING, name, "It is missing.")
    return not absent


def _proved(archive: BundleArchive, leaf_name: str, proof_name: str) -> tuple[Leaf, int]:
    """Return a leaf that stands in the tree of the checkpoint, and its index.

    Raises:
        SealRefused: It does not.
    """
    content = archive.content(leaf_name)
    proof = parse_proof_file(archive.content(proof_name))
    if proof.note.content() != archive.content("checkpoint"):
        raise SealRefused(
            f"The proof {proof_name} is one for another checkpoint than that of the bundle.",
            remedy="Get the bundle anew from who made it.",
        )
    proof.require_entry(content)
    return parse_leaf(content), proof.index
