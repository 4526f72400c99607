"""Who may decide about a request, and what its signature proves (approvals#the-way-of-a-request)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.signing.approvals import granted, is_proved
from activities.signing.signatures import CommandKeys
from domain.approvals.approval import (
    Approval,
    ApprovalClosed,
    ApprovalState,
    OwnApproval,
    approval_of,
)
from domain.approvals.approval_events import ApprovalCarriedOut, ApprovalRefused, ApprovalRequested
from domain.approvals.custody import UNKNOWN_CUSTODY, Custody
from domain.kernel.recorded import Meta
from tests.support.stories.samples import sample_of

_NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_KEYS = CommandKeys(signing=b"a-key-of-the-installation")


def _meta(actor: str) -> Meta:
    return Meta(switch_id="", organization_id="contoso", actor=actor, reason="why", causation="test")


def _request(**changes: Any) -> Approval:
    """Return a request of Olga that may be decided for two days."""
    sample: ApprovalRequested = sample_of(ApprovalRequested)
    facts = {"meta": _meta("olga").as_facts(), "expires_at": _NOW + timedelta(days=2), **changes}
    return Approval(requested=replace(sample, **facts), revision=1)


def _approved(approval: Approval, by: str = "ada", keys: CommandKeys = _KEYS) -> Approval:
    grant = granted(keys, approval, at=_NOW, meta=_meta(by))
    folded = approval_of([approval.requested, grant])
    assert folded is not None
    return folded


def test_somebody_else_may_decide_in_time() -> None:
    """Until it expires, a request waits for anybody but its requester."""
    approval = _request()
    digest = approval.requested.digest
    approval.require_decidable("ada", digest, now=_NOW, custody=UNKNOWN_CUSTODY)
    with pytest.raises(OwnApproval):
        approval.require_decidable("olga", digest, now=_NOW, custody=UNKNOWN_CUSTODY)
    with pytest.raises(ApprovalClosed, match="changed since"):
        approval.require_decidable("ada", "another", now=_NOW, custody=UNKNOWN_CUSTODY)
    with pytest.raises(ApprovalClosed, match="expired"):
        approval.require_decidable("ada", digest, now=_NOW + timedelta(days=2), custody=UNKNOWN_CUSTODY)


def test_a_service_account_is_its_owner() -> None:
    """Nobody approves what an account of theirs requests, where its owner is known."""
    approval = _request(meta=_meta("olgas-robot").as_facts())
    digest, owners = approval.requested.digest, {"olgas-robot": "olga"}

    def owner_of(actor: str) -> str:
        return owners.get(actor, actor)

    custody = Custody(owner_of=owner_of)
    with pytest.raises(OwnApproval):
        approval.require_decidable("olga", digest, now=_NOW, custody=custody)
    assert not is_proved(_KEYS, _approved(approval, by="olga"), custody=custody)


def test_the_maker_of_a_key_is_no_second_person() -> None:
    """Who made a key of the requester, or has one from the requester, decides nothing (approvals)."""
    approval = _request()
    digest, made = approval.requested.digest, {("olga", "ada"), ("bert", "olga")}

    def makers_of(account: str, _: datetime) -> set[str]:
        return {maker for holder, maker in made if holder == account}

    custody = Custody(makers_of=makers_of)
    for approver in ("ada", "bert"):
        with pytest.raises(OwnApproval, match="made a key"):
            approval.require_decidable(approver, digest, now=_NOW, custody=custody)
        assert not is_proved(_KEYS, _approved(approval, by=approver), custody=custody)
    approval.require_decidable("vera", digest, now=_NOW, custody=custody)
    assert is_proved(_KEYS, _approved(approval, by="vera"), custody=custody)


def test_a_decided_request_is_closed() -> None:
    """What is refused or carried out is not decided again."""
    refused = _request()
    refusal = refused.advance(ApprovalRefused, at=_NOW, meta=_meta("ada"), digest="")
    refused = replace(refused, refused=refusal)
    assert refused.state(_NOW) == ApprovalState.REFUSED
    with pytest.raises(ApprovalClosed, match="refused"):
        refused.require_decidable("bert", refused.requested.digest, now=_NOW, custody=UNKNOWN_CUSTODY)
    done = _approved(_request())
    facts = {"digest": done.requested.digest, "code": "", "message": "done"}
    carried_out = done.advance(ApprovalCarriedOut, at=_NOW, meta=_meta("olga"), **facts)
    assert replace(done, carried_out=carried_out).state(_NOW) == ApprovalState.DONE


def test_a_changed_request_forgets_its_approval() -> None:
    """A new request in the log begins anew (approvals#the-way-of-a-request)."""
    approved = _approved(_request())
    assert approved.granted is not None
    changed = replace(approved.requested, digest="another", originator_version=3)
    after = approval_of([approved.requested, approved.granted, changed])
    assert after is not None
    assert (after.granted, after.revision, after.state(_NOW)) == (None, 3, ApprovalState.WAITING)


def test_an_approval_is_proved_by_its_signature() -> None:
    """The key of commands proves it; the requester's own proves nothing."""
    assert is_proved(_KEYS, _approved(_request()), custody=UNKNOWN_CUSTODY)
    assert not is_proved(_KEYS, _request(), custody=UNKNOWN_CUSTODY)
    assert not is_proved(_KEYS, _approved(_request(), by="olga"), custody=UNKNOWN_CUSTODY)
    assert not is_proved(
        _KEYS,
        _approved(_request(), keys=CommandKeys(signing=b"another-key-of-somebody")),
        custody=UNKNOWN_CUSTODY,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"digest": "another"},
        {"switch_id": "another"},
        {"organization_id": "another"},
        {"command": "cancel"},
        {"request_id": "another"},
        {"users": 10_000},
        {"amount_minor_units": 10_000_000},
        {"currency": "USD"},
        {"expires_at": _NOW + timedelta(days=200)},
        {"meta": _meta("bert").as_facts()},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_whatever_is_altered_in_the_database_is_not_approved(changes: dict[str, Any]) -> None:
    """The signature covers what was requested, by whom, for whom, how much and until when (ADR 47)."""
    approved = _approved(_request())
    altered = replace(approved, requested=replace(approved.requested, **changes))
    assert not is_proved(_KEYS, altered, custody=UNKNOWN_CUSTODY)


def test_another_name_on_an_approval_is_not_believed() -> None:
    """Who approved, and when, are signed as well."""
    approved = _approved(_request())
    assert approved.granted is not None
    other = replace(approved.granted, meta=_meta("bert").as_facts())
    assert not is_proved(_KEYS, replace(approved, granted=other), custody=UNKNOWN_CUSTODY)
    later = replace(approved.granted, timestamp=_NOW + timedelta(hours=1))
    assert not is_proved(_KEYS, replace(approved, granted=later), custody=UNKNOWN_CUSTODY)
