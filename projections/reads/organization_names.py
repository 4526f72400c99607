"""What the reads know of the names of organizations, which the record does not keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class NameMatches:
    """The organizations that a name finds."""

    organization_ids: tuple[str, ...] = ()
    #: The name of every organization that was looked at is known; else another one may have it too.
    is_complete: bool = True


class OrganizationNames(Protocol):
    """Names of organizations, from whoever knows them."""

    def names_of(self, organization_ids: Iterable[str]) -> Mapping[str, str]:
        """Return id -> name, of those whose name is known by now."""

    def ids_named(self, name: str, organization_ids: Sequence[str]) -> NameMatches:
        """Return which of the organizations have this name, in any case, and whether every name is known."""


class NoNames:
    """Nobody knows a name."""

    def names_of(self, organization_ids: Iterable[str]) -> Mapping[str, str]:
        """Return no name."""
        del organization_ids
        return {}

    def ids_named(self, name: str, organization_ids: Sequence[str]) -> NameMatches:
        """Return no organization."""
        del name, organization_ids
        return NameMatches()
