"""Whether this process is traced: by its settings, and by the extra `tracing` (docs/metrics.md#traces)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from domain.kernel.errors import InvalidInput
from domain.ports.spans import use_tracing

if TYPE_CHECKING:
    from temporalio.contrib.opentelemetry import TracingInterceptor

    from ops.base.settings import Settings
    from ops.telemetry.otel import OtelTracing

_SETTING = "PLANSWITCH_TRACING_ENDPOINT"


class _Process:
    """The tracing of this process; None where there is none."""

    tracing: OtelTracing | None = None


def start_tracing(settings: Settings, process: str) -> None:
    """Send spans from now on, where the settings name a receiver; a second call changes nothing.

    Args:
        settings: Name the receiver.
        process: Command of the process, such as `worker`.

    Raises:
        InvalidInput: The address is none, or the extra `tracing` is not installed.
    """
    endpoint = settings.tracing_endpoint
    if not endpoint or _Process.tracing is not None:
        return
    address = urlsplit(endpoint)
    if address.scheme not in {"http", "https"} or not address.hostname:
        allowed = "the URL of a receiver of OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces"
        raise InvalidInput(field=_SETTING, value=endpoint, allowed=allowed)
    from store.health.heartbeats import own_instance  # noqa: PLC0415 - heavy, and seldom needed

    try:
        from ops.telemetry.otel import OtelTracing  # noqa: PLC0415 - of an extra
    except ModuleNotFoundError as absent:
        raise InvalidInput(
            field=_SETTING,
            value=endpoint,
            allowed="nothing while the extra `tracing` is not installed",
            remedy=f"Install it: `pip install 'planswitch[tracing]'`, or unset {_SETTING}.",
        ) from absent
    _Process.tracing = OtelTracing(endpoint=endpoint, process=process, instance=own_instance())
    use_tracing(_Process.tracing)


def end_tracing() -> None:
    """Send the spans that are left, and open no more."""
    tracing, _Process.tracing = _Process.tracing, None
    use_tracing(None)
    if tracing is not None:
        tracing.end()


def tracing_interceptors() -> list[TracingInterceptor]:
    """Return what carries a trace through Temporal, for a client; nothing without tracing."""
    return [] if _Process.tracing is None else [_Process.tracing.interceptor]
