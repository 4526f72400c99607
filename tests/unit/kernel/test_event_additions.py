"""A newer version of an event is read by older programs, which know fewer of its fields."""

from __future__ import annotations

import json

import pytest

from tools.golden_events import event_classes, golden_path

VERSIONS = [
    (topic, version)
    for topic, event_class in event_classes().items()
    for version in range(2, event_class.class_version + 1)
]


@pytest.mark.parametrize(("topic", "version"), VERSIONS)
def test_a_newer_version_of_an_event_only_adds_fields(topic: str, version: int) -> None:
    """docs/upgrades.md#what-a-step-promises: an older program leaves aside what it does not know."""
    older, newer = (
        json.loads(golden_path(topic, each).read_text(encoding="utf-8"))["state"].keys()
        for each in (version - 1, version)
    )
    assert older <= newer
