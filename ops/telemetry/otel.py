"""Spans by OpenTelemetry, sent by OTLP over HTTP. Imported only where the extra `tracing` is installed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from temporalio.contrib.opentelemetry import TracingInterceptor

#: A receiver that is silent delays the end of a process by this at most.
_EXPORT_SECONDS = 3.0
_BETWEEN_EXPORTS_MILLISECONDS = 1_000
_PREFIX = "planswitch."
_propagator = TraceContextTextMapPropagator()


class OtelTracing:
    """The tracing of a process.

    Args:
        endpoint: URL of the receiver.
        process: Command of the process, such as `worker`.
        instance: Name of the process among all.
    """

    def __init__(self, *, endpoint: str, process: str, instance: str) -> None:
        names = {"service.name": f"planswitch-{process}", "service.instance.id": instance}
        exporter = _PlainExporter(OTLPSpanExporter(endpoint=endpoint, timeout=_EXPORT_SECONDS))
        self._provider = TracerProvider(resource=Resource.create(names))
        self._provider.add_span_processor(
            BatchSpanProcessor(exporter, schedule_delay_millis=_BETWEEN_EXPORTS_MILLISECONDS)
        )
        self._tracer = self._provider.get_tracer("planswitch")
        #: For clients of Temporal, and through them for workers.
        self.interceptor = TracingInterceptor(self._tracer)

    @contextmanager
    def span(self, name: str, attributes: Mapping[str, str], carrier: Mapping[str, str]) -> Iterator[None]:
        """Open a span around the block; an error is its status, without what it says."""
        context = _propagator.extract(carrier) if carrier else None
        with self._tracer.start_as_current_span(
            name, context, attributes=_named(attributes), record_exception=False
        ):
            yield

    def annotate(self, attributes: Mapping[str, str]) -> None:
        """Add attributes to the current span."""
        trace.get_current_span().set_attributes(_named(attributes))

    def carrier(self) -> dict[str, str]:
        """Return the headers by which another process goes on with the current trace."""
        headers: dict[str, str] = {}
        _propagator.inject(headers)
        return headers

    def end(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


class _PlainExporter(SpanExporter):
    """Leaves out what an exception says: it may hold words of a provider."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans without events and without the text of an error."""
        return self._exporter.export([_plain(each) for each in spans])

    def shutdown(self) -> None:
        """End the exporter."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what is left."""
        return self._exporter.force_flush(timeout_millis)


def _plain(span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=span.attributes,
        links=span.links,
        kind=span.kind,
        status=trace.Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _named(attributes: Mapping[str, str]) -> dict[str, str]:
    return {f"{_PREFIX}{name}": value for name, value in attributes.items()}
