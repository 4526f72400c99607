"""Structured logging of every process: one event name per line, ids of the work at hand, no secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor
from temporalio import activity, workflow

_MASK = "********"
_SECRET_WORDS = re.compile(r"password|secret|token|api_key|authorization|database_(?:[a-z]+_)?url|master_key")
_URL_PASSWORD = re.compile(r"(://[^:/@\s]+:)[^@/\s]+(@)")
#: Libraries that tell every request.
_CHATTY_LOGGERS = ("httpx", "httpx2", "httpcore", "httpcore2", "urllib3", "uvicorn.access", "asyncio")

_Event = MutableMapping[str, Any]


def configure_logging(*, json: bool, level: str = "INFO") -> None:
    """Set up structlog and route the standard library's logging through it, both to stderr.

    Args:
        json: One JSON object a line; readable text otherwise (colored on a terminal).
        level: Lowest level that is written.
    """
    threshold = logging.getLevelNamesMapping()[level]
    renderer = _renderer(json=json)
    structlog.configure(
        processors=[*_shared_processors(), renderer],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, add_core_fields, *_shared_processors()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(threshold)
    for name in _CHATTY_LOGGERS:
        logging.getLogger(name).setLevel(max(threshold, logging.WARNING))


def _renderer(*, json: bool) -> Processor:
    """Return the last processor: JSON for machines, text for people."""
    if json:
        return structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=False)
    # The default way of showing an error prints local variables, and with them what they hold.
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _shared_processors() -> list[Processor]:
    """Return the processors of our own events and of the libraries' records."""
    return [
        drop_replayed,
        structlog.contextvars.merge_contextvars,
        add_work_ids,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]


def add_core_fields(_logger: Any, _method: str, event: _Event) -> _Event:
    """Add what a line of the SDK's core says beside its text, as fields of their own."""
    line = getattr(event.get("_record"), "temporal_log", None)
    if line is not None:
        event["target"] = line.target
        for name, value in line.fields.items():
            event.setdefault(f"core_{name}", value if isinstance(value, int | float) else str(value))
    return event


def drop_replayed(_logger: Any, _method: str, event: _Event) -> _Event:
    """Drop an event of a workflow that only repeats its history: it was written the first time."""
    if workflow.in_workflow() and workflow.unsafe.is_replaying_history_events():
        raise structlog.DropEvent
    return event


def add_work_ids(_logger: Any, _method: str, event: _Event) -> _Event:
    """Add the ids of the workflow, update or activity in which the event happened."""
    if workflow.in_workflow():
        event.update(_workflow_ids())
    elif activity.in_activity():
        event.update(_activity_ids())
    return event


def _workflow_ids() -> dict[str, Any]:
    """Return the ids of the running workflow, and of the update it handles."""
    facts = workflow.info()
    ids: dict[str, Any] = {
        "workflow_type": facts.workflow_type,
        "workflow_id": facts.workflow_id,
        "run_id": facts.run_id,
    }
    update = workflow.current_update_info()
    return ids if update is None else {**ids, "update_id": update.id}


def _activity_ids() -> dict[str, Any]:
    """Return the ids of the running activity and its attempt."""
    facts = activity.info()
    return {
        "activity_type": facts.activity_type,
        "activity_id": facts.activity_id,
        "attempt": facts.attempt,
        "workflow_id": facts.workflow_id,
        "run_id": facts.workflow_run_id,
    }


def hide_secrets(_logger: Any, _method: str, event: _Event) -> _Event:
    """Hide values whose name says secret, and passwords inside URLs."""
    for name, value in event.items():
        if name != "event" and _SECRET_WORDS.search(name.lower()):
            event[name] = _MASK
        elif isinstance(value, str) and "://" in value:
            event[name] = _URL_PASSWORD.sub(rf"\1{_MASK}\2", value)
    return event
