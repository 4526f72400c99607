"""Making a bundle: streams, calls and rows of one switch with the proofs of the newest seal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import IO
from uuid import UUID

from audit.bundle.archive import BundleWriter, json_member
from audit.bundle.call_rows import range_lines, shown_calls
from audit.bundle.contents import Sealed
from audit.bundle.derivation import Beside, derive, organization_of
from audit.bundle.errors import NotSealedYet
from audit.bundle.forks import write_forks
from audit.bundle.members import (
    CALLS_ENDING,
    CATALOG,
    CHECKPOINT,
    FORMAT,
    HISTORIES,
    LEAF_ENDING,
    MOVES,
    POLICY,
    PROOF_ENDING,
    ROSTER,
    STATE_ENDING,
    calls_member,
    event_member,
    history_member,
)
from audit.bundle.user_rows import chunks_by_pass, move_line, roster_line
from audit.report.facts import catalog_version_of
from audit.seals.leaves import CallRangeLeaf, event_leaf
from audit.story.show import calls_of, events_of
from audit.story.verdict import ENDINGS
from audit.transparency.notes import Note, parse_note
from audit.transparency.policies import Verdict, parse_policy
from audit.transparency.proof_files import ProofFile
from audit.transparency.tiles import CHECKPOINT_PATH, PublishedTree, ReadFile
from audit.transparency.tree_proofs import inclusion_proof
from domain.event_table.event_table import stage_after
from domain.licenses.move import MoveRow
from domain.switch.move_events import LicenseMoveStarted
from store.core.base import PAGE_SIZE_MAX
from store.core.rows import RecordedCall
from store.record.catalogs import Catalogs
from store.record.notifications import StoredNotification
from store.record.seals import SealRun
from store.switch_store import SwitchStore

PACKAGE = "planswitch"
_WAIT = (
    "Wait a minute and try again: the sealer seals what is new once a minute at least. "
    "`planswitch doctor` says whether it runs."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """The history of one run of a workflow of the switch, or why there is none."""

    workflow_id: str
    run_id: str
    #: JSON as Temporal gives it; None where nobody has it.
    content: bytes | None
    #: Where it came from, or why it is absent.
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Beginnings:
    """What is known of a switch before its bundle is made."""

    switch_id: str
    #: Streams known to have events of it.
    streams: tuple[UUID, ...]
    #: Histories of its workflows.
    histories: Sequence[History]


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What stands in a bundle that was written."""

    switch_id: str
    outcome: str
    anchoring: str
    tree_size: int
    events: int
    calls: int
    users: int
    histories: int


