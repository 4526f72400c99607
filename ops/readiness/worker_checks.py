"""How the workers are, as parts of the installation: who works on a queue, and whose commands they take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.text.plain_text import cleaned_text
from ops.readiness.part_state import COMMAND_KEY, WARNING, PartState, down, ok
from ops.readiness.part_state import WORKER as WORKER_PART
from services.temporal.worker_watch import QueueState
from store.health.heartbeats import SILENT_SECONDS

WORKER_ABSENT = "WORKER_ABSENT"
WORKER_SILENT = "WORKER_SILENT"
#: Somebody takes work who is no worker of this installation.
WORKER_UNKNOWN = "WORKER_UNKNOWN"
#: Console and workers have different command keys: each command would be refused.
COMMAND_KEY_DIFFERS = "COMMAND_KEY_DIFFERS"
COMMAND_KEY_UNREAD = "COMMAND_KEY_UNREAD"
_KEY_REMEDY = (
    "Give the console and each worker the same file PLANSWITCH_COMMAND_KEY_FILE (by itself "
    "`keys/command.key` of the data folder), and start them again."
)
_NAMED_MAX = 5
_NAME_MAX = 80
START_WORKER = (
    "Start one with `planswitch worker`; it must name this PLANSWITCH_TASK_QUEUE, Temporal and namespace."
)
TURN_AWAY = (
    "Find out who it is, and end it: anybody who reaches Temporal can take work, and answer it. Keep "
    "others away by the network or by Temporal's own authorization."
)
GO_ON = "It is stopped, killed or overloaded: look at its process and its log, and start it again."


def worker_state(queue: QueueState) -> PartState:
    """Return how the worker of a queue is."""
    part = f"{WORKER_PART} {queue.queue}"
    figures = {"pollers": float(queue.alive), "strangers": float(len(queue.strangers))}
    if queue.alive and queue.strangers:
        return PartState(
            part=part,
            state=WARNING,
            code=WORKER_UNKNOWN,
            detail=f"{_workers(queue.alive)} for work, and {_strangers(queue)}",
            remedy=TURN_AWAY,
            cause=_named(queue.strangers),
            figures=figures,
        )
    if queue.alive:
        return ok(part, f"{_workers(queue.alive)} for work", figures)
    detail, remedy, code = "nobody asks this queue for work", START_WORKER, WORKER_ABSENT
    if queue.silent:
        detail = (
            f"no sign of life for more than {SILENT_SECONDS:.0f} s from the last worker that asked for work"
        )
        remedy, code = GO_ON, WORKER_SILENT
    elif queue.strangers:
        detail = f"no worker of this installation asks for work, but {_strangers(queue)}"
        remedy = f"{START_WORKER} {TURN_AWAY}"
    return down(part, code, detail, remedy, cause=_named(queue.strangers), figures=figures)


def command_key_state(own: str, keys: Mapping[str, Sequence[str]]) -> PartState:
    """Judge the key of commands by what the workers that live take.

    Args:
        own: Id of the key that signs here; "" where it can't be read.
        keys: Living worker -> ids of the keys that it takes.
    """
    if not own:
        detail = "can't be compared: the key that signs commands is missing here, or can't be used"
        return PartState(
            part=COMMAND_KEY, state=WARNING, code=COMMAND_KEY_UNREAD, detail=detail, remedy=_KEY_REMEDY
        )
    other = sorted(instance for instance, ids in keys.items() if own not in ids)
    if not other:
        return ok(
            COMMAND_KEY,
            "the workers take what is signed here" if keys else "no living worker names its keys",
        )
    keys_of_others = [f"{each} takes {', '.join(keys[each])}" for each in other[:_NAMED_MAX]]
    return down(
        COMMAND_KEY,
        COMMAND_KEY_DIFFERS,
        f"{_workers_do(len(other))} refuse what is signed here",
        _KEY_REMEDY,
        cause=f"here key {own} signs; {'; '.join(keys_of_others)}",
        figures={"others": float(len(other))},
    )


def _workers_do(count: int) -> str:
    return "1 worker would" if count == 1 else f"{count} workers would"


def _workers(count: int) -> str:
    return "1 worker asks" if count == 1 else f"{count} workers ask"


def _strangers(queue: QueueState) -> str:
    count = len(queue.strangers)
    return "1 stranger does" if count == 1 else f"{count} strangers do"


def _named(strangers: Sequence[str]) -> str:
    """Return how strangers name themselves, which may be anything."""
    names = [cleaned_text(each)[:_NAME_MAX] or "no name" for each in strangers[:_NAMED_MAX]]
    more = f" and {len(strangers) - _NAMED_MAX} more" if len(strangers) > _NAMED_MAX else ""
    return f"strangers: {', '.join(names)}{more}" if names else ""
