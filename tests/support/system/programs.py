"""Programs of the operating system, each with the Debian package that brings it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

PACKAGES = {
    "nginx": "nginx",
    "openssl": "openssl",
    "pgbouncer": "pgbouncer",
    "postgres": "postgresql",
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "stunnel": "stunnel4",
    "systemd-analyze": "systemd",
}
# Debian keeps daemons outside of a user's path, and the programs of PostgreSQL by version.
_FOLDERS = (
    "/usr/sbin",
    *(str(each) for each in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)),
)


def system_program(name: str) -> Path:
    """Return the path of a program; skip the test, and name the package, where the machine lacks it.

    Arguments: name: one of `PACKAGES`, or a program that one of its packages brings, as `pg_basebackup`.
    """
    path = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *_FOLDERS)))
    if path is None:
        pytest.skip(f"{name} is not installed: apt-get install {PACKAGES.get(name, 'postgresql')}")
    return Path(path)
