"""The first leaf of a log that follows another one: it names the last checkpoint of the log before (ADR 58).

It is text as the leaves of events are, so that an auditor reads it without a program. Its bytes are sealed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from audit.transparency.checkpoints import Checkpoint
from audit.transparency.encoding import base64_bytes, base64_text, decimal_number, key_name
from audit.transparency.errors import MalformedSeal
from audit.transparency.hashes import HASH_BYTES
from audit.transparency.notes import parse_verifier_key
from domain.kernel.errors import InvalidInput

#: Kind of the leaf, as it is written.
ORIGIN = "origin"
#: Characters of the words of whoever began the log.
REASON_MAX = 1_000
_HEADER = "planswitch/leaf/v1"
_WHAT = "first leaf"
_KEY = "key"
_WORDS = ("kind", "log", "size", "root", "events", "calls", "declared", "operator", "reason", _KEY)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z")


@dataclass(frozen=True, kw_only=True, slots=True)
class OriginLeaf:
    """What a log says of the one before it."""

    #: The last checkpoint of the log before.
    former: Checkpoint
    #: Events with ids up to here are as the log before sealed them; none with a greater id is.
    last_event_id: int
    #: Greatest id of a provider call that is as the log before sealed it.
    last_call_id: int
    declared_at: datetime
    #: Who began the log, and why.
    operator: str
    reason: str
    #: Texts of the keys with which the log begins, one at least: who signs this leaf vouches for them.
    keys: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.operator or not self.reason.strip() or len(self.reason) > REASON_MAX:
            raise InvalidInput(
                field="reason", value=self.reason[:64], allowed=f"1 to {REASON_MAX} characters"
            )

    def content(self) -> bytes:
        """Return the bytes that are sealed."""
        at = self.declared_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        keys = "".join(f"{_KEY} {key}\n" for key in self.keys)
        return (
            f"{_HEADER}\nkind {ORIGIN}\nlog {self.former.origin}\nsize {self.former.size}\n"
            f"root {base64_text(self.former.root)}\nevents {self.last_event_id}\ncalls {self.last_call_id}\n"
            f"declared {at}\noperator {json.dumps(self.operator)}\nreason {json.dumps(self.reason)}\n"
            f"{keys}"
        ).encode("ascii")


def is_origin_leaf(content: bytes) -> bool:
    """Return whether a leaf says that it begins a log which follows another one."""
    return content.startswith(f"{_HEADER}\nkind {ORIGIN}\n".encode())


def parse_origin_leaf(content: bytes) -> OriginLeaf:
    """Return the leaf of its bytes; it has these bytes again.

    Raises:
        MalformedSeal: They are no such leaf, or another spelling of one.
    """
    try:
        values, keys = _values(content)
        leaf = OriginLeaf(
            former=Checkpoint(
                origin=key_name(values["log"], _WHAT),
                size=decimal_number(values["size"], _WHAT),
                root=base64_bytes(values["root"], _WHAT),
            ),
            last_event_id=decimal_number(values["events"], _WHAT),
            last_call_id=decimal_number(values["calls"], _WHAT),
            declared_at=datetime.fromisoformat(values["declared"]),
            operator=str(json.loads(values["operator"])),
            reason=str(json.loads(values["reason"])),
            keys=keys,
        )
    except (ValueError, KeyError, InvalidInput):
        raise MalformedSeal(_WHAT, "has other lines or values than a log's first leaf has") from None
    if len(leaf.former.root) != HASH_BYTES or leaf.content() != content:
        raise MalformedSeal(_WHAT, "is another spelling of itself")
    return leaf


def _values(content: bytes) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the values of the words that stand once, and the keys."""
    header, *lines = content.decode("ascii").removesuffix("\n").split("\n")
    pairs = [(word, value) for word, _, value in (line.partition(" ") for line in lines)]
    values = dict(pairs)
    if header != _HEADER or tuple(values) != _WORDS or not _INSTANT.fullmatch(values["declared"]):
        raise ValueError
    keys = tuple(value for word, value in pairs if word == _KEY)
    for key in keys:
        parse_verifier_key(key)
    return values, keys
