"""Secrets that a program prints, such as the client of a key service; no shell reads the command."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from contextlib import suppress

from store.vault.secret_files import SecretUnusable

#: Seconds that a program has to print a secret.
COMMAND_SECONDS_MAX = 30.0


def printed_secret(command: str, *, name: str) -> str:
    """Return what a program prints, without blanks around it; nothing shows or logs the output.

    Args:
        command: Program and arguments, with quotes as a shell has them.
        name: The setting that names it.

    Raises:
        SecretUnusable: It can't be run, fails, takes too long, or prints no text.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise _unusable(name, f"it can't be read as a command: {error}") from None
    if not words:
        raise _unusable(name, "it names no program")
    status, output = _run(words, name)
    if status is None:
        raise _unusable(name, f"{words[0]} did not end within {COMMAND_SECONDS_MAX:.0f} seconds")
    if status:
        raise _unusable(name, f"{words[0]} ended with code {status}")
    try:
        return output.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise _unusable(name, f"{words[0]} printed no text") from None


def _run(words: list[str], name: str) -> tuple[int | None, bytes]:
    """Return the exit status of a program, None where it took too long, and what it printed."""
    try:
        # In a session of its own: it can ask nobody for a password, and ends with all that it started.
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise _unusable(name, f"{words[0]} can't be run: {type(error).__name__}") from None
    with process:
        try:
            output = process.communicate(timeout=COMMAND_SECONDS_MAX)[0]
        except subprocess.TimeoutExpired:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            return None, b""
    return process.returncode, output


def _unusable(name: str, reason: str) -> SecretUnusable:
    return SecretUnusable(
        f"{name}: {reason}.",
        remedy=f"Run the command of {name} by hand as the account of this process: it must print the secret"
        " and end with code 0.",
    )