class BundleExport:
    """Reads one switch from the store and the published log, and writes its bundle."""

    def __init__(self, store: SwitchStore, catalogs: Catalogs, read: ReadFile) -> None:
        """Take where a bundle comes from.

        Args:
            store: The event store.
            catalogs: Versions of the catalog.
            read: Returns what the log has published under a path; the policy is one of its files.
        """
        self._store = store
        self._catalogs = catalogs
        self._read = read

    def write(self, beginnings: Beginnings, file: IO[bytes]) -> Summary:
        """Write the bundle of a switch to a file that can be sought in.

        Raises:
            UnknownSwitch: No event belongs to the switch.
            NotSealedYet: No event of the switch is sealed, or the last events of an ended switch are not.
            AuditMismatch: A quote of its record does not come out as it was stored.
        """
        log = _Log(self._store, self._read)
        events = events_of(self._store, beginnings.switch_id, beginnings.streams)
        unsealed = [each for each in events if log.leaf_of_event(each.id) is None]
        is_ended = any(stage_after(each.event) in ENDINGS for each in events)
        # A switch that began after the last seal has nothing that a bundle could prove.
        if unsealed and (is_ended or len(unsealed) == len(events)):
            raise NotSealedYet(
                f"{len(unsealed)} events of switch {beginnings.switch_id} are not sealed yet.", remedy=_WAIT
            )
        with BundleWriter(file) as writer:
            return self._write(writer, log, beginnings, {each.stream_id for each in events}, len(unsealed))

    def _write(
        self, writer: BundleWriter, log: _Log, beginnings: Beginnings, streams: set[UUID], unsealed: int
    ) -> Summary:
        switch_id = beginnings.switch_id
        writer.add(CHECKPOINT, log.note.content())
        writer.add(POLICY, log.policy)
        sealed = self._write_events(writer, log, streams)
        write_forks(writer, self._read, log.note, {str(each) for each in streams})
        calls, unsealed_calls = self._write_calls(writer, log, sealed, switch_id)
        events = sealed.of_switch(switch_id)
        beside = self._write_users(writer, events, calls, switch_id)
        _write_histories(writer, beginnings.histories)
        catalog = catalog_version_of(events)
        writer.add(CATALOG, self._catalogs.content(catalog).content if catalog else b"{}\n")
        derived = derive(sealed, beside, log.verdict, switch_id=switch_id, product_version=version(PACKAGE))
        for name, content in derived.members.items():
            writer.add(name, content)
        writer.finish(
            {
                "format": FORMAT,
                "switch_id": switch_id,
                "organization_id": organization_of(events),
                "product_version": version(PACKAGE),
                "catalog_version": catalog,
                "not_sealed": {"events": unsealed, "calls": unsealed_calls},
            }
        )
        return Summary(
            switch_id=switch_id,
            outcome=derived.report.figures["outcome"],
            anchoring=str(log.verdict.anchoring),
            tree_size=log.verdict.checkpoint.size,
            events=len(sealed.events),
            calls=len(calls),
            users=beside.roster,
            histories=sum(each.content is not None for each in beginnings.histories),
        )

    def _write_events(self, writer: BundleWriter, log: _Log, streams: set[UUID]) -> Sealed:
        """Write the sealed events of whole streams, each with its leaf and its proof."""
        sealed = Sealed()
        for stream_id in sorted(streams):
            sealed.events += self._stream(stream_id, log)
        sealed.events.sort(key=lambda each: each.id)
        for each in sealed.events:
            leaf = event_leaf(
                notification_id=each.id,
                stream_id=each.stream_id,
                version=each.version,
                topic=each.topic,
                state=each.state,
                recorded_at=each.recorded_at,
            )
            index = log.leaf_of_event(each.id)
            assert index is not None  # noqa: S101 - `_stream` ends with what is sealed
            writer.add(event_member(each.id, STATE_ENDING), each.state)
            writer.add(event_member(each.id, LEAF_ENDING), leaf.content())
            writer.add(event_member(each.id, PROOF_ENDING), log.proof(index, leaf.content()))
        return sealed

    def _stream(self, stream_id: UUID, log: _Log) -> list[StoredNotification]:
        """Return the events of a stream from the first to the last one that is sealed."""
        events: list[StoredNotification] = []
        while page := self._store.stream_events(stream_id, events[-1].version if events else 0):
            for each in page:
                if log.leaf_of_event(each.id) is None:
                    return events
                events.append(each)
        return events

    def _write_calls(
        self, writer: BundleWriter, log: _Log, sealed: Sealed, switch_id: str
    ) -> tuple[list[RecordedCall], int]:
        """Write the ranges that have calls of the switch; return these, and how many are not sealed."""
        ranges: dict[int, SealRun] = {}
        unsealed = 0
        for call in calls_of(self._store, switch_id):
            run = log.run_of_call(call.id)
            if run is None:
                unsealed += 1
            else:
                ranges[run.first_leaf] = run
        calls: list[RecordedCall] = []
        for index, run in sorted(ranges.items()):
            leaf = CallRangeLeaf(first_id=run.first_id, last_id=run.last_id, digest=run.digest)
            lines = list(range_lines(self._store.raw_calls(run.first_id, run.last_id), switch_id))
            calls += shown_calls(lines)
            writer.add_parts(calls_member(index, CALLS_ENDING), lines)
            writer.add(calls_member(index, LEAF_ENDING), leaf.content())
            writer.add(calls_member(index, PROOF_ENDING), log.proof(index, leaf.content()))
            sealed.ranges.append((index, leaf))
        return sorted(calls, key=lambda each: each.id), unsealed

    def _write_users(
        self,
        writer: BundleWriter,
        events: Sequence[StoredNotification],
        calls: Sequence[RecordedCall],
        switch_id: str,
    ) -> Beside:
        """Write the rows of users that a digest in a sealed event covers."""
        counts = {ROSTER: 0, MOVES: 0}
        answered: list[MoveRow] = []

        def roster() -> Iterator[bytes]:
            summary = self._store.roster_summary(switch_id)
            is_frozen = any(isinstance(each.event, LicenseMoveStarted) for each in events)
            for start in range(0, summary.count if summary and is_frozen else 0, PAGE_SIZE_MAX):
                for row in self._store.roster_slice(switch_id, start, start + PAGE_SIZE_MAX):
                    counts[ROSTER] += 1
                    yield roster_line(row)

        def moves() -> Iterator[bytes]:
            for name, chunks in chunks_by_pass(events).items():
                for row in self._rows(switch_id, name, sum(each.event.count for each in chunks)):  # type: ignore[attr-defined]
                    counts[MOVES] += 1
                    if row.request_id:
                        answered.append(row)
                    yield move_line(name, row)

        writer.add_parts(ROSTER, roster())
        writer.add_parts(MOVES, moves())
        return Beside(calls=calls, roster=counts[ROSTER], rows=counts[MOVES], answered=answered)

    def _rows(self, switch_id: str, pass_name: str, count: int) -> Iterator[MoveRow]:
        """Yield the first rows of a pass: those that sealed events cover."""
        after = -1
        while count > 0:
            limit = min(count, PAGE_SIZE_MAX)
            page = self._store.license_rows(switch_id, pass_name, after_position=after, limit=limit)
            if not page:
                return
            yield from page
            after, count = page[-1].position, count - len(page)


