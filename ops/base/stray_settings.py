"""Variables of the environment that begin as settings do and are none; whoever set one believes in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words

#: Secrets are read from files: a value in the environment is inherited by every child.
_SECRETS_OF_FILES = ("MASTER_KEY", "COMMAND_KEY", "COMMAND_SECOND_KEY", "CREDIT_SECRET")
#: Read by other programs of this project.
_OF_OTHERS = frozenset({"SHARED", "TEST_PROCESSES"})


def require_no_unread_secret(environment: Mapping[str, str], prefix: str) -> None:
    """Refuse a secret in a variable that nothing reads: another key would be worked with in silence.

    Args:
        environment: Of this process.
        prefix: With which the names of settings begin.

    Raises:
        InvalidInput: There is one.
    """
    for name in _SECRETS_OF_FILES:
        variable = f"{prefix}{name}"
        if variable in environment:
            raise InvalidInput(
                field=variable,
                value=Words("set, and nothing reads it"),
                allowed=f"{variable}_FILE, the path of a file that this account alone may read",
                remedy=f"Write it into such a file, name that in {variable}_FILE, and unset {variable}.",
            )


def unread_variables(environment: Iterable[str], prefix: str, fields: Collection[str]) -> list[str]:
    """Return variables that begin as settings do and are none, such as misspelled ones.

    Args:
        environment: Names of variables.
        prefix: With which the names of settings begin.
        fields: Names of the settings.
    """
    known = {name.upper() for name in fields} | _OF_OTHERS
    begun = (name for name in environment if name.startswith(prefix))
    return sorted(name for name in begun if name.removeprefix(prefix).upper() not in known)
