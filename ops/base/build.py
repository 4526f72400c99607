"""Which build of the product this is: the version of the package, with what tells two builds of it apart."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

from temporalio.common import WorkerDeploymentVersion

from ops.base.code_place import CODE_FOLDER, PACKAGE_FOLDER
from ops.base.settings import Settings

_COMMIT_CHARACTERS = 12
#: Of a checkout: `.git` is a folder, or in a second worktree a file that names it.
_GIT = ".git"
_REFERENCE = "ref: "
_FOLDER = "gitdir: "
#: What decides what a workflow commands, and what its steps do.
_DECIDING = ("workflows", "activities", "domain")


def worker_version(settings: Settings) -> WorkerDeploymentVersion | None:
    """Return the version of this installation's workers; None where they have none.

    Args:
        settings: Name the deployment, and the build if it is not that of the package.
    """
    if not settings.deployment:
        return None
    return WorkerDeploymentVersion(settings.deployment, settings.build_id or build_id())


def build_id() -> str:
    """Return the version of the package and its commit; without a repository a digest of the code.

    A change that was not committed has the id of the commit below it; set PLANSWITCH_BUILD_ID there.
    """
    mark = _commit(CODE_FOLDER) or _digest(PACKAGE_FOLDER)
    return f"{version('planswitch')}+{mark[:_COMMIT_CHARACTERS]}"


def _commit(folder: Path) -> str:
    """Return the commit that is checked out in a folder, or "" where it is no checkout."""
    try:
        git = folder / _GIT
        if git.is_file():
            git = folder / git.read_text(encoding="utf-8").strip().removeprefix(_FOLDER)
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        return head if not head.startswith(_REFERENCE) else _commit_of(git, head.removeprefix(_REFERENCE))
    except OSError:
        return ""


def _commit_of(git: Path, reference: str) -> str:
    """Return the commit of a branch: from its own file, or from the list of packed ones."""
    common = git / "commondir"
    shared = git / common.read_text(encoding="utf-8").strip() if common.is_file() else git
    own = shared / reference
    if own.is_file():
        return own.read_text(encoding="utf-8").strip()
    lines = (shared / "packed-refs").read_text(encoding="utf-8").splitlines()
    return next((line.split()[0] for line in lines if line.endswith(f" {reference}")), "")


def _digest(package: Path) -> str:
    digest = hashlib.sha256()
    for room in _DECIDING:
        for file in sorted((package / room).rglob("*.py")):
            digest.update(str(file.relative_to(package)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
