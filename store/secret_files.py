"""Secrets in files and variables: who else may read them, and whether they are secrets at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from domain.errors import PlanSwitchError

#: A shorter secret is guessed; the ones that are made here have 43 characters.
CHARACTERS_MIN = 16
_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO
#: Others may do everything but read by their group.
_MORE_THAN_GROUP_READS = _OPEN_TO_OTHERS & ~stat.S_IRGRP
_MAKE_ONE = "openssl rand -hex 32"


class SecretUnusable(PlanSwitchError):
    """A secret is missing, too short, or others may read it: whoever works with it does not start."""

    code = "SECRET_UNUSABLE"


def open_to_others(path: Path) -> bool:
    """Tell whether accounts besides the owner may read or change a secret's file.

    A file of another owner may be read by its group: that is how a mounted secret lets this account in (an
    orchestrator's volume has mode 0440 and belongs to root and the group of the process).
    """
    facts = path.stat()
    is_ours = facts.st_uid == os.geteuid()
    return bool(facts.st_mode & (_OPEN_TO_OTHERS if is_ours else _MORE_THAN_GROUP_READS))


def read_secret(path: Path, *, name: str) -> str:
    """Return the secret that a file holds, without blanks around it.

    Args:
        path: The file.
        name: What people call it, with the setting that names it.

    Raises:
        SecretUnusable: There is no such file, it can't be read, others may read it, or it is too short.
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
    return required_secret(content.decode("utf-8", errors="replace"), name=name)


def required_secret(text: str, *, name: str) -> str:
    """Return a secret without blanks around it.

    Args:
        text: The secret as it was set.
        name: What people call it, with the setting that names it.

    Raises:
        SecretUnusable: It is empty or too short.
    """
    secret = text.strip()
    if len(secret) >= CHARACTERS_MIN:
        return secret
    found = "is empty" if not secret else f"is {len(secret)} characters long"
    raise SecretUnusable(
        f"{name} {found}; it must have at least {CHARACTERS_MIN} characters.",
        remedy=f"Set a secret that nobody can guess, for example of `{_MAKE_ONE}`, or remove the setting.",
    )
