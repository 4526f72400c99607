"""Write an example of every stored event class that has none yet, in the form in which the store keeps it.

Usage: `python -m tools.golden_events`. A file that exists is never written again: it stands for events that
customers have stored, and tests/unit/kernel/test_golden_events.py proves that every later version reads it.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.domain import DomainEvent
from eventsourcing.persistence import Mapper, StoredEvent
from eventsourcing.utils import resolve_topic

import domain
from store.core.application import StrictTranscoder

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "golden" / "events"


def event_classes() -> dict[str, type[Any]]:
    """Return topic -> class of every event that can be stored, in order of topic."""
    for module in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}."):
        importlib.import_module(module.name)
    topics = {
        str(topic)
        for event_class in _subclasses(DomainEvent)
        if event_class.__module__.startswith(f"{domain.__name__}.")
        and isinstance(topic := getattr(event_class, "TOPIC", None), str)
    }
    return {topic: resolve_topic(topic) for topic in sorted(topics)}


def golden_path(topic: str, class_version: int) -> Path:
    """Return the file of one version of an event class."""
    return FOLDER / f"{topic}.v{class_version}.json"


def missing_paths(classes: dict[str, type[Any]]) -> list[Path]:
    """Return the files that must exist and do not: one for each version of each class."""
    paths = [
        golden_path(topic, class_version)
        for topic, event_class in classes.items()
        for class_version in range(1, event_class.class_version + 1)
    ]
    return [path for path in paths if not path.is_file()]


def mapper() -> Mapper[UUID]:
    """Return the store's mapper without a database."""
    transcoder = StrictTranscoder()
    return Mapper(transcoder)


def as_golden(event: Any) -> dict[str, Any]:
    """Return the stored form of an event as a JSON document."""
    stored = mapper().to_stored_event(event)
    return {
        "topic": stored.topic,
        "originator_id": str(stored.originator_id),
        "originator_version": stored.originator_version,
        "state": json.loads(stored.state),
    }


def from_golden(document: dict[str, Any]) -> Any:
    """Return the event of a JSON document, as the store would load it today."""
    state = json.dumps(document["state"], separators=(",", ":"), ensure_ascii=False)
    stored = StoredEvent(
        originator_id=UUID(document["originator_id"]),
        originator_version=document["originator_version"],
        topic=document["topic"],
        state=state.encode(),
    )
    return mapper().to_domain_event(stored)


def write_missing(folder: Path = FOLDER) -> list[Path]:
    """Write the files of the current versions that do not exist, and return them."""
    from tests.support.stories.samples import sample_of  # noqa: PLC0415  # the samples need the test inputs

    written = []
    for topic, event_class in event_classes().items():
        path = folder / golden_path(topic, event_class.class_version).name
        if not path.is_file():
            document = json.dumps(as_golden(sample_of(event_class)), indent=1, ensure_ascii=False)
            path.write_text(document + "\n", encoding="utf-8")
            written.append(path)
    return written


def main() -> None:
    """Write what is missing and say which files those are."""
    written = write_missing()
    for path in written:
        print(f"written: {path.name}")
    print(f"{len(written)} new golden events; files that existed were left alone.")


def _subclasses(parent: type[Any]) -> Iterator[type[Any]]:
    children: Iterable[type[Any]] = parent.__subclasses__()
    for child in children:
        yield child
        yield from _subclasses(child)


if __name__ == "__main__":
    main()
