"""What a token service sends to this machine at the end of a sign-in: one request of a browser."""

from __future__ import annotations

import threading
from html import escape
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Self
from urllib.parse import parse_qsl, urlsplit

LOOPBACK = "127.0.0.1"
#: A form with a code is far shorter.
_FORM_BYTES_MAX = 30_000
_SENT = ("code", "state", "client_info", "session_state", "error", "error_description")
_DONE = "You can close this page and go back to the command line."
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


class Returned:
    """Listens on a free port of this machine until a browser brings a code back, or the block ends."""

    def __init__(self) -> None:
        #: Of the sign-in that is waited for; who does not know it is not listened to.
        self.state = ""
        self._fields: dict[str, str] | None = None
        self._arrived = threading.Event()
        self._server = HTTPServer((LOOPBACK, 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def address(self) -> str:
        """Return the address for the browser, in the form that is registered."""
        return f"http://localhost:{self._server.server_port}"

    def wait(self, seconds: float) -> dict[str, str] | None:
        """Return the fields that came, or None when none came in time."""
        self._arrived.wait(seconds)
        return self._fields

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _take(self, text: str) -> bool:
        """Take the first fields that are an answer; return whether these were."""
        sent = dict(parse_qsl(text, keep_blank_values=True))
        fields = {name: sent[name] for name in _SENT if sent.get(name)}
        is_awaited = bool(self.state) and fields.get("state") == self.state
        if not is_awaited or not {"code", "error"} & fields.keys():
            return False
        if self._fields is None:
            self._fields = fields
            self._arrived.set()
        return True

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        take = self._take

        class Handler(BaseHTTPRequestHandler):
            """Answers the browser; the log has nothing of it."""

            def do_GET(self) -> None:
                """Take an answer in the address, as a token service may send an error."""
                self._answer(take(urlsplit(self.path).query))

            def do_POST(self) -> None:
                """Take an answer as a form."""
                length = self.headers.get("Content-Length", "")
                if not length.isdecimal() or int(length) > _FORM_BYTES_MAX:
                    self._answer(False)
                    return
                self._answer(take(self.rfile.read(int(length)).decode("ascii", errors="replace")))

            def log_message(self, *_words: object) -> None:
                """Write nothing: the address may have a code."""

            def _answer(self, is_taken: bool) -> None:
                words = _DONE if is_taken else "This page waits for the end of a sign-in."
                content = f"<!doctype html><title>planswitch</title><p>{escape(words)}</p>".encode()
                self.send_response(200 if is_taken else 400)
                for name, value in _HEADERS.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        return Handler
