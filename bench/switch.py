"""How long one switch takes on the whole stack, and how long its history grows."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def measure(users: int) -> dict[str, Any]:
    """Run one demo of so many users and return what it printed."""
    command = [sys.executable, "-m", "cli.main", "demo", "--users", str(users), "--json"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(ran.stdout)
    return result


def summarize(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the medians of several runs; seconds are those of the switch, without starting the stack."""
    seconds = statistics.median(result["seconds"] for result in results)
    users = results[0]["users"]
    return {
        "users": users,
        "runs": len(results),
        "seconds": seconds,
        "users_per_second": round(users / seconds, 1),
        "history_events": max(result["history_events"] for result in results),
        "events": max(result["events"] for result in results),
    }
