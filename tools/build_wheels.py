"""Build the wheels of this repository: `python -m tools.build_wheels [FOLDER]`, by default into dist/."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools.wheel_hook import ROOT, Layout


def build_wheels(folder: Path) -> None:
    """Build every distribution of this repository into a folder; hatchling must be installed."""
    for project in Layout(ROOT).projects:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder.absolute())]
        subprocess.run(command, cwd=project, check=True)


if __name__ == "__main__":
    build_wheels(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist")
