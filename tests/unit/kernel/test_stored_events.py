"""Whoever opens the store can read every event."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROBE = """
import json, pathlib
import store.switch_store
from eventsourcing.utils import resolve_topic
for path in pathlib.Path("tests/golden/events").glob("*.json"):
    resolve_topic(json.loads(path.read_text())["topic"])
"""


def test_a_process_that_opens_the_store_knows_every_topic() -> None:
    """A fresh process that imports the store alone resolves the topic of every golden event."""
    ran = subprocess.run([sys.executable, "-c", PROBE], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
