"""Probes of a process by its settings: what each process composes its own from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from ops.base.settings import Settings
from ops.telemetry.probe_server import ProbedProcess, answering_probes
from ops.telemetry.process_figures import Figure, ProcessFigures
from store.health.process_health import MissingPart, ProcessHealth


def _nothing_missing() -> tuple[MissingPart, ...]:
    return ()


def probed(
    settings: Settings,
    process: str,
    health: ProcessHealth,
    *,
    check: Callable[[], tuple[MissingPart, ...]] = _nothing_missing,
    figures: Sequence[Figure] = (),
    others: Sequence[Callable[[], bytes]] = (),
) -> AbstractContextManager[str]:
    """Answer probes of this process while the block runs (docs/metrics.md#probes).

    Args:
        settings: Name where it listens.
        process: Its command, such as `worker`.
        health: What the process reports of itself.
        check: Returns what is missing beside that, asked at each look.
        figures: Gauges of the process beside those that each has.
        others: Return further text in the format of Prometheus.

    Raises:
        PortInUse: Another program has the port that was named.
    """
    shown = ProcessFigures(process, health, figures=figures, others=others)
    probed_process = ProbedProcess(name=process, health=health, check=check, figures=shown)
    return answering_probes(probed_process, host=settings.probe_host, port=settings.probe_port)
