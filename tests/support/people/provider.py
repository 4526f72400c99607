"""A real provider of sign-ins in a process of its own, and a browser that signs in there."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from ops.processes.processes import free_port
from tests.support.clouds.plain_http import WITHOUT_TLS

START_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A running provider."""

    port: int

    @property
    def issuer(self) -> str:
        """Return its name."""
        return f"http://localhost:{self.port}"

    def code_path(self, address: str, person: str) -> str:
        """Sign a person in at the page of the provider; return path and query of the way back.

        Args:
            address: Where the console has led the browser.
            person: Subject of the person.
        """
        with httpx2.Client(verify=WITHOUT_TLS, trust_env=False) as browser:
            answer = browser.post(address, data={"sub": person})
        assert answer.status_code == 302, answer.text
        parts = urlsplit(answer.headers["location"])
        return f"{parts.path}?{parts.query}"


@contextmanager
def running_provider(*people: Mapping[str, Any]) -> Iterator[Provider]:
    """Run a provider that knows some people by their claims; `sub` is among them."""
    port = free_port()
    options = [part for person in people for part in ("--user-claims", json.dumps(dict(person)))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"]
    process = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    provider = Provider(port=port)
    try:
        _wait(provider, process)
        yield provider
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def query_of(address: str) -> dict[str, str]:
    """Return the query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def _wait(provider: Provider, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    address = f"{provider.issuer}/.well-known/openid-configuration"
    with httpx2.Client(verify=WITHOUT_TLS, trust_env=False) as client:
        while time.monotonic() < deadline:
            assert process.poll() is None, "the provider has ended"
            try:
                if client.get(address).status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            time.sleep(0.1)
    raise AssertionError("the provider does not answer")
