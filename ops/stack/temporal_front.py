"""Questions to a Temporal front end by the program of its own package.

The supervisor asks that way: the client library may abort a process at its regular exit
(temporalio/sdk-python#300), and the server's HTTP port answers nobody.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

ANSWER_SECONDS_MAX = 10


def namespace_of(binary: Path, address: str, namespace: str) -> dict[str, Any] | None:
    """Return what a front end tells of a namespace, or None where it does not answer for it.

    Args:
        binary: The `temporal` program.
        address: Host and port of the front end.
        namespace: Its name.
    """
    answer = _run(binary, address, "describe", "-n", namespace, "-o", "json")
    try:
        facts = json.loads(answer or "")
    except ValueError:
        return None
    return facts if isinstance(facts, dict) else None


def keep_closed_workflows(binary: Path, address: str, namespace: str, *, hours: int) -> bool:
    """Set how long closed workflows of a namespace stay, and tell whether that was taken."""
    return _run(binary, address, "update", "-n", namespace, "--retention", f"{hours}h") is not None


def _run(binary: Path, address: str, *arguments: str) -> str | None:
    """Return what a command about namespaces prints, or None where it fails."""
    command = [str(binary), "operator", "namespace", *arguments, "--address", address]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=ANSWER_SECONDS_MAX,
            check=False,
            # No settings of whoever starts us, and none of a file of theirs.
            env={"HOME": "/nonexistent"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
