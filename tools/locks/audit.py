"""Look for known vulnerabilities of the packages that the product installs.

Usage: `python -m tools.locks.audit PIP_AUDIT`. Exit code 0: none is known; 1: some are, by name; 3:
the advisory service could not be reached, so nothing is known (`./run audit-dependencies`).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parents[2] / "locks" / "run.txt"
NOT_AUDITED = 3
_SECONDS_MAX = 600


def main(program: str) -> int:
    """Print what is known and return the exit code.

    Args:
        program: Path of pip-audit.
    """
    command = [program, "--requirement", str(LOCK), "--no-deps", "--disable-pip", "--require-hashes"]
    try:
        done = subprocess.run(
            [*command, "--format", "json", "--progress-spinner", "off"],
            capture_output=True,
            text=True,
            timeout=_SECONDS_MAX,
            check=False,
        )
        packages = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, OSError, ValueError, KeyError):
        packages = []
    lines, code = judged(packages)
    sys.stderr.write("".join(f"audit: {line}\n" for line in lines))
    return code


def judged(packages: list[dict[str, Any]]) -> tuple[list[str], int]:
    """Return what to say of the answers of the advisory service, and the exit code.

    Args:
        packages: One entry for each package, as pip-audit writes it; none where it had no answer.
    """
    known = [
        f"{each['name']} {each['version']}: {flaw['id']},"
        f" mended in {', '.join(flaw['fix_versions']) or 'none'}"
        for each in packages
        for flaw in each.get("vulns", [])
    ]
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    if known:
        return known, 1
    if not packages or skipped:
        return [
            f"not audited: {', '.join(skipped) or 'the advisory service could not be reached'}"
        ], NOT_AUDITED
    return [f"no known vulnerability in {len(packages)} packages"], 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
