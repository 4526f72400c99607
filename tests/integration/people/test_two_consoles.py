"""Two consoles behind one proxy: signed in at one, served by both; one killed; signed out everywhere."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from console.access.dependencies import SESSION_COOKIE
from ops.processes.processes import free_port
from tests.support.consoles.served_console import KEY, Answer, Served, ask, served

WITH_KEY = {"X-API-Key": KEY}
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BY_KEY = f"key={KEY}".encode()
START_SECONDS = 60.0


@contextmanager
def _proxy(*consoles: Served) -> Iterator[int]:
    """Run a proxy before consoles; yield its port."""
    port = free_port()
    command = [sys.executable, "-m", "tests.support.people.proxy", str(port)]
    process = subprocess.Popen([*command, *(str(each.port) for each in consoles)])
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                if ask(port, "GET", "/api/health").status == 200:
                    break
            except OSError:
                assert time.monotonic() < deadline, "the proxy does not answer"
            time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait(START_SECONDS)


@pytest.fixture(name="consoles")
def _consoles(database_url: str, tmp_path: Path) -> Iterator[tuple[Served, Served]]:
    """Yield two consoles of one installation, which trust the proxy."""
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    trusted = {"PLANSWITCH_TRUSTED_PROXIES": "127.0.0.1"}
    shared = {
        f"PLANSWITCH_{name}_FILE": str(folders[0] / file)
        for name, file in (("COMMAND_KEY", "command.key"), ("MASTER_KEY", "master.key"))
    }
    with ExitStack() as running:
        one = running.enter_context(served(database_url, folders[0], **trusted))
        yield one, running.enter_context(served(database_url, folders[1], **shared, **trusted))


def _cookie(answer: Answer) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


def _served_by(port: int, browser: dict[str, str], times: int) -> set[tuple[int, str]]:
    """Return status and server of several requests."""
    answers = [ask(port, "GET", "/account", headers=browser) for _ in range(times)]
    return {(each.status, each.headers["x-served-by"]) for each in answers}


def test_one_sign_in_holds_at_both_and_ends_at_both(consoles: tuple[Served, Served]) -> None:
    """Served by both; one is killed and nobody signs in again; sign-out ends it everywhere."""
    one, two = consoles
    with _proxy(one, two) as port:
        signed_in = ask(port, "POST", "/sign-in", headers=FORM, body=BY_KEY)
        browser = {"Cookie": _cookie(signed_in)}
        second = ask(port, "POST", "/sign-in", headers=FORM, body=BY_KEY)
        other = {"Cookie": _cookie(second)}
        attributes = {each.strip().lower() for each in signed_in.headers["set-cookie"].split(";")}

        # The proxy says that the browser speaks HTTPS, and is believed.
        assert signed_in.headers["set-cookie"].startswith(f"{SESSION_COOKIE}=")
        assert {"secure", "httponly", "samesite=strict"} <= attributes
        assert _served_by(port, browser, 6) == {(200, str(one.port)), (200, str(two.port))}

        one.process.kill()
        one.process.wait(START_SECONDS)
        assert _served_by(port, browser, 4) == {(200, str(two.port))}

        out = ask(port, "POST", "/account/sessions", headers={**browser, **OWN_PAGE, **FORM})
        assert (out.status, out.headers["location"]) == (303, "/sign-in")
        for each in (browser, other):
            assert {status for status, _ in _served_by(port, each, 2)} == {303}
            assert ask(two.port, "GET", "/account", headers=each).status == 303


def test_a_key_that_is_revoked_at_one_is_refused_at_the_other(consoles: tuple[Served, Served]) -> None:
    """No console remembers a key by itself: the next request anywhere is refused (people#keys)."""
    one, two = consoles
    json_type = {"Content-Type": "application/json"}
    body = b'{"label": "tests", "reason": "tests"}'
    made = ask(one.port, "POST", "/api/v1/keys", headers={**WITH_KEY, **json_type}, body=body)
    key, key_id = made.document["text"], made.document["key"]["key_id"]
    own = {"X-API-Key": key}
    assert [ask(each.port, "GET", "/api/v1/account", headers=own).status for each in consoles] == [200, 200]

    path = f"/api/v1/keys/{key_id}/revoke"
    ended = ask(two.port, "POST", path, headers={**WITH_KEY, **json_type}, body=b'{"reason": "lost"}')

    assert ended.document["state"] == "ended"
    assert [ask(each.port, "GET", "/api/v1/account", headers=own).status for each in consoles] == [401, 401]
    logged = one.log_file.read_text(encoding="utf-8") + two.log_file.read_text(encoding="utf-8")
    assert key.rpartition("_")[2] not in logged


def test_over_plain_http_a_cookie_is_not_secure(consoles: tuple[Served, Served]) -> None:
    """Without TLS the browser of this machine keeps its cookie; nobody else says HTTPS in a proxy's place."""
    one, _ = consoles
    plain = ask(one.port, "POST", "/sign-in", headers=FORM, body=BY_KEY)
    foreign = {**FORM, "X-Forwarded-Proto": "https"}
    claimed = ask(one.port, "POST", "/sign-in", headers=foreign, body=BY_KEY, address="127.0.0.2")

    assert "secure" not in plain.headers["set-cookie"].lower()
    assert "secure" not in claimed.headers["set-cookie"].lower()
