"""Endpoints about the installation itself: health, readiness, projections, metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.models.base import view_of
from console.models.system import Health, PartReadiness, ProjectionAnswer, Projections, ReadinessAnswer
from domain.kernel.errors import PlanSwitchError
from domain.operator.alarms import ALARMS
from domain.webhooks.endpoints import EndpointState
from ops.readiness.part_state import EVENT_STORE, NOTICES, PROJECTOR, PartState, Readiness
from ops.telemetry.wait_gauges import add_waits
from projections.reads.shown_rows import instant_text
from projections.reads.wait_figures import WaitFigures
from projections.running.schema import PROJECTION
from projections.running.status import status
from services.webhooks.endpoints import Webhooks

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
    "unsealed_seconds": ("planswitch_part_unsealed_seconds", "Age of the oldest event without a seal."),
    "troubles": ("planswitch_part_troubles", "What keeps workflows from going on."),
    "missing": ("planswitch_part_missing", "Search attributes that the namespace lacks."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookFigures:
    """Figures of one endpoint of webhooks (webhooks#sending)."""

    waiting: int
    #: Age of the oldest delivery that waits.
    oldest_seconds: float
    is_disabled: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """Figures of the read models."""

    #: Stage -> switches in it.
    stages: Mapping[str, int] = field(default_factory=dict)
    #: Alarm -> switches that call for somebody by it.
    alarms: Mapping[str, int] = field(default_factory=dict)
    #: Endpoint -> what waits for it.
    webhooks: Mapping[str, WebhookFigures] = field(default_factory=dict)
    #: What open switches wait for.
    waits: WaitFigures = field(default_factory=WaitFigures)


@router.get("/api/v1/health")
async def show_health() -> Health:
    """Say that the console answers, and nothing else; `/api/v1/ready` has the parts that it depends on."""
    return Health()


@router.get("/api/v1/ready", responses=_MISSING)
async def show_readiness(console: Console, response: Response) -> ReadinessAnswer:
    """Show the state of each part that switches need, with code and remedy; 503 if one is missing."""
    readiness = await console.readiness.now()
    response.status_code = 200 if readiness.is_ready else _NOT_READY
    response.headers["Cache-Control"] = "no-store"
    return readiness_facts(readiness)


@router.get("/api/v1/projections")
def list_projections(_actor: Actor, console: Console) -> Projections:
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
    return Response(await installation_figures(console), media_type=CONTENT_TYPE_LATEST)


async def installation_figures(console: ConsoleDependencies) -> bytes:
    """Return the figures of the installation in the text format of Prometheus (docs/metrics.md)."""
    readiness = await console.readiness.now()
    parts = {each.part: each for each in readiness.parts}
    counts = Counts() if parts[EVENT_STORE].is_missing else await asyncio.to_thread(_counts, console)
    return generate_latest(_registry(readiness, counts))


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
        stages, webhooks = console.reads.switches_by_stage(), _webhook_figures(console)
        waits = console.reads.wait_figures()
        return Counts(stages=stages, alarms=alarms, webhooks=webhooks, waits=waits)
    except PlanSwitchError:
        # It went away since it was looked at; the parts are told all the same.
        return Counts()


def _webhook_figures(console: ConsoleDependencies) -> Mapping[str, WebhookFigures]:
    now = datetime.now(tz=UTC)
    return {
        each.endpoint.endpoint_id: WebhookFigures(
            waiting=each.backlog.waiting,
            oldest_seconds=(now - (each.backlog.oldest_at or now)).total_seconds(),
            is_disabled=each.endpoint.state is EndpointState.DISABLED,
        )
        for each in Webhooks(console.store.webhooks, console.webhook_networks).shown()
    }


def _add_webhooks(registry: CollectorRegistry, webhooks: Mapping[str, WebhookFigures]) -> None:
    waiting = {name: each.waiting for name, each in webhooks.items()}
    oldest = {name: each.oldest_seconds for name, each in webhooks.items()}
    disabled = {name: int(each.is_disabled) for name, each in webhooks.items()}
    _add(registry, "planswitch_webhooks_waiting", "Deliveries that are not done.", endpoint=waiting)
    _add(registry, "planswitch_webhooks_oldest_seconds", "Age of the oldest that waits.", endpoint=oldest)
    _add(registry, "planswitch_webhooks_disabled", "1: nothing is sent to it.", endpoint=disabled)


def _add_notices(registry: CollectorRegistry, parts: Sequence[PartState]) -> None:
    """Add what waits to be sent by mail; nothing while the event store is away."""
    figures = next((each.figures for each in parts if each.part == NOTICES), None)
    if figures:
        waiting = Gauge("planswitch_notices_waiting", "Notices that are not done.", registry=registry)
        waiting.set(figures["waiting"])
        oldest = Gauge(
            "planswitch_notices_oldest_seconds", "Age of the oldest that waits.", registry=registry
        )
        oldest.set(figures["oldest_seconds"])


def _registry(readiness: Readiness, counts: Counts) -> CollectorRegistry:
    registry, parts = CollectorRegistry(), readiness.parts
    _add(registry, "planswitch_switches", "Switches by stage.", stage=counts.stages)
    _add(registry, "planswitch_alarms", "Switches that call for somebody, by alarm.", alarm=counts.alarms)
    add_waits(registry, counts.waits)
    _add_webhooks(registry, counts.webhooks)
    _add_notices(registry, parts)
    is_up = {each.part: 0 if each.is_missing else 1 for each in parts}
    _add(registry, "planswitch_part_up", "1: it works, 0: it is missing.", part=is_up)
    for figure, (name, meaning) in _FIGURES.items():
        figures = {each.part: each.figures[figure] for each in parts if figure in each.figures}
        _add(registry, name, meaning, part=figures)
    projector = next(each.figures for each in parts if each.part == PROJECTOR)
    if projector:
        lag, dead = ({PROJECTION: projector[name]} for name in ("lag_events", "dead_letters"))
        _add(registry, "planswitch_projection_lag_events", "Events not yet shown.", name=lag)
        _add(registry, "planswitch_projection_dead_letters", "Events that can't be shown.", name=dead)
    return registry


def _add(registry: CollectorRegistry, metric: str, meaning: str, /, **values: Mapping[str, float]) -> None:
    """Add one gauge: the name of its label, and the label's values with their figures."""
    ((label, figures),) = values.items()
    gauge = Gauge(metric, meaning, [label], registry=registry)
    for name, figure in figures.items():
        gauge.labels(name).set(figure)
