"""Errors of the embedded stack, its files and its backups, and of a sandbox that is absent."""

from __future__ import annotations

import os
from pathlib import Path

from domain.kernel.errors import PlanSwitchError


class StackInUse(PlanSwitchError):
    """Another process runs on this data folder; two would destroy each other's files."""

    code = "STACK_IN_USE"


class PortInUse(PlanSwitchError):
    """Another program listens on a port that the stack needs."""

    code = "STACK_IN_USE"


class StackStartFailed(PlanSwitchError):
    """A part of the embedded stack did not come up."""

    code = "SERVER_UNAVAILABLE"


class FolderUnusable(PlanSwitchError):
    """The data folder cannot be used as it is."""

    code = "INVALID_INPUT"


class RunsAsRoot(PlanSwitchError):
    """A part would run as root, since the account for it may not read the code."""

    code = "RUNS_AS_ROOT"


class SandboxAbsent(PlanSwitchError):
    """What was asked for needs the sandbox, whose distribution is not installed."""

    code = "SANDBOX_ABSENT"


class BackupInvalid(PlanSwitchError):
    """A backup file is incomplete or was changed."""

    code = "CORRUPT_FILE"


def of_another_account(folder: Path) -> FolderUnusable:
    """Return the error for a folder of which this account can't make the modes right."""
    return FolderUnusable(
        f"Something in {folder} belongs to another account.",
        remedy=f"Start as that account, or give the folder to this one: `chown -R {os.geteuid()} {folder}`.",
        field="data_dir",
    )


def require_sandbox() -> None:
    """Refuse what can't be done without the sandbox.

    Raises:
        SandboxAbsent: It is not installed.
    """
    try:
        # The package alone, which imports nothing: no other module can be the one that is missing.
        import sandbox as _  # noqa: F401, PLC0415 - it may be absent
    except ModuleNotFoundError as absent:
        raise SandboxAbsent(
            "The sandbox, the cloud to practice on, is not installed.",
            remedy="Install it: `pip install 'planswitch[sandbox]'`.",
        ) from absent
