"""Bundles for tests: a switch with users and money in a real store, sealed, exported, and altered."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from audit.bundle.archive import BundleWriter
from audit.bundle.export import Beginnings, BundleExport, History, Summary
from audit.bundle.members import INDEX
from audit.seals.calls import call_digest, range_digest
from audit.seals.leaves import CallRangeLeaf, event_leaf
from audit.transparency.policies import policy_text
from audit.transparency.signatures import Signer
from domain.catalog.catalog import load_catalog
from domain.kernel import ids
from domain.licenses.move import MoveRow, chunk_moved, input_digest
from domain.quote.quote import cutover
from domain.subscriptions.subscription import BillingStarted, InvoiceIssued, LicensesReceived
from domain.switch import move_events as moves
from store.core.rows import CallContext, RosterRow
from store.record.catalogs import Catalogs
from store.record.seals import RunKind, SealRun
from store.switch_store import SwitchStore
from tests.support.seals import checkpoint_of, log_signers, published, signed
from tests.support.stories.switch_story import CUTOVER_ON, E1, E3, USERS, SwitchStory

_USERS = UUID("5b1d0d1c-8f0a-4c7e-9a57-7d9d7c1a2b3c")
_PERIOD_END = date(2026, 12, 1)
HISTORY = b'{"events":[]}\n'


@dataclass(kw_only=True)
class BilledStory(SwitchStory):
    """A whole switch with a frozen roster, rows of users, calls, and every amount of its bill."""

    catalog_version: str = field(default_factory=lambda: load_catalog().version)

    def move(self, *, failed: int = 0) -> None:
        """Freeze the roster and record one group of the license move."""
        meta = self.meta("license_reassignment.move_slice")
        roster = [RosterRow(position=number, user_key=user_key(number)) for number in range(USERS)]
        summary = self.store.write_roster(self.switch_id, [roster])
        source = self.source()
        facts = {"calls_digest": "", "pilot": 0, "pilot_group_id": ""}
        self.advancer(source, meta)(
            moves.LicenseMoveStarted, total=USERS, roster_digest=summary.digest, **facts
        )
        self.store.save(source)
        rows = [
            MoveRow(
                position=number,
                batch_no=number // 20,
                user_key=user_key(number),
                from_plan=E1,
                to_plan=E3,
                outcome="failed" if number < failed else "moved",
                request_id=f"request-{number}" if number < failed else "",
            )
            for number in range(USERS)
        ]
        event = chunk_moved(
            switch_id=self.switch_id,
            pass_name="move",
            group_number=0,
            input_digest=input_digest([row.user_key for row in rows], from_plan=E1, to_plan=E3),
            rows=rows,
            batches=[],
            at=self.at(),
            meta=meta,
        )
        context = CallContext(switch_id=self.switch_id, step=meta.activity, attempt=1)
        self.store.append_chunk(event, rows, [self.call("assignLicense")], context)

    def finish(self) -> None:
        """Record everything from the end of the move to the completion, as the step of the cutover does."""
        meta = self.meta("billing_cutover.cut_over_billing")
        source, target = self.source(), self.store.subscription(ids.replacement_stream_id(self.switch_id))
        organization = self.store.organization(self.organization_id)
        assert target is not None
        assert organization is not None
        bill = cutover(self.quote(), CUTOVER_ON)
        advance = self.advancer(source, meta)
        advance(moves.LicenseMoveFinished, moved=USERS, skipped=0, drifted=0, calls_digest="")
        target.receive(LicensesReceived, at=self.at(), meta=meta, count=USERS)
        advance(moves.SourceCancellationBegun, ends_by=None, time_zone="Europe/Berlin")
        advance(moves.SourceCancelled, cancelled_at=self.at(), cutover_on=CUTOVER_ON, calls_digest="")
        advance(moves.BillingStopped, effective_on=bill.stop_on)
        advance(
            moves.CreditIssued,
            credit_id="CR1",
            amount=bill.credit,
            consumed=bill.consumed,
            settles_on=_PERIOD_END,
        )
        started = {"effective_on": CUTOVER_ON, "period_end_on": _PERIOD_END, "charge_id": "C1"}
        target.receive(BillingStarted, at=self.at(), meta=meta, amount=bill.charge, **started)
        invoice: dict[str, Any] = {"invoice_id": "I1", "number": "R-1", "tax": bill.tax, "total": bill.total}
        target.receive(InvoiceIssued, at=self.at(), meta=meta, charged=bill.total, **invoice)
        advance(
            moves.BillingCutOver,
            cutover_on=CUTOVER_ON,
            source_period_end_on=_PERIOD_END,
            net=bill.net,
            tax=bill.tax,
            total=bill.total,
            invoice_id="I1",
            invoice_promised_at=None,
            calls_digest="",
        )
        advance(moves.SwitchCompleted, moved=USERS, skipped=0, total=bill.total)
        organization.release_switch(self.switch_id, outcome="completed", at=self.at(), meta=meta)
        self.store.save(source, target, organization)


def user_key(number: int) -> UUID:
    """Return the key of a user."""
    return uuid5(_USERS, str(number))


def sealed_log(store: SwitchStore, *signers: Signer) -> dict[str, bytes]:
    """Seal everything that a store has into a log in memory: path -> content."""
    entries: list[bytes] = []
    runs: list[SealRun] = []
    for number, stream_id, version, topic, state, at in store.raw_events(0, 1 << 62):
        leaf = event_leaf(
            notification_id=number,
            stream_id=stream_id,
            version=version,
            topic=topic,
            state=bytes(state),
            recorded_at=at,
        )
        run = SealRun(first_leaf=len(entries), kind=RunKind.EVENT, first_id=number, last_id=number)
        runs.append(run)
        entries.append(leaf.content())
    numbered = enumerate(store.raw_calls(1, 1 << 62))
    # A leaf covers ids without a gap; a save that failed has used up its own.
    for _, group in groupby(numbered, key=lambda each: each[1][0] - each[0]):
        calls = [call for _, call in group]
        digest = range_digest(map(call_digest, calls))
        range_leaf = CallRangeLeaf(first_id=calls[0][0], last_id=calls[-1][0], digest=digest)
        ends = {"first_id": range_leaf.first_id, "last_id": range_leaf.last_id}
        runs.append(SealRun(first_leaf=len(entries), kind=RunKind.CALL_RANGE, digest=digest, **ends))
        entries.append(range_leaf.content())
    checkpoint = signed(checkpoint_of(entries), *signers).content()
    store.append_seal(runs, len(entries), checkpoint.decode())
    policy = policy_text(each.verifier_key for each in signers[:2])
    return {**published(entries, *signers), "policy": policy.encode()}


def exported(story: SwitchStory, log: Mapping[str, bytes], path: Path) -> Summary:
    """Write the bundle of a story's switch."""
    history = History(workflow_id="switch:x", run_id="run-1", content=HISTORY, source="Temporal")
    gone = History(workflow_id="invoice:x", run_id="run-2", content=None, source="gone")
    export = BundleExport(story.store, Catalogs(story.store.application), log.get)
    beginnings = Beginnings(switch_id=story.switch_id, streams=(), histories=(history, gone))
    with path.open("w+b") as file:
        return export.write(beginnings, file)


