"""Gauges of what open switches wait for (docs/metrics.md#figures-of-the-installation)."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge

from projections.reads.wait_figures import WaitFigures


def add_waits(registry: CollectorRegistry, figures: WaitFigures) -> None:
    """Add the gauges; where the read models were not read there are none.

    Args:
        registry: Receives them.
        figures: What was read.
    """
    if figures.holds is None:
        return
    labels = ["stage", "reason"]
    switches = Gauge("planswitch_waiting_switches", "Open switches.", labels, registry=registry)
    oldest = Gauge("planswitch_wait_oldest_seconds", "Longest wait of them.", labels, registry=registry)
    for each in figures.waits:
        switches.labels(each.stage, each.reason).set(each.switches)
        oldest.labels(each.stage, each.reason).set(each.oldest_seconds)
    holds = Gauge("planswitch_holds", "Switches that wait for an operator.", ["stage"], registry=registry)
    for stage, count in figures.holds.items():
        holds.labels(stage).set(count)
    lost = Gauge("planswitch_access_lost", "Switches that wait to be let in again.", registry=registry)
    lost.set(figures.access_lost)
