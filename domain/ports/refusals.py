"""What a provider said no to, in its own words: kept with calls and users, told once for all alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """One answer that was no, or several that were the same."""

    #: HTTP status of the call or the item; 200 where an error stood in a success.
    status: int
    #: The provider's own code, or "".
    code: str
    #: The provider's own text without personal data and secrets, or "".
    text: str
    #: By which the provider's support finds the answer; "" where it has none. Of several the first.
    request_id: str = ""
    #: Items or calls that heard the same.
    count: int = 1

    @property
    def text_or_code(self) -> str:
        """Return code and text in one line."""
        return ": ".join(part for part in (self.code, self.text) if part) or "no text"


#: Different answers that are kept of one call.
REFUSALS_MAX = 20


def same_once(refusals: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """Return each different answer once, in the order in which they came, with how many were the same."""
    counted: dict[tuple[int, str, str], Refusal] = {}
    for each in refusals:
        key = (each.status, each.code, each.text)
        known = counted.get(key)
        counted[key] = replace(known, count=known.count + each.count) if known else each
    return tuple(counted.values())
