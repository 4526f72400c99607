"""What a receiver gets: each event once, signed, in order, and nothing personal (webhooks#sending)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from domain.webhooks.attempts import Outcome
from store.webhooks.deliveries import DeliveryState, Replay
from tests.support.webhooks.receiver import Received, Reply, running_receiver
from tests.support.webhooks.world import PERSON, REASON, WebhookWorld, why


def test_each_event_arrives_once_and_is_verified(webhooks: WebhookWorld) -> None:
    """A receiver's standard library verifies what comes; the payload names ids and no person."""
    with running_receiver() as receiver:
        made = webhooks.endpoint(receiver)
        webhooks.record("switch-1", "switch-2")
        webhooks.sender().drain()
        webhooks.sender().drain()
        payloads = receiver.verified(made.secret)

    assert sorted(receiver.counts().values()) == [1, 1]
    assert {each["data"]["switch_id"] for each in payloads} == {"switch-1", "switch-2"}
    assert {(each["type"], each["version"], each["data"]["outcome"]) for each in payloads} == {
        ("product.act_ended", 1, "done")
    }
    assert not any(word.encode() in each.body for each in receiver.requests for word in (PERSON, REASON))
    deliveries = webhooks.deliveries(made)
    assert [each.state for each in deliveries] == [DeliveryState.DELIVERED] * 2
    assert [each.payload.encode() for each in deliveries] == [
        each.body for each in sorted(receiver.requests, key=lambda request: b"switch-2" in request.body)
    ]
    last = deliveries[0].last
    assert last is not None
    assert (last.outcome, last.status, last.address) == (Outcome.DELIVERED, 204, "127.0.0.1")


def test_an_altered_body_is_not_verified(webhooks: WebhookWorld) -> None:
    """The signature covers id, instant and body."""
    with running_receiver() as receiver:
        made = webhooks.endpoint(receiver)
        webhooks.record("switch-1")
        webhooks.sender().drain()
    (request,) = receiver.requests

    with pytest.raises(WebhookVerificationError):
        Webhook(made.secret).verify(request.body.replace(b"done", b"gone"), dict(request.headers))


def test_an_endpoint_gets_what_it_asks_for(webhooks: WebhookWorld) -> None:
    """Filters by type and organization hold; events from before an endpoint was made are not for it."""
    webhooks.record("early")
    with running_receiver() as receiver:
        other = webhooks.endpoint(receiver, event_types=("switch.completed",))
        some = webhooks.endpoint(receiver, organizations=("organization-2",))
        webhooks.record("not-this")
        webhooks.record("this", organization_id="organization-2")
        webhooks.sender().drain()

    assert webhooks.deliveries(other) == []
    assert [each.switch_id for each in webhooks.deliveries(some)] == ["this"]


def test_events_of_one_switch_arrive_in_order(webhooks: WebhookWorld) -> None:
    """First attempts of one switch go out one after the other, also when two processes send."""
    with running_receiver(lambda _request: Reply(late_seconds=0.01)) as receiver:
        made = webhooks.endpoint(receiver)
        webhooks.record(*("switch-1", "switch-2", "switch-3") * 8)
        senders = [threading.Thread(target=webhooks.sender().drain) for _ in range(2)]
        for each in senders:
            each.start()
        for each in senders:
            each.join()
        webhooks.sender().drain()
        payloads = receiver.verified(made.secret)

    assert set(receiver.counts().values()) == {1}
    assert len(payloads) == 24
    for number in (1, 2, 3):
        places = [
            each["data"]["position"] for each in payloads if each["data"]["switch_id"] == f"switch-{number}"
        ]
        assert places == sorted(places)


