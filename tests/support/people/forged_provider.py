"""A provider of sign-ins that answers what a test tells it, such as tokens that nobody may believe."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID = "planswitch"
LIFETIME_SECONDS = 300


@dataclass(kw_only=True)
class ForgedProvider:
    """What the provider answers."""

    issuer: str
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "own"}))
    #: Makes the id token from the right claims.
    token: Callable[[dict[str, Any]], str] = lambda _claims: ""
    #: What it publishes otherwise than it should.
    metadata: dict[str, Any] = field(default_factory=dict)
    nonce: str = ""
    #: Bodies that came to the address of tokens.
    redeemed: list[dict[str, str]] = field(default_factory=list)

    def claims(self) -> dict[str, Any]:
        """Return claims that are right."""
        now = int(time.time())
        return {
            "iss": self.issuer,
            "sub": "1-ida",
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "nonce": self.nonce,
            "email": "ida@example.com",
            "groups": ["ops"],
        }

    def signed(self, claims: dict[str, Any], key: RSAKey | OctKey | None = None, alg: str = "RS256") -> str:
        """Return claims as a signed token."""
        return jwt.encode({"alg": alg, "kid": "own"}, claims, key or self.key, algorithms=[alg])

    def answer(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        """Return what an address answers."""
        if path.endswith("openid-configuration"):
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                **self.metadata,
            }
        if path.endswith("jwks"):
            return {"keys": [self.key.as_dict(private=False)]}
        self.redeemed.append(body)
        return {
            "access_token": "an-access-token",
            "token_type": "Bearer",
            "id_token": self.token(self.claims()),
        }


@contextmanager
def forged_provider() -> Iterator[ForgedProvider]:
    """Yield a provider of a test, served in a thread."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    provider = ForgedProvider(issuer=f"http://127.0.0.1:{server.server_port}")
    provider.token = provider.signed
    _Handler.provider = provider
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    provider: ForgedProvider

    def do_GET(self) -> None:
        """Answer what is published."""
        self._send(self.provider.answer(self.path, {}))

    def do_POST(self) -> None:
        """Answer a code with tokens."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = {name: values[0] for name, values in parse_qs(body).items()}
        self._send(self.provider.answer(self.path, fields))

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""

    def _send(self, document: dict[str, Any]) -> None:
        content = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
