"""Secrets in files and variables: who else may read them, and whether they are secrets at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from domain.kernel.errors import PlanSwitchError

#: A shorter secret is guessed; the ones that are made here have 43 characters.
CHARACTERS_MIN = 16
#: Fewer different ones are a key held down, or a pattern; 16 random digits have as few once in 300,000 times.
DIFFERENT_CHARACTERS_MIN = 5
_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO
#: Others may do everything but read by their group.
_MORE_THAN_GROUP_READS = _OPEN_TO_OTHERS & ~stat.S_IRGRP
_MAKE_ONE = "openssl rand -hex 32"


class SecretUnusable(PlanSwitchError):
    """A secret is missing, too short, or others may read it: a process that uses it does not start."""

    code = "SECRET_UNUSABLE"


def open_to_others(path: Path) -> bool:
    """Return whether accounts besides the owner may read or change a secret's file.

    A file of another owner may be read by its group: that is how a mounted secret lets this account in (an
    orchestrator's volume has mode 0440 and belongs to root and the group of the process).
    """
    facts = path.stat()
    is_ours = facts.st_uid == os.geteuid()
    return bool(facts.st_mode & (_OPEN_TO_OTHERS if is_ours else _MORE_THAN_GROUP_READS))


def read_secret(path: Path, *, name: str) -> str:
    """Return the secret that a file holds, without blanks around it; `name` is as in `required_secret`.

    Raises:
        SecretUnusable: There is no such file, it can't be read, others may read it, or it holds no secret.
    """
    return required_secret(_private_text(path, name), name=name)


def read_password(path: Path, *, name: str) -> str:
    """Return a password that somebody else gave out: it is as long as they made it.

    Args:
        path: Its file.
        name: What people call it, with the setting that names it.

    Raises:
        SecretUnusable: There is no such file, it can't be read, others may read it, or it is empty.
    """
    password = _private_text(path, name).strip()
    if not password or not password.isprintable():
        raise _unusable(f"{name}: the file {path} holds no line of text.")
    return password


def _private_text(path: Path, name: str) -> str:
    """Return the text of a file that nobody else reads.

    Raises:
        SecretUnusable: There is no such file, it can't be read, or others may read it.
    """
    try:
        is_open, content = open_to_others(path), path.read_bytes()
    except OSError as error:
        raise SecretUnusable(
            f"{name}: the file {path} can't be read: {error.strerror}.",
            remedy=f"Name a file that this account may read, or make one: (umask 077; {_MAKE_ONE} > {path}).",
        ) from error
    if is_open:
        raise SecretUnusable(
            f"{name}: accounts besides the owner may read or change the file {path}.",
            remedy=f"Run `chmod 600 {path}`. If somebody may have read it, put a new secret into it.",
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise _unusable(f"{name}: the file {path} holds no text.") from None


def required_secret(text: str, *, name: str) -> str:
    """Return a secret without blanks around it.

    Args:
        text: The secret as it was set.
        name: What people call it, with the setting that names it.

    Raises:
        SecretUnusable: It is empty, too short, anybody's guess, or no line of text.
    """
    secret = text.strip()
    length_min, different_min = CHARACTERS_MIN, DIFFERENT_CHARACTERS_MIN
    if not secret:
        raise _unusable(f"{name} is empty; it must have at least {length_min} characters.")
    if not secret.isprintable():
        raise _unusable(f"{name} is no line of text: it has characters that can't be printed.")
    if len(secret) < length_min:
        raise _unusable(f"{name} is {len(secret)} characters long; it must have at least {length_min}.")
    if len(set(secret)) < different_min:
        raise _unusable(
            f"{name} is the same few characters over and over; it must have at least {different_min} "
            "different ones."
        )
    return secret


def _unusable(message: str) -> SecretUnusable:
    return SecretUnusable(
        message,
        remedy=f"Set a secret that nobody can guess, for example of `{_MAKE_ONE}`, or remove the setting.",
    )
