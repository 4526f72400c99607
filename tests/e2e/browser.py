"""The browser of the tests, and how wide it is."""

from __future__ import annotations

from pathlib import Path

WIDTH = 1200
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
