"""A change of a subscription at the vendor's seller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from providers.transport.answers import JsonObject


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One change of a subscription, and how to see that it is carried out."""

    operation: str
    fields: JsonObject
    is_done: Callable[[JsonObject], bool]
