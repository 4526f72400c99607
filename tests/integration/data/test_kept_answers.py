"""Claims and kept answers of idempotency keys in PostgreSQL (ADR 49)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from store.switch_store import SwitchStore
from store.vault.kept_answers import AnswerStore, Claim, KeptAnswer, KeyBusy, KeyedRequest, KeyReused
from store.vault.keys import FileKeyProvider

DAY = 86_400.0
REQUEST = KeyedRequest(caller="olga", key="one", request_digest="a" * 64)
ANSWER = KeptAnswer(status=201, content=b"[]\n{}")


@pytest.fixture(name="answers")
def _answers(database_url: str, tmp_path: Path) -> Iterator[AnswerStore]:
    keys = FileKeyProvider.create(tmp_path / "master.key")
    with SwitchStore.open(database_url, keys) as store:
        yield store.kept_answers


def _claim(
    answers: AnswerStore, request: KeyedRequest = REQUEST, lease: float = 30.0
) -> Claim | KeptAnswer | KeyBusy | KeyReused:
    return answers.claim(request, lease_seconds=lease, kept_seconds=DAY)


def _mine(answers: AnswerStore, request: KeyedRequest = REQUEST, lease: float = 30.0) -> Claim:
    claim = _claim(answers, request, lease)
    assert isinstance(claim, Claim)
    return claim


def _rows(database_url: str) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT count(*) FROM planswitch.idempotency_key").fetchone()
    assert row is not None
    return int(row[0])


def _pass(database_url: str, interval: str) -> None:
    """Let everything have happened earlier by so much."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "UPDATE planswitch.idempotency_key SET first_used_at = first_used_at - %(by)s::interval,"
            " claimed_until = claimed_until - %(by)s::interval",
            {"by": interval},
        )


def test_a_claim_is_one_callers(answers: AnswerStore) -> None:
    """The same key of another caller is another key; another request of the same caller is refused."""
    claim = _mine(answers)
    busy = _claim(answers)
    reused = _claim(answers, replace(REQUEST, request_digest="b" * 64))
    other = _mine(answers, replace(REQUEST, caller="paul"))

    assert isinstance(busy, KeyBusy)
    assert 0 < busy.seconds <= 30
    assert isinstance(reused, KeyReused)
    assert other.request_id != claim.request_id


def test_a_claim_that_ended_is_taken_over_under_its_request_id(answers: AnswerStore) -> None:
    """The second try acts under the request id of the first, whose late answer is not kept."""
    lost = _mine(answers, lease=0)
    second = _mine(answers)
    answers.renew(lost, lease_seconds=30)
    answers.keep(lost, replace(ANSWER, status=500), kept_seconds=DAY)
    answers.keep(second, ANSWER, kept_seconds=DAY)

    assert (second.request_id, second.claim_id == lost.claim_id) == (lost.request_id, False)
    assert _claim(answers) == ANSWER


def test_a_renewed_claim_is_not_taken_over(answers: AnswerStore) -> None:
    """Whoever says in time that it lives keeps the request; who releases it gives it away at once."""
    claim = _mine(answers, lease=0)
    answers.renew(claim, lease_seconds=30)

    assert isinstance(_claim(answers), KeyBusy)
    answers.release(claim)
    assert _mine(answers).request_id == claim.request_id


def test_a_key_counts_anew_after_its_time(answers: AnswerStore, database_url: str) -> None:
    """After a day the key takes another request, under another request id; rows of old keys are deleted."""
    first = _mine(answers)
    answers.keep(first, ANSWER, kept_seconds=DAY)
    _pass(database_url, "23 hours 59 minutes")
    within = _claim(answers)
    _pass(database_url, "2 minutes")
    again = _mine(answers, replace(REQUEST, request_digest="b" * 64))
    assert (within, again.request_id == first.request_id) == (ANSWER, False)

    answers.keep(again, ANSWER, kept_seconds=DAY)
    _pass(database_url, "2 days")
    last = _mine(answers, replace(REQUEST, key="two"))
    answers.keep(last, ANSWER, kept_seconds=DAY)
    assert _rows(database_url) == 1
