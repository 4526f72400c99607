"""The commands about people and keys, as processes against a served console (people)."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.support.consoles.console_world import Ran, run_in_pipes
from tests.support.consoles.served_console import KEY, Served, served

REASON = ("--reason", "tests")


def _run(console: Served, folder: Path, *arguments: str, key: str = KEY) -> Ran:
    environment = {
        **os.environ,
        "PLANSWITCH_API_URL": f"http://127.0.0.1:{console.port}",
        "PLANSWITCH_API_KEY": key,
        "PLANSWITCH_DATA_DIR": str(folder),
        "COLUMNS": "80",
    }
    return run_in_pipes(arguments, environment)


def test_people_and_keys_from_the_command_line(database_url: str, tmp_path: Path) -> None:
    """Open, grant, make a key, act by it, rotate, revoke, block: each says what it did, in 80 columns."""
    with served(database_url, tmp_path) as console:

        def done(*arguments: str, key: str = KEY) -> Ran:
            ran = _run(console, tmp_path, *arguments, key=key)
            assert ran.code == 0, (arguments, ran.err)
            assert "--json" in arguments or ran.longest_line <= 80, (arguments, ran.out, ran.err)
            return ran

        done("people", "add", "ci", "--service-account", "--role", "viewer", *REASON)
        granted = done("people", "grant", "ci", "operator", "--organization", "contoso", *REASON)
        made = json.loads(done("keys", "make", "--account", "ci", "--label", "ci", *REASON, "--json").out)
        limit = ("--role", "viewer@contoso")
        second = _run(console, tmp_path, "keys", "make", "--account", "ci", "--label", "x", *limit, *REASON)
        me = done("people", "me", key=second.out.strip())
        refused = _run(console, tmp_path, "people", "list", key=second.out.strip())
        listed = done("people", "list").out
        key_id = made["key"]["key_id"]
        rotated = done("keys", "rotate", key_id, "--overlap-hours", "0", *REASON, "--json")
        ended = _run(console, tmp_path, "people", "me", key=made["text"])
        done("keys", "revoke", json.loads(rotated.out)["key"]["key_id"], *REASON)
        shown = done("people", "show", "ci").out
        done("people", "withdraw", "ci", "viewer", *REASON)
        done("people", "sign-out", "ci", *REASON)
        done("people", "block", "ci", *REASON)
        blocked = _run(console, tmp_path, "people", "me", key=second.out.strip())
        done("people", "unblock", "ci", *REASON)
        last = _run(console, tmp_path, "people", "block", "olga", *REASON)
        unknown = _run(console, tmp_path, "people", "grant", "nobody", "viewer", *REASON)
        wrong = _run(console, tmp_path, "keys", "make", "--label", "x", "--role", "root", *REASON)
        keys = done("keys", "list", "--account", "ci").out

    assert "viewer; operator@contoso" in granted.out
    assert second.out.startswith("psk_")
    assert (len(second.out.split()), "shown this once" in second.err) == (1, True)
    assert "viewer@contoso" in me.out
    assert (refused.code, "FORBIDDEN" in refused.err) == (6, True)
    assert all(name in listed for name in ("ci", "olga", "service account", "administrator"))
    assert (ended.code, blocked.code) == (6, 6)
    assert all(word in shown for word in (key_id, "granted", "opened", "tests"))
    assert (last.code, "LAST_ADMINISTRATOR" in last.err) == (4, True)
    assert (unknown.code, "UNKNOWN_ACCOUNT" in unknown.err) == (3, True)
    assert (wrong.code, "--role" in wrong.err) == (2, True)
    assert "ended" in keys
    assert made["text"] not in keys + shown
