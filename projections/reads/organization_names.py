"""What the reads know of the names of organizations, which the record does not keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol


class OrganizationNames(Protocol):
    """Names of organizations, from whoever knows them."""

    def names_of(self, organization_ids: Iterable[str]) -> Mapping[str, str]:
        """Return id -> name, of those whose name is known by now."""

    def ids_named(self, name: str, organization_ids: Sequence[str]) -> list[str]:
        """Return which of the organizations have this name, in any case; none where not all can be asked."""


class NoNames:
    """Nobody knows a name."""

    def names_of(self, organization_ids: Iterable[str]) -> Mapping[str, str]:
        """Return no name."""
        del organization_ids
        return {}

    def ids_named(self, name: str, organization_ids: Sequence[str]) -> list[str]:
        """Return no organization."""
        del name, organization_ids
        return []
