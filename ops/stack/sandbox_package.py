"""The sandbox is a distribution of its own: what needs it says so before it does anything."""

from __future__ import annotations

from ops.processes.errors import SandboxAbsent


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
