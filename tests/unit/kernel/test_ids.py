"""Ids are functions of business keys: stored streams depend on them for ever."""

from __future__ import annotations

from uuid import UUID

from domain.kernel import ids


def test_ids_never_change() -> None:
    """The ids of known keys are pinned: a change would lose every stored stream."""
    assert UUID("6f0c7d0e-5a34-5a0e-9f5e-8d3f4a1b2c70") == ids.NAMESPACE
    assert ids.organization_stream_id("contoso") == UUID("79b8972a-8dc7-5e8f-aa8c-bfc952cf36c5")
    assert ids.subscription_stream_id("contoso", "s-1") == UUID("fde2e70e-689e-54f1-967f-f806827921e0")
    assert ids.switch_id_of("contoso", "r-1") == "13f828de-6a3a-51db-95de-9963dab07b66"


def test_ids_of_different_things_differ() -> None:
    """Streams of one switch never share an id."""
    streams = {
        ids.organization_stream_id("a"),
        ids.subscription_stream_id("a", "b"),
        ids.subscription_name_stream_id("a", "b"),
        ids.replacement_stream_id("a"),
        ids.license_move_stream_id("a", "move"),
        ids.license_move_stream_id("a", "retry-1"),
        ids.assessment_stream_id("a"),
    }

    assert len(streams) == 7


def test_same_request_is_the_same_switch_and_workflow() -> None:
    """A repeated request meets its own switch; another request does not."""
    assert ids.switch_id_of("a", "r") == ids.switch_id_of("a", "r")
    assert ids.switch_id_of("a", "r") != ids.switch_id_of("a", "r2")
    assert ids.workflow_id_of("a", "r") == "switch:a:r"


def test_idempotency_key_is_kept_until_an_answer_is_recorded() -> None:
    """A time-out repeats the key; a recorded answer, another step or another switch changes it."""
    key = ids.idempotency_key("s", "checkout", 0)

    assert key == ids.idempotency_key("s", "checkout", 0)
    others = {
        ids.idempotency_key("s", "checkout", 1),
        ids.idempotency_key("s", "cart", 0),
        ids.idempotency_key("t", "checkout", 0),
    }
    assert key not in others
    assert len(others) == 3
