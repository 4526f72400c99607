"""Record the histories in tests/histories/ anew, on a real Temporal server and the sandbox.

Run `.venv/bin/python tools/record_histories.py` after a workflow got a patch id (workflows/base/versions.py)
to keep the histories of the new way. Histories of the old way stay as long as switches of it may be running:
copy them under another name before recording.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


def main() -> int:
    """Run the recorder; its exit code is pytest's."""
    folder = PROJECT / "tests" / "workflow"
    recorders = [
        str(folder / f"record_{name}.py") for name in ("histories", "signed_histories", "outside_histories")
    ]
    return int(pytest.main([*recorders, "-p", "no:randomly", "-q", f"--rootdir={PROJECT}"]))


if __name__ == "__main__":
    sys.exit(main())
