"""Endpoints about the installation itself: health, projections, metrics."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from console.authentication import Actor, Console
from console.dependencies import ConsoleDependencies
from projections.status import ProjectionStatus, status

router = APIRouter(tags=["system"])


@router.get("/api/health")
def health() -> dict[str, str]:
    """Tell that the console answers; `/api/projections` tells more."""
    return {"status": "ok"}


@router.get("/api/projections")
def projections(_actor: Actor, console: Console) -> dict[str, Any]:
    """Tell how far the read models are behind the events."""
    return {"projections": [_facts(each) for each in status(console.database_url)]}


@router.get("/metrics", include_in_schema=False)
def metrics(console: Console) -> Response:
    """Return Prometheus figures: switches by stage, lag and dead letters of the projections."""
    return Response(generate_latest(_registry(console)), media_type=CONTENT_TYPE_LATEST)


def _facts(each: ProjectionStatus) -> dict[str, Any]:
    return {**asdict(each), "updated_at": each.updated_at.isoformat(), "is_degraded": each.is_degraded}


def _registry(console: ConsoleDependencies) -> CollectorRegistry:
    registry = CollectorRegistry()
    switches = Gauge("planswitch_switches", "Switches by stage.", ["stage"], registry=registry)
    lag = Gauge("planswitch_projection_lag_events", "Events not yet shown.", ["name"], registry=registry)
    dead = Gauge(
        "planswitch_projection_dead_letters", "Events that can't be shown.", ["name"], registry=registry
    )
    for stage, count in console.reads.switches_by_stage().items():
        switches.labels(stage=stage).set(count)
    for each in status(console.database_url):
        lag.labels(name=each.name).set(each.lag)
        dead.labels(name=each.name).set(each.dead_letters)
    return registry
