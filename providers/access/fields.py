"""One table of a file of profiles, field by field; what is not allowed is refused by its name."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from domain.kernel.errors import InvalidInput
from domain.kernel.ids import directory_id_of
from domain.kernel.shown_values import Words
from domain.text.plain_text import require_plain_text
from providers.access.proxies import is_loopback

Choice = TypeVar("Choice", bound=StrEnum)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
_GUID = "a GUID, such as 6d3f0c1e-6b4f-5a0e-9b57-0a5d6f0b1c2d"
_PORT_MAX = 65_535


class Fields:
    """The fields of one table.

    Args:
        place: Where the table stands, for messages: `profiles.contoso`.
        table: As the file has it.
        folder: Of the file; relative paths begin there.

    Raises:
        InvalidInput: It is no table.
    """

    def __init__(self, place: str, table: Any, folder: Path) -> None:
        if not isinstance(table, dict):
            raise InvalidInput(field=place, value=table, allowed=f"a table [{place}]")
        require_plain_text(table)
        self._place = place
        self._table = table
        self._folder = folder
        self._known: list[str] = []

    def refusal(self, name: str, value: Any, allowed: str) -> InvalidInput:
        """Return the error for a value of a field."""
        return InvalidInput(field=f"{self._place}.{name}", value=value, allowed=allowed)

    def require_name(self, name: str) -> None:
        """Refuse a name of a table that could not stand in a command."""
        require_profile_name(name, field=self._place)

    def require_all_read(self) -> None:
        """Refuse a field that nothing reads, such as a misspelled one."""
        for name in self._table:
            if name not in self._known:
                allowed = f"one of the fields {', '.join(sorted(self._known))}"
                raise self.refusal(name, Words("no field"), allowed)

    def named(self, *names: str) -> tuple[str, ...]:
        """Return those of some fields that the table has."""
        return tuple(name for name in names if name in self._table)

    def choice(self, name: str, kind: type[Choice], default: Choice) -> Choice:
        """Return one of fixed words."""
        value = self._value(name)
        if value is None:
            return default
        if not isinstance(value, str) or value not in {each.value for each in kind}:
            raise self.refusal(name, value, ", ".join(each.value for each in kind))
        return kind(value)

    def flag(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._value(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.refusal(name, value, "true, false")
        return value

    def directory_id(self, name: str) -> str:
        """Return an id that the directory has given, in its one spelling."""
        return self._directory_id(name, self._value(name))

    def directory_ids(self, name: str) -> tuple[str, ...]:
        """Return ids that the directory has given, each once; none where the field is absent."""
        values = self._value(name)
        if values is None:
            return ()
        if not isinstance(values, list) or not values:
            raise self.refusal(name, values, "a list of GUIDs; leave the field out to name none")
        ids = [self._directory_id(name, each) for each in values]
        repeated = next((each for each in ids if ids.count(each) > 1), None)
        if repeated is not None:
            raise self.refusal(name, repeated, "each tenant once")
        return tuple(ids)

    def path(self, name: str) -> Path | None:
        """Return a path; a relative one begins in the file's folder."""
        value = self._value(name)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise self.refusal(name, value, "the path of a file")
        return self._folder / Path(value).expanduser()

    def command(self, name: str) -> tuple[str, ...]:
        """Return a program with its arguments, empty where the field is absent; no shell reads it.

        A program without a slash is looked for where the machine has its programs.
        """
        value = self._value(name)
        if value is None:
            return ()
        is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)
        if not is_list or not value or not value[0].strip():
            # Without its value: some write the secret itself here.
            raise self.refusal(name, Words("no such list"), 'a program and its arguments: ["vault", "read"]')
        program = value[0]
        if "/" in program:
            program = str(self._folder / Path(program).expanduser())
        return (program, *value[1:])

    def optional_url(self, name: str) -> str | None:
        """Return an address, or None where the field is absent."""
        return self.url(name, "") or None

    def url(self, name: str, default: str, *, is_plain_refused: bool = False) -> str:
        """Return an address without a slash at its end.

        Args:
            name: The field.
            default: What stands in an absent field's place.
            is_plain_refused: Whether it has to be TLS even on this machine: secrets go there.
        """
        value = self._value(name)
        if value is None:
            return default
        allowed = "an https address" + ("" if is_plain_refused else ", or an http one of this machine")
        if not isinstance(value, str) or not _is_address(value):
            raise self.refusal(name, value, allowed)
        if urlsplit(value).scheme != "https" and (is_plain_refused or not self.is_loopback(value)):
            raise self.refusal(name, value, f"{allowed}: tokens go nowhere else")
        return value.rstrip("/")

    @staticmethod
    def is_loopback(url: str) -> bool:
        """Return whether an address is of this machine."""
        return is_loopback(urlsplit(url).hostname or "")

    def _value(self, name: str) -> Any:
        self._known.append(name)
        return self._table.get(name)

    def _directory_id(self, name: str, value: Any) -> str:
        known = directory_id_of(value) if isinstance(value, str) else None
        if known is None:
            raise self.refusal(name, value, _GUID)
        return known


def require_profile_name(name: str, *, field: str) -> str:
    """Return a name that a profile may have.

    Raises:
        InvalidInput: It could not stand in a command.
    """
    if not _NAME.fullmatch(name):
        allowed = "letters, digits, dashes and underscores, at most 63, a letter or digit first"
        raise InvalidInput(field=field, value=name, allowed=allowed)
    return name


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        is_port = parts.port is None or 0 < parts.port <= _PORT_MAX
    except ValueError:
        return False
    is_bare = not (parts.query or parts.fragment or parts.username or parts.password)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and is_port and is_bare
