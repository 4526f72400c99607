"""Stored events load for ever: every version that customers may have has an example here."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from domain.kernel.ids import replacement_stream_id
from domain.organizations.organization import Organization
from domain.quote.quote import Quote, cutover
from domain.subscriptions.subscription import Subscription
from domain.switch.switch_state import SwitchEvent
from tools import golden_events
from tools.golden_events import as_golden, event_classes, from_golden, golden_path

CLASSES = event_classes()
FILES = sorted(golden_events.FOLDER.glob("*.json"))
HOW_TO_ADD = "run `python -m tools.golden_events` and commit what it writes"
HOW_TO_CHANGE = (
    f"stored events never change: raise class_version, add `upcast_vN_vM`, keep the old file and {HOW_TO_ADD}"
)
EVENT_CLASSES_MIN = 58


def document_of(path: Path) -> dict[str, Any]:
    """Return what a golden file holds."""
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def version_of(document: dict[str, Any]) -> int:
    """Return the class version that a document was written with."""
    return int(document["state"].get("class_version", 1))


def golden(topic: str) -> Any:
    """Return the event of the newest golden file of a topic."""
    return from_golden(document_of(golden_path(topic, CLASSES[topic].class_version)))


def fields_of(event_class: type[Any]) -> dict[str, Any]:
    """Return the stored fields of an event class with their types."""
    return {name: hint for name, hint in get_type_hints(event_class).items() if "ClassVar" not in str(hint)}


def loaded(event: Any) -> Any:
    """Return the aggregate after an event, with what must come before it in its stream."""
    if event.originator_version == 1:
        return event.mutate(None)
    topic = type(event).TOPIC
    opening = Organization.Created if topic.startswith("organization.") else Subscription.Created
    aggregate = golden(opening.TOPIC).mutate(None)
    if event.originator_version > aggregate.version + 1:
        aggregate = golden("subscription.switch-requested").mutate(aggregate)
    return event.mutate(aggregate)


def test_every_event_class_has_a_golden_file() -> None:
    """An event class, or a version of one, without a golden file can't be released."""
    missing = [path.name for path in golden_events.missing_paths(CLASSES)]

    assert len(CLASSES) >= EVENT_CLASSES_MIN
    assert not missing, f"no golden events {missing}: {HOW_TO_ADD}"


def test_every_golden_file_has_an_event_class() -> None:
    """A class whose events were stored may not vanish, nor may its topic change."""
    orphans = [path.name for path in FILES if document_of(path)["topic"] not in CLASSES]

    assert not orphans, f"{orphans}: register the topic again, customers have stored such events"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_event_loads_with_every_field(path: Path) -> None:
    """An event of any version loads with each field of today's class, in its type."""
    document = document_of(path)
    event = from_golden(document)
    hints = fields_of(type(event))

    assert golden_path(document["topic"], version_of(document)).name == path.name
    assert type(event) is CLASSES[document["topic"]]
    assert set(vars(event)) == set(hints), HOW_TO_CHANGE
    for name, hint in hints.items():
        if isinstance(hint, type):
            assert isinstance(getattr(event, name), hint), f"{path.name}: {name}; {HOW_TO_CHANGE}"


@pytest.mark.parametrize("topic", CLASSES)
def test_event_is_still_written_as_its_golden_file(topic: str) -> None:
    """The current version of an event is written exactly as it was when its file was made."""
    document = document_of(golden_path(topic, CLASSES[topic].class_version))

    assert as_golden(from_golden(document)) == document, HOW_TO_CHANGE


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.name.startswith(("organization.", "subscription."))],
    ids=lambda path: path.stem,
)
def test_golden_event_changes_its_aggregate(path: Path) -> None:
    """The aggregates' own mutators take every stored event, and a switch gets the event's stage."""
    event = from_golden(document_of(path))
    aggregate = loaded(event)

    assert aggregate.version == event.originator_version
    if isinstance(event, SwitchEvent):
        state = aggregate.switch(event.switch_id)
        assert state.of(type(event)) == event
        assert state.stage == (type(event).STAGE or state.stage)


def test_golden_quote_gives_the_same_cents() -> None:
    """A stored quote computes to the cents it was accepted with, years later (rules#quote-and-cutover)."""
    accepted = Quote.from_facts(golden("subscription.quote-fixed").quote)
    bill = cutover(accepted, date(2026, 11, 24))

    assert accepted.digest == golden("subscription.quote-fixed").quote_digest
    assert (bill.credit.minor_units, bill.net.minor_units, bill.total.minor_units) == (4800, 6400, 7616)
    assert [line.amount.minor_units for line in bill.lines] == [-4800, 11200, 1400, -1400]


def test_writing_leaves_existing_files_alone(tmp_path: Path) -> None:
    """The tool writes what is missing, and nothing a second time."""
    written = golden_events.write_missing(tmp_path)
    altered = tmp_path / written[0].name
    altered.write_text("{}")

    assert len(written) == len(CLASSES)
    assert golden_events.write_missing(tmp_path) == []
    assert altered.read_text() == "{}"


def test_a_changed_event_class_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new field, a new version and a new class each fail against the golden files."""
    event_class = CLASSES["subscription.provisioned"]
    monkeypatch.setitem(event_class.__annotations__, "color", "str")
    with pytest.raises(AssertionError, match="raise class_version"):
        test_golden_event_loads_with_every_field(golden_path(event_class.TOPIC, 1))

    newer = type("Newer", (), {"class_version": 2})
    missing = golden_events.missing_paths({"subscription.provisioned": newer, "subscription.painted": newer})
    assert [path.name for path in missing] == [
        "subscription.provisioned.v2.json",
        "subscription.painted.v1.json",
        "subscription.painted.v2.json",
    ]


def test_golden_streams_are_those_of_the_ids_module() -> None:
    """The ids inside golden events are what domain.kernel.ids computes today: stored streams depend on it."""
    named = golden("subscription-name.subscription-named")
    ordered = golden("subscription.replacement-ordered")
    expected = replacement_stream_id(ordered.switch_id)

    assert named.subscription_stream_id == expected
    assert ordered.replacement_id == str(expected)
