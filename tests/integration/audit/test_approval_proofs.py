"""Approvals are proved without any key of the installation; what was altered is named (audit#approvals)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.signing.approvals import command_approved, granted
from activities.signing.signatures import CommandKeys
from audit.bundle.verification import verify_bundle
from audit.verification.findings import Fault, Subject
from domain.approvals.approval import Approval
from domain.approvals.approval_events import ApprovalRequested
from domain.kernel.ids import approval_id_of, approval_stream_id
from domain.switch.control_events import CommandApproved
from store.switch_store import SwitchStore
from tests.support.bundles import BilledStory, exported, sealed_log
from tests.support.consoles.store_parts import open_store
from tests.support.seals import log_signers
from tests.support.stories.samples import sample_of
from tests.support.verifying import TamperedRecord
from tools.tidy_sources import ROOT

KEYS = CommandKeys(signing=b"a-key-of-the-installation")
OTHERS = CommandKeys(signing=b"another-key-of-somebody")
_SECOND = ROOT / "tools" / "audit_verifier"
_ALTERED = 40


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    with open_store(database_url, tmp_path, pool_size=2) as store:
        yield store


def _requested(story: BilledStory, request_id: str) -> Approval:
    """Return a request for an approval of a start, as Olga made it."""
    sample: ApprovalRequested = sample_of(ApprovalRequested)
    stream = approval_stream_id(approval_id_of(story.switch_id, "start", request_id))
    meta = replace(story.meta("console"), switch_id="", actor="olga").as_facts()
    facts: dict[str, Any] = {
        "switch_id": story.switch_id,
        "request_id": request_id,
        "command": "start",
        "meta": meta,
    }
    facts |= {
        "command": "start",
        "organization_id": story.organization_id,
        "expires_at": story.at() + timedelta(days=2),
    }
    requested = replace(sample, originator_id=stream, originator_version=1, timestamp=story.at(), **facts)
    return Approval(requested=requested, revision=1)


def _record(story: BilledStory, request_id: str, keys: CommandKeys = KEYS, **changes: Any) -> None:
    """Record an approval by Ada in its own log, and in that of the switch with some fields altered."""
    approval = _requested(story, request_id)
    meta = replace(story.meta("console"), actor="ada", reason="looked at it")
    grant = granted(keys, approval, at=story.at(), meta=replace(meta, switch_id=""))
    story.store.append_approval(approval.requested, grant)
    source = story.source()
    own = {name: changes.pop(name) for name in ("actor", "reason") if name in changes}
    facts = {**command_approved(approval, grant), **changes}
    story.advancer(source, replace(meta, **own))(CommandApproved, **facts)
    story.store.save(source)


#: Field that somebody altered in the record of the switch -> how both verifiers name it.
_ALTERATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "approver": ({"actor": "mallory"}, "approver is mallory"),
    "reason": ({"reason": "because"}, "reason is because"),
    "digest": ({"digest": "0" * 64}, f"digest is {'0' * 64}"),
    "time": ({"approved_at": None}, "time is "),
    "statement": ({"public_signature": "0" * 128}, "statement is not what its key signed"),
}


def _told(path: Path, *options: str) -> tuple[str, str]:
    """Return what both verifiers say of a bundle."""
    report = verify_bundle(path, None, options[1::2])
    command = [sys.executable, "-S", "-E", str(_SECOND), str(path), *options]
    other = subprocess.run(command, capture_output=True, text=True, check=False)
    assert report.holds is (other.returncode != _ALTERED), other.stdout + other.stderr
    return json.dumps([each.text for each in report.findings] + [*report.approval_keys]), other.stdout


def test_whatever_was_altered_of_an_approval_is_named(store: SwitchStore, tmp_path: Path) -> None:
    """Sealed after it was altered, so that no seal tells: approver, digest, time and reason are named."""
    story = BilledStory(store=store)
    story.request()
    _record(story, "right")
    for name, (changes, _) in _ALTERATIONS.items():
        moved = {"approved_at": story.at()} if name == "time" else changes
        _record(story, name, **moved)
    story.order()
    story.move()
    story.finish()
    path = tmp_path / "switch.zip"
    exported(story, sealed_log(store, *log_signers()), path)

    product, second = _told(path)
    for _, words in _ALTERATIONS.values():
        assert words in product
        assert words in second
    # The one that nobody altered is named by neither.
    assert (product.count("is not as it was signed"), len(_ALTERATIONS)) == (5, 5)
    assert second.count("is not as it was signed") == len(_ALTERATIONS)


def test_a_right_approval_holds_by_the_keys_that_are_trusted(store: SwitchStore, tmp_path: Path) -> None:
    """Whoever signs with another key is found by an auditor who knows the installation's (ADR 47)."""
    story = BilledStory(store=store)
    story.request()
    _record(story, "right")
    _record(story, "forged", OTHERS)
    story.order()
    story.move()
    story.finish()
    path = tmp_path / "switch.zip"
    exported(story, sealed_log(store, *log_signers()), path)
    own, forged = verify_bundle(path).approval_keys
    approved = story.source().switches[story.switch_id].approved

    assert (len(approved), verify_bundle(path).holds) == (2, True)
    assert verify_bundle(path, None, (own, forged)).holds
    for key in (own, forged):
        product, second = _told(path, "--approval-key", key)
        assert product.count("none of those that you trust") == 1
        assert second.count("none of those that you trust") == 1


def test_the_record_is_compared_with_its_approvals(
    store: SwitchStore, database_url: str, tmp_path: Path
) -> None:
    """`audit verify` names an approval whose approver is another one, although no seal has it yet."""
    record = TamperedRecord.of(store, database_url, tmp_path)
    story = BilledStory(store=store)
    story.request()
    _record(story, "right")
    record.sealed.seal()
    whole = record.verify()
    assert (whole.exit_code, whole.coverage.approvals) == (0, 2)

    _record(story, "inserted", actor="eve")
    found = record.verify()

    assert found.deviation is not None, found.sentence
    assert (found.exit_code, found.deviation.fault, found.deviation.subject) == (
        _ALTERED,
        Fault.ALTERED,
        Subject.APPROVAL,
    )
    assert "Its approver is eve; signed is ada." in found.sentence