def story_bundle(store: SwitchStore, path: Path) -> SwitchStory:
    """Tell a switch beside calls of somebody else, seal it, and write its bundle."""
    story = BilledStory(store=store)
    story.tell()
    store.save_calls([story.call("somebody else's")])
    exported(story, sealed_log(store, *log_signers()), path)
    return story


def members_of(path: Path) -> dict[str, bytes]:
    """Return the members of a bundle."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@dataclass(frozen=True, kw_only=True)
class Forgery:
    """A bundle that somebody altered with care: its index fits its members."""

    members: dict[str, bytes]

    def changed(self, name: str, change: Callable[[bytes], bytes]) -> Forgery:
        """Return it with one member changed."""
        return Forgery(members={**self.members, name: change(self.members[name])})

    def without(self, *names: str) -> Forgery:
        """Return it without some members."""
        return Forgery(members={name: each for name, each in self.members.items() if name not in names})

    def write(self, path: Path) -> Path:
        """Write the file; the index lists what is in it."""
        index = json.loads(self.members[INDEX])
        buffer = io.BytesIO()
        with BundleWriter(buffer) as writer:
            for name, content in self.members.items():
                if name != INDEX:
                    writer.add(name, content)
            writer.finish({name: fact for name, fact in index.items() if name != "members"})
        path.write_bytes(buffer.getvalue())
        return path
