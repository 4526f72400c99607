"""Receivers that answer late, wrong, not at all, or lead elsewhere (webhooks#retries)."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from domain.webhooks.attempts import ATTEMPTS_MAX, Outcome
from domain.webhooks.endpoints import Endpoint, EndpointState, WebhookDisabled
from services.webhooks.endpoints import MadeSecret
from store.webhooks.deliveries import Delivery, DeliveryState, Replay
from tests.support.webhooks.receiver import Receiver, Reply, running_receiver
from tests.support.webhooks.world import WebhookWorld, why


def _sent(webhooks: WebhookWorld, made: MadeSecret) -> Delivery:
    """Record one event, send it, and return its delivery."""
    webhooks.record("switch-1")
    with capture_logs():
        webhooks.sender().drain()
    return webhooks.deliveries(made)[-1]


def _sent_to(webhooks: WebhookWorld, receiver: Receiver) -> tuple[Delivery, Outcome, int]:
    delivery = _sent(webhooks, webhooks.endpoint(receiver))
    assert delivery.last is not None
    return delivery, delivery.last.outcome, delivery.last.status


@pytest.mark.parametrize(
    ("reply", "outcome", "status"),
    [
        (Reply(late_seconds=1.5), Outcome.TIMED_OUT, 0),
        (Reply(status=500, body=b"broken"), Outcome.REFUSED, 500),
        (Reply(status=404), Outcome.REFUSED, 404),
        (Reply(is_silent=True), Outcome.UNREACHABLE, 0),
        (Reply(status=302, headers={"Location": "http://127.0.0.1:1/"}), Outcome.REDIRECTED, 302),
    ],
    ids=["late", "broken", "wrong", "silent", "redirect"],
)
def test_a_failure_is_seen_and_tried_again(
    webhooks: WebhookWorld, reply: Reply, outcome: Outcome, status: int
) -> None:
    """One attempt is recorded with what came; the next one is planned, and delivers once it is answered."""
    webhooks.timeout_seconds = 0.5
    with running_receiver(lambda _request: reply) as receiver:
        delivery, *seen = _sent_to(webhooks, receiver)
        receiver.answer = lambda _request: Reply()
        webhooks.let_pass(timedelta(seconds=10))
        webhooks.sender().drain()
        after = webhooks.store.delivery(delivery.endpoint_id, delivery.delivery_id)

    assert seen == [outcome, status]
    assert (delivery.state, delivery.attempt_count) == (DeliveryState.WAITING, 1)
    assert delivery.due_at is not None
    assert (after.state, after.attempt_count) == (DeliveryState.DELIVERED, 2)
    assert set(receiver.counts().values()) == {2}


def test_a_redirect_is_never_followed(webhooks: WebhookWorld) -> None:
    """Neither to loopback nor anywhere else: the other receiver gets nothing."""
    with running_receiver() as other:
        reply = Reply(status=307, headers={"Location": other.url})
        with running_receiver(lambda _request: reply) as receiver:
            delivery, outcome, _ = _sent_to(webhooks, receiver)

    assert (outcome, delivery.state) == (Outcome.REDIRECTED, DeliveryState.WAITING)
    assert (len(receiver.requests), len(other.requests)) == (1, 0)


def test_nobody_there(webhooks: WebhookWorld) -> None:
    """A refused connection and a name that nobody knows are attempts with their cause."""
    with running_receiver() as receiver:
        url = receiver.url
    refused = _sent(webhooks, webhooks.endpoint(url))
    unknown = _sent(webhooks, webhooks.endpoint("https://nobody.invalid/hook"))

    assert refused.last is not None
    assert unknown.last is not None
    assert (refused.last.outcome, unknown.last.outcome) == (Outcome.UNREACHABLE, Outcome.UNREACHABLE)
    assert "refused" in refused.last.answer


def test_a_dripping_answer_ends_in_time(webhooks: WebhookWorld) -> None:
    """A success that has begun counts; its body is bounded in time and in length."""
    webhooks.timeout_seconds = 1.0
    began = time.monotonic()
    with running_receiver(lambda _request: Reply(status=200, body=b"x" * 600, drip_seconds=0.1)) as receiver:
        delivery, outcome, _ = _sent_to(webhooks, receiver)
        receiver.answer = lambda _request: Reply(status=200, body=b"\x1b[31m" + b"y" * 1_000_000)
        webhooks.record("switch-2")
        webhooks.sender().drain()
        long = webhooks.store.deliveries(delivery.endpoint_id, limit=1)[0]

    assert outcome is Outcome.DELIVERED
    assert time.monotonic() - began < 20
    assert long.last is not None
    assert len(long.last.answer) == 2_000
    assert "\x1b" not in long.last.answer


def test_a_dripping_head_ends_in_time(webhooks: WebhookWorld) -> None:
    """A receiver that sends its head byte by byte is broken off when the time of the attempt is over."""
    webhooks.timeout_seconds = 0.8
    headers = {f"X-{number}": "x" for number in range(20)}

    def drip(_request: object) -> Reply:
        time.sleep(0.5)
        return Reply(headers=headers, late_seconds=0.6)

    with running_receiver(drip) as receiver:
        delivery, outcome, _ = _sent_to(webhooks, receiver)

    assert outcome is Outcome.TIMED_OUT
    assert delivery.last is not None
    assert delivery.last.duration_ms < 5_000


def test_retry_after_holds_the_endpoint(webhooks: WebhookWorld) -> None:
    """429 and 503 with Retry-After pause everything of the endpoint until then."""
    with running_receiver(lambda _request: Reply(status=429, headers={"Retry-After": "3600"})) as receiver:
        made = webhooks.endpoint(receiver)
        delivery = _sent(webhooks, made)
        webhooks.record("switch-2")
        webhooks.sender().drain()
        held = len(receiver.requests)
        receiver.answer = lambda _request: Reply()
        webhooks.let_pass(timedelta(minutes=61))
        webhooks.sender().drain()

    assert delivery.due_at is not None
    assert timedelta(minutes=59) < delivery.due_at - datetime.now(tz=UTC) <= timedelta(minutes=60)
    assert held == 1
    assert {each.state for each in webhooks.deliveries(made)} == {DeliveryState.DELIVERED}


def test_gone_disables_and_enabling_goes_on(webhooks: WebhookWorld) -> None:
    """410 disables at once with a line in the log; what comes meanwhile waits, and goes out in order."""
    disabled: list[Endpoint] = []
    with running_receiver(lambda _request: Reply(status=410)) as receiver:
        made = webhooks.endpoint(receiver)
        webhooks.settings = replace(webhooks.settings, on_disabled=disabled.append)
        _sent(webhooks, made)
        webhooks.record("switch-1", "switch-1")
        webhooks.sender().drain()
        stopped = len(receiver.requests)
        (shown,) = webhooks.use.shown()
        with pytest.raises(WebhookDisabled):
            webhooks.use.test(made.endpoint.endpoint_id, why())
        receiver.answer = lambda _request: Reply()
        receiver.requests.clear()
        webhooks.use.enable(made.endpoint.endpoint_id, why())
        webhooks.sender().drain()
        payloads = receiver.verified(made.secret)

    assert [each.endpoint_id for each in disabled] == [made.endpoint.endpoint_id]
    assert stopped == 1
    assert (shown.endpoint.state, shown.backlog.waiting) == (EndpointState.DISABLED, 3)
    assert shown.endpoint.state_act.actor == "planswitch"
    assert "410" in shown.endpoint.state_act.reason
    places = [each["data"]["position"] for each in payloads]
    assert len(places) == 3
    assert places == sorted(places)


def test_long_failure_disables(webhooks: WebhookWorld) -> None:
    """After the days of the setting without any success the endpoint is disabled, and nothing is given up."""
    with running_receiver(lambda _request: Reply(status=500)) as receiver:
        made = webhooks.endpoint(receiver)
        with capture_logs() as logs:
            for _ in range(ATTEMPTS_MAX + 4):
                webhooks.record("switch-1")
                webhooks.sender(failing_max=timedelta(days=5)).drain()
                webhooks.let_pass(timedelta(hours=30))
        (shown,) = webhooks.use.shown()
        sent = len(receiver.requests)
        receiver.answer = lambda _request: Reply()
        webhooks.use.enable(made.endpoint.endpoint_id, why())
        webhooks.sender().drain()

    assert shown.endpoint.state is EndpointState.DISABLED
    assert shown.endpoint.state_act.reason.startswith("every attempt has failed since")
    assert [each["event"] for each in logs].count("webhook_disabled") == 1
    assert {each.state for each in webhooks.deliveries(made)} == {DeliveryState.DELIVERED}
    assert len(receiver.requests) == sent + ATTEMPTS_MAX + 4


def test_one_that_nobody_takes_is_given_up_and_can_be_replayed(webhooks: WebhookWorld) -> None:
    """While the endpoint takes others a delivery ends as failed after its last attempt, visibly."""
    with running_receiver(lambda each: Reply(status=500 if b"bad" in each.body else 204)) as receiver:
        made = webhooks.endpoint(receiver)
        with capture_logs():
            for number in range(ATTEMPTS_MAX):
                webhooks.record(*(["bad"] if not number else []), f"good-{number}")
                webhooks.sender().drain()
                webhooks.let_pass(timedelta(hours=30))
        bad = next(each for each in webhooks.deliveries(made) if each.switch_id == "bad")
        attempts = webhooks.store.attempts_of(bad.delivery_id)
        receiver.answer = lambda _request: Reply()
        again = webhooks.use.replay(
            made.endpoint.endpoint_id, Replay(since=bad.made_at, only_failed=True), why()
        )
        webhooks.sender().drain()

    assert (bad.state, bad.attempt_count, bad.due_at) == (DeliveryState.FAILED, ATTEMPTS_MAX, None)
    assert {each.status for each in attempts} == {500}
    assert again == 1
    assert {each.state for each in webhooks.deliveries(made)} == {DeliveryState.DELIVERED}


def test_a_removed_endpoint_gets_nothing(webhooks: WebhookWorld) -> None:
    """What waits for it is dropped, and its record stays."""
    with running_receiver(lambda _request: Reply(status=500)) as receiver:
        made = webhooks.endpoint(receiver)
        _sent(webhooks, made)
        removed = why()
        webhooks.use.remove(made.endpoint.endpoint_id, removed)
        webhooks.use.remove(made.endpoint.endpoint_id, removed)
        webhooks.record("switch-2")
        webhooks.let_pass(timedelta(days=1))
        webhooks.sender().drain()

    assert len(receiver.requests) == 1
    assert webhooks.use.shown() == ()
    assert [each.state for each in webhooks.deliveries(made)] == [DeliveryState.FAILED]