def test_two_workers_send_once(webhooks: WebhookWorld) -> None:
    """The log is read by one at a time, and each delivery is claimed by one."""
    barrier = threading.Barrier(4)

    def work() -> None:
        sender = webhooks.sender()
        barrier.wait()
        sender.drain()

    with running_receiver(lambda _request: Reply(late_seconds=0.02)) as receiver:
        made = webhooks.endpoint(receiver)
        webhooks.record(*(f"switch-{number}" for number in range(40)))
        threads = [threading.Thread(target=work) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        webhooks.sender().drain()

    assert len(receiver.requests) == 40
    assert set(receiver.counts().values()) == {1}
    assert {each.attempt_count for each in webhooks.deliveries(made)} == {1}


def test_a_rolled_secret_overlaps(webhooks: WebhookWorld) -> None:
    """While it overlaps both secrets verify; a roll without overlap ends every secret before it."""
    with running_receiver() as receiver:
        made = webhooks.endpoint(receiver)
        second = webhooks.use.roll_secret(made.endpoint.endpoint_id, overlap_hours=24, why=why())
        webhooks.record("switch-1")
        webhooks.sender().drain()
        both = [len(receiver.verified(each.secret)) for each in (made, second)]
        third = webhooks.use.roll_secret(made.endpoint.endpoint_id, overlap_hours=0, why=why())
        receiver.requests.clear()
        webhooks.record("switch-1")
        webhooks.sender().drain()

        assert both == [1, 1]
        assert len(receiver.verified(third.secret)) == 1
        for old in (made, second):
            with pytest.raises(WebhookVerificationError):
                receiver.verified(old.secret)
    assert len({made.secret, second.secret, third.secret}) == 3


def test_secrets_lie_sealed(webhooks: WebhookWorld) -> None:
    """Whoever reads the tables reads no secret."""
    made = webhooks.endpoint("https://example.com/hook")
    with webhooks.transaction() as connection:
        rows = connection.execute(
            "SELECT t::text FROM planswitch.webhook_secret AS t UNION ALL"
            " SELECT t::text FROM planswitch.webhook_act AS t"
        ).fetchall()
    (key,) = webhooks.store.secrets_of(made.endpoint.endpoint_id)

    assert made.secret.startswith("whsec_")
    assert not any(text in str(row[0]) for row in rows for text in (made.secret[6:], key.key.hex()))


def test_a_test_arrives_and_says_so(webhooks: WebhookWorld) -> None:
    """A trial has a type of its own; the same request makes one."""
    with running_receiver() as receiver:
        made = webhooks.endpoint(receiver, event_types=("switch.completed",))
        first = webhooks.use.test(made.endpoint.endpoint_id, why("try-1"))
        again = webhooks.use.test(made.endpoint.endpoint_id, why("try-1"))
        webhooks.sender().drain()
        (payload,) = receiver.verified(made.secret)

    assert first == again
    assert (payload["type"], payload["data"]) == (
        "webhook.test",
        {"endpoint_id": made.endpoint.endpoint_id},
    )
    assert webhooks.store.delivery(made.endpoint.endpoint_id, first).state is DeliveryState.DELIVERED


def test_a_replay_keeps_the_id(webhooks: WebhookWorld) -> None:
    """One delivery, or a range, is sent again under its id, so that receivers drop what they have."""
    with running_receiver() as receiver:
        made = webhooks.endpoint(receiver)
        endpoint_id = made.endpoint.endpoint_id
        webhooks.record("switch-1", "switch-2", "switch-3")
        webhooks.sender().drain()
        first, second, _ = webhooks.deliveries(made)
        one = webhooks.use.replay(endpoint_id, Replay(delivery_id=first.delivery_id), why())
        webhooks.sender().drain()
        after_one = dict(receiver.counts())
        some = webhooks.use.replay(endpoint_id, Replay(since=second.made_at), why("range-1"))
        repeated = webhooks.use.replay(endpoint_id, Replay(since=second.made_at), why("range-1"))
        none = webhooks.use.replay(endpoint_id, Replay(since=first.made_at, only_failed=True), why())
        webhooks.sender().drain()

    assert (one, some, repeated, none) == (1, 2, 2, 0)
    assert after_one[first.webhook_id] == 2
    assert sorted(receiver.counts().values()) == [2, 2, 2]
    assert {each.attempt_count for each in webhooks.deliveries(made)} == {2}


def test_a_slow_receiver_holds_up_no_other(webhooks: WebhookWorld) -> None:
    """Each endpoint has lanes of its own."""
    release = threading.Event()

    def wait(_request: Received) -> Reply:
        release.wait(30)
        return Reply()

    with running_receiver(wait) as slow, running_receiver() as quick:
        webhooks.endpoint(slow)
        made = webhooks.endpoint(quick)
        webhooks.record(*(f"switch-{number}" for number in range(20)))
        sender = webhooks.sender()
        lanes = sender.begin_round()
        while webhooks.store.backlogs().get(made.endpoint.endpoint_id) and any(
            each.state is not DeliveryState.DELIVERED for each in webhooks.deliveries(made)
        ):
            threading.Event().wait(timedelta(milliseconds=20).total_seconds())
        waiting = len(quick.requests), len(slow.requests)
        release.set()
        for each in lanes:
            each.join()

    assert waiting[0] == 20
    assert waiting[1] <= 4
