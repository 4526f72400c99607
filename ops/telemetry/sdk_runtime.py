"""The runtime of the Temporal SDK here: its figures are read here, and its lines go into our log."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException

from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from ops.processes.processes import LOOPBACK, free_port

#: Logger of what the SDK's core tells (docs/logs.md#lines-of-the-sdk).
CORE_LOGGER = "temporalio.core"
#: Times that a free port is looked for: another program may take it a moment later.
_PORT_TRIES_MAX = 5
_SCRAPE_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class SdkRuntime:
    """The runtime, and the port of loopback on which it tells its figures."""

    runtime: Runtime
    port: int


@cache
def sdk_runtime() -> SdkRuntime:
    """Return the runtime of this process, the same for all its clients: each has threads of its own.

    Raises:
        RuntimeError: The SDK found no port for its figures.
    """
    for left in reversed(range(_PORT_TRIES_MAX)):
        port = free_port()
        try:
            return SdkRuntime(runtime=Runtime(telemetry=_telemetry(port)), port=port)
        except RuntimeError:
            if not left:
                raise
    raise AssertionError


def sdk_figures() -> bytes:
    """Return the SDK's own figures in the text format of Prometheus; nothing where it tells none."""
    connection = HTTPConnection(LOOPBACK, sdk_runtime().port, timeout=_SCRAPE_SECONDS)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read()
    except (OSError, HTTPException):
        return b""
    finally:
        connection.close()


def _telemetry(port: int) -> TelemetryConfig:
    return TelemetryConfig(
        logging=LoggingConfig(
            filter=TelemetryFilter(core_level="WARN", other_level="ERROR"),
            # What is in the fields stands in fields of ours too (ops/base/log.py).
            forwarding=LogForwardingConfig(
                logger=logging.getLogger(CORE_LOGGER),
                append_target_to_name=False,
                prepend_target_on_message=False,
                append_log_fields_to_message=False,
            ),
        ),
        metrics=PrometheusConfig(
            bind_address=f"{LOOPBACK}:{port}",
            counters_total_suffix=True,
            unit_suffix=True,
            durations_as_seconds=True,
        ),
    )
