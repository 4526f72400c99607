"""A receiver of OTLP over HTTP: it parses what comes by the protocol's own messages, and keeps the spans."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

_PATH = "/v1/traces"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceivedSpan:
    """One span as it was sent."""

    name: str
    service: str
    trace_id: str
    span_id: str
    #: "" for the root of a trace.
    parent_id: str
    attributes: dict[str, str]
    #: Everything that was sent of it, as text.
    text: str


class OtlpReceiver:
    """Keeps every span that it got."""

    def __init__(self) -> None:
        self._spans: list[ReceivedSpan] = []
        self._lock = threading.Lock()
        self.endpoint = ""

    @property
    def spans(self) -> list[ReceivedSpan]:
        """Every span so far."""
        with self._lock:
            return list(self._spans)

    def take(self, request: ExportTraceServiceRequest) -> None:
        """Keep the spans of one request."""
        spans = [
            ReceivedSpan(
                name=each.name,
                service=_facts(batch.resource.attributes)["service.name"],
                trace_id=each.trace_id.hex(),
                span_id=each.span_id.hex(),
                parent_id=each.parent_span_id.hex(),
                attributes=_facts(each.attributes),
                text=str(each),
            )
            for batch in request.resource_spans
            for scope in batch.scope_spans
            for each in scope.spans
        ]
        with self._lock:
            self._spans += spans


@contextmanager
def receiving_spans() -> Iterator[OtlpReceiver]:
    """Receive on a free port of loopback until the block ends."""
    receiver = OtlpReceiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, receiver))
    receiver.endpoint = f"http://127.0.0.1:{server.server_port}{_PATH}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, receiver: OtlpReceiver, *args: Any) -> None:
        self._receiver = receiver
        super().__init__(*args)

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        is_known = self.path == _PATH and self.headers["Content-Type"] == "application/x-protobuf"
        if is_known:
            self._receiver.take(ExportTraceServiceRequest.FromString(content))
        answer = ExportTraceServiceResponse().SerializeToString()
        self.send_response(200 if is_known else 400)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Write nothing."""


def _facts(attributes: Any) -> dict[str, str]:
    return {each.key: each.value.string_value for each in attributes}
