"""Figures of one process in the text format of Prometheus: how it is, what it uses, what it called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from providers.transport.call_figures import CALL_FIGURES
from store.health.process_health import MissingPart, ProcessHealth


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A gauge without labels that is read when somebody asks."""

    name: str
    meaning: str
    read: Callable[[], float]


class _HealthCollector(Collector):
    """The health of the process, and further gauges of it."""

    def __init__(self, process: str, health: ProcessHealth, figures: Sequence[Figure]) -> None:
        self._process = process
        self._health = health
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        """Return the gauges as they are now."""
        missing: tuple[MissingPart, ...] = self._health.missing()
        yield self._gauge(
            "planswitch_process_ready", "1: it is of use, 0: it lacks a part.", float(not missing)
        )
        age = self._health.round_age_seconds
        yield self._gauge("planswitch_process_round_age_seconds", "Since its work went round.", age)
        for each in self._figures:
            gauge = GaugeMetricFamily(each.name, each.meaning)
            gauge.add_metric([], each.read())
            yield gauge

    def _gauge(self, name: str, meaning: str, figure: float) -> Metric:
        gauge = GaugeMetricFamily(name, meaning, labels=["process"])
        gauge.add_metric([self._process], figure)
        return gauge


class ProcessFigures:
    """What `/metrics` of a process answers.

    Args:
        process: Its command, such as `worker`.
        health: How it is.
        figures: Further gauges of it.
        others: Return further text in the format of Prometheus, such as the SDK's.
    """

    def __init__(
        self,
        process: str,
        health: ProcessHealth,
        *,
        figures: Sequence[Figure] = (),
        others: Sequence[Callable[[], bytes]] = (),
    ) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_HealthCollector(process, health, figures))
        ProcessCollector(registry=self._registry)
        self._others = tuple(others)

    def __call__(self) -> bytes:
        """Return the text."""
        own = generate_latest(self._registry) + generate_latest(CALL_FIGURES)
        return b"".join((own, *(each() for each in self._others)))
