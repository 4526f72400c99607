"""Readiness tells what waits for receivers, and which of them get nothing (webhooks#readiness)."""

from __future__ import annotations

from datetime import timedelta

from psycopg.sql import SQL, Identifier

from cli.stack.checks import check_of
from ops.readiness.part_state import DOWN, PartState
from ops.readiness.sender_checks import look_at_senders
from projections.running.schema import connected
from tests.support.webhooks.receiver import Reply, running_receiver
from tests.support.webhooks.world import WebhookWorld, why

_DATE_BACK = SQL("UPDATE {} SET {} = {} - %s")


def seen(webhooks: WebhookWorld) -> PartState:
    """Return how readiness judges the webhooks now."""
    with connected(webhooks.database_url) as connection:
        _, part = look_at_senders(connection)
    return part


def passed(webhooks: WebhookWorld, table: str, column: str, span: timedelta) -> None:
    """Let time pass for what stands in a table, by dating it back."""
    with webhooks.transaction() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            _DATE_BACK.format(Identifier("planswitch", table), Identifier(column), Identifier(column)), [span]
        )


def test_a_receiver_that_takes_nothing_is_told(webhooks: WebhookWorld) -> None:
    """After an hour of failures it is a warning; it is none any more when it takes something."""
    replies = [Reply(status=500)]
    with running_receiver(lambda _request: replies[0]) as receiver:
        webhooks.endpoint(receiver)
        calm = seen(webhooks)
        webhooks.record("switch-1")
        webhooks.sender().drain()
        young = seen(webhooks)
        webhooks.let_pass(timedelta(hours=2))
        passed(webhooks, "webhook_delivery", "made_at", timedelta(hours=2))
        failing = seen(webhooks)
        replies[0] = Reply()
        webhooks.sender().drain()

    assert (calm.state, calm.detail) == ("ok", "nothing waits; 1 endpoint")
    assert (young.state, young.figures["waiting"]) == ("ok", 1)
    assert (failing.state, failing.code) == ("warning", "WEBHOOK_FAILING")
    assert 7_200 <= failing.figures["oldest_seconds"] < 7_300
    assert "took nothing for 2 hours" in failing.detail
    assert (seen(webhooks).state, seen(webhooks).figures["waiting"]) == ("ok", 0)


def test_an_endpoint_that_was_given_up_is_told_and_one_that_an_operator_stopped_is_not(
    webhooks: WebhookWorld,
) -> None:
    """The product's own act needs somebody; an operator knows what they did, and nothing of it waits."""
    with running_receiver(lambda _request: Reply(status=410)) as receiver:
        gone = webhooks.endpoint(receiver)
        stopped = webhooks.endpoint(receiver)
        webhooks.use.disable(stopped.endpoint.endpoint_id, why())
        webhooks.record("switch-1")
        webhooks.sender().drain()
        told = seen(webhooks)
        webhooks.use.remove(gone.endpoint.endpoint_id, why())

    assert (told.state, told.code, told.figures["disabled"]) == ("warning", "WEBHOOK_DISABLED", 1)
    assert (seen(webhooks).state, seen(webhooks).figures["waiting"]) == ("ok", 0)


def test_a_log_that_nobody_reads_is_told(webhooks: WebhookWorld) -> None:
    """An event that goes out and is not looked at for a minute: no worker sends (cli#signs-of-life)."""
    webhooks.record("switch-1")
    passed(webhooks, "switch_events", "recorded_at", timedelta(minutes=9))
    without_endpoint = seen(webhooks)
    webhooks.endpoint("http://127.0.0.1:9/hook")

    missed = seen(webhooks)

    assert without_endpoint.state == "ok"
    assert (missed.state, missed.code) == ("warning", "WEBHOOKS_UNSENT")
    assert check_of(missed).state == DOWN