class _Log:
    """The published log at its newest checkpoint, and where the record stands in it."""

    def __init__(self, store: SwitchStore, read: ReadFile) -> None:
        checkpoint, policy = read(CHECKPOINT_PATH), read(POLICY)
        if checkpoint is None or policy is None:
            raise NotSealedYet("Nothing of the record is sealed yet.", remedy=_WAIT)
        self.note: Note = parse_note(checkpoint)
        self.policy = policy
        self.verdict: Verdict = parse_policy(policy).verdict(self.note)
        self._size = self.verdict.checkpoint.size
        self._tree = PublishedTree(read, self._size)
        self._store = store
        self._run: SealRun | None = None

    def leaf_of_event(self, notification_id: int) -> int | None:
        """Return the index of an event's leaf, or None where the checkpoint does not cover it."""
        run = self._run
        if run is None or not run.first_id <= notification_id <= run.last_id:
            run = self._run = self._store.run_of_event(notification_id)
        index = run.leaf_of(notification_id) if run else self._size
        return index if index < self._size else None

    def run_of_call(self, call_id: int) -> SealRun | None:
        """Return the range whose leaf covers a call, or None where the checkpoint does not."""
        run = self._store.run_of_call(call_id)
        return run if run and run.first_leaf < self._size else None

    def proof(self, index: int, entry: bytes) -> bytes:
        """Return the proof file of a leaf.

        Raises:
            SealRefused: The record is not what was sealed: a bundle of it would prove nothing.
        """
        path = inclusion_proof(index, self._size, self._tree.subtree)
        proof = ProofFile(index=index, path=path, note=self.note)
        proof.require_entry(entry)
        return proof.content()


def _write_histories(writer: BundleWriter, histories: Sequence[History]) -> None:
    listed = []
    for number, each in enumerate(histories):
        member = history_member(number) if each.content is not None else ""
        if each.content is not None:
            writer.add(member, each.content)
        listed.append(
            {
                "workflow_id": each.workflow_id,
                "run_id": each.run_id,
                "member": member,
                "source": each.source,
            }
        )
    writer.add(HISTORIES, json_member({"histories": listed}))
