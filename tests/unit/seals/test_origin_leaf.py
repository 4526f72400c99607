"""The first leaf of a log that follows another one: it has one spelling (ADR 58)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit.forks.origin_leaf import OriginLeaf, is_origin_leaf, parse_origin_leaf
from audit.transparency.checkpoints import Checkpoint
from audit.transparency.errors import MalformedSeal
from domain.kernel.errors import InvalidInput
from tests.support.seals import AT, log_signers

LEAF = OriginLeaf(
    former=Checkpoint(origin="planswitch/3f0c", size=306, root=bytes(range(32))),
    last_event_id=303,
    last_call_id=118,
    declared_at=AT,
    operator="machine:olga",
    reason='Die "Platte" war weg.\nÄrger & Mühe',
    keys=tuple(each.verifier_key.text() for each in log_signers()),
)


def test_a_leaf_reads_as_it_was_written() -> None:
    """ASCII lines, whatever the reason holds."""
    content = LEAF.content()
    assert content.isascii()
    assert content.startswith(b"planswitch/leaf/v1\nkind origin\nlog planswitch/3f0c\nsize 306\nroot AAEC")
    assert (is_origin_leaf(content), parse_origin_leaf(content)) == (True, LEAF)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"size 306", b"size 0306"),
        (b"size 306\n", b""),
        (b"kind origin", b"kind event"),
        (b'operator "machine:olga"', b'operator  "machine:olga"'),
        (b'"machine:olga"', b'"\\u006dachine:olga"'),
        (b'operator "machine:olga"', b'operator ""'),
        (b"declared 2026-11-30T05:00:00.000000Z", b"declared 2026-11-30T05:00:00Z"),
        (b"root AAEC", b"root AAE"),
        (b"\nkey ", b"\nkey x"),
        (b"events 303\ncalls 118", b"calls 118\nevents 303"),
    ],
)
def test_another_spelling_is_no_leaf(old: bytes, new: bytes) -> None:
    """A value has one spelling, or two leaves would be one fact."""
    content = LEAF.content()
    assert old in content
    with pytest.raises(MalformedSeal):
        parse_origin_leaf(content.replace(old, new, 1))


def test_a_leaf_needs_keys() -> None:
    """Without them nothing leads from the old keys to the new ones."""
    with pytest.raises(MalformedSeal):
        parse_origin_leaf(replace(LEAF, keys=()).content())


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1_001])
def test_a_reason_says_something(reason: str) -> None:
    """Whoever reads it years later can ask nobody."""
    with pytest.raises(InvalidInput, match="1 to 1000 characters"):
        replace(LEAF, reason=reason)
