"""Endpoints about the installation itself: health, readiness, projections, metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from console.access.dependencies import Actor, Console
from console.models.base import view_of
from console.models.system import Health, PartReadiness, ProjectionAnswer, Projections, ReadinessAnswer
from domain.kernel.errors import PlanSwitchError
from domain.operator.alarms import ALARMS
from ops.readiness.part_state import EVENT_STORE, PROJECTOR, PartState, Readiness
from projections.reads.shown_rows import instant_text
from projections.running.schema import PROJECTION
from projections.running.status import status

router = APIRouter(tags=["system"])

_NOT_READY = 503
_MISSING: dict[int | str, dict[str, Any]] = {
    _NOT_READY: {
        "description": "A part is missing; the body says which.",
        "model": ReadinessAnswer,
    }
}
#: Gauge -> the figure of a part that it shows, and what it means.
_FIGURES = {
    "pollers": ("planswitch_part_pollers", "Workers that ask the part's task queue for work."),
    "strangers": ("planswitch_part_strangers", "Pollers of the queue that are no workers of ours."),
    "silence_seconds": ("planswitch_part_silence_seconds", "Since the part's last round; -1: none yet."),
    "behind_seconds": ("planswitch_part_behind_seconds", "Age of the oldest event that is not shown."),
    "troubles": ("planswitch_part_troubles", "What keeps workflows from going on."),
    "missing": ("planswitch_part_missing", "Search attributes that the namespace lacks."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """Figures of the read models."""

    #: Stage -> switches in it.
    stages: Mapping[str, int] = field(default_factory=dict)
    #: Alarm -> switches that call for somebody by it.
    alarms: Mapping[str, int] = field(default_factory=dict)


@router.get("/api/health")
async def health() -> Health:
    """Say that the console answers, and nothing else; `/api/ready` has the parts that it depends on."""
    return Health()


@router.get("/api/ready", responses=_MISSING)
async def ready(console: Console, response: Response) -> ReadinessAnswer:
    """Show the state of each part that switches need, with code and remedy; 503 if one is missing."""
    readiness = await console.readiness.now()
    response.status_code = 200 if readiness.is_ready else _NOT_READY
    response.headers["Cache-Control"] = "no-store"
    return readiness_facts(readiness)


@router.get("/api/projections")
def projections(_actor: Actor, console: Console) -> Projections:
    """Show how far the read models are behind the events."""
    return Projections(
        projections=tuple(
            view_of(ProjectionAnswer, each, updated_at=instant_text(each.updated_at))
            for each in status(console.database_url)
        )
    )


@router.get("/metrics", include_in_schema=False)
async def metrics(console: Console) -> Response:
    """Return Prometheus figures: each part; switches, alarms and lag as far as the database answers."""
    readiness = await console.readiness.now()
    parts = {each.part: each for each in readiness.parts}
    counts = Counts() if parts[EVENT_STORE].is_missing else await asyncio.to_thread(_counts, console)
    return Response(generate_latest(_registry(readiness, counts)), media_type=CONTENT_TYPE_LATEST)


def readiness_facts(readiness: Readiness) -> ReadinessAnswer:
    """Return what anybody may read: no address, no account, no message of a server."""
    return ReadinessAnswer(
        status="ready" if readiness.is_ready else "not_ready",
        looked_at=instant_text(readiness.looked_at),
        parts=tuple(view_of(PartReadiness, each, figures=dict(each.figures)) for each in readiness.parts),
    )


def _counts(console: Console) -> Counts:
    try:
        # An alarm that nobody raises is a figure as well: who watches it sees that it is looked at.
        alarms = dict.fromkeys(ALARMS, 0) | console.reads.switches_by_alarm()
        return Counts(stages=console.reads.switches_by_stage(), alarms=alarms)
    except PlanSwitchError:
        # It went away since it was looked at; the parts are told all the same.
        return Counts()


def _registry(readiness: Readiness, counts: Counts) -> CollectorRegistry:
    registry = CollectorRegistry()
    switches = Gauge("planswitch_switches", "Switches by stage.", ["stage"], registry=registry)
    for stage, count in counts.stages.items():
        switches.labels(stage=stage).set(count)
    alarms = Gauge(
        "planswitch_alarms", "Switches that call for somebody, by alarm.", ["alarm"], registry=registry
    )
    for alarm, count in counts.alarms.items():
        alarms.labels(alarm=alarm).set(count)
    _add_parts(registry, readiness)
    projector = next(each for each in readiness.parts if each.part == PROJECTOR)
    if projector.figures:
        _add_projection(registry, projector)
    return registry


def _add_parts(registry: CollectorRegistry, readiness: Readiness) -> None:
    is_up = Gauge("planswitch_part_up", "1: it works, 0: it is missing.", ["part"], registry=registry)
    gauges = {
        figure: Gauge(name, meaning, ["part"], registry=registry)
        for figure, (name, meaning) in _FIGURES.items()
    }
    for each in readiness.parts:
        is_up.labels(part=each.part).set(0 if each.is_missing else 1)
        for figure in _FIGURES.keys() & each.figures.keys():
            gauges[figure].labels(part=each.part).set(each.figures[figure])


def _add_projection(registry: CollectorRegistry, projector: PartState) -> None:
    lag = Gauge("planswitch_projection_lag_events", "Events not yet shown.", ["name"], registry=registry)
    dead = Gauge(
        "planswitch_projection_dead_letters", "Events that can't be shown.", ["name"], registry=registry
    )
    lag.labels(name=PROJECTION).set(projector.figures["lag_events"])
    dead.labels(name=PROJECTION).set(projector.figures["dead_letters"])
