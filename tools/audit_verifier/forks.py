"""Logs before the one that seals a switch, as a bundle tells of them: read apart from the product (ADR 58).

A log is followed by another one after a restore. The first leaf of the new log names the last checkpoint of
the one before; the keys of the one before sign the tree of that leaf; and what was lost is shown entry by
entry, with its proof in the log before.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any


@dataclass
class Reader:
    """What the verifier lends: how notes, policies, keys and proofs are read."""

    signatures_of: Callable[[bytes], tuple[str, list[tuple[str, bytes]]]]
    log_keys: Callable[[bytes], list[str]]
    has_signed: Callable[[str, str, list[tuple[str, bytes]]], bool]
    root_by: Callable[[bytes, int, int, Iterator[bytes]], bytes | None]
    refusal: type[Exception]


def fork_remarks(
    members: dict[str, bytes], tree: tuple[str, int, bytes], streams: set[str], reader: Reader
) -> list[str]:
    """Return what is to be said of each log before.

    Args:
        members: Of the bundle.
        tree: Name, size and root of the log that seals the switch.
        streams: Ids of the streams of the bundle.
        reader: How formats are read.
    """
    remarks, number = [], 0
    while f"forks/{number}.leaf" in members:
        tree, remark = _checked(members, number, tree, streams, reader)
        remarks.append(remark)
        number += 1
    if any(name.startswith("forks/") and int(name[6:].split(".")[0]) >= number for name in members):
        raise reader.refusal("a log between is missing")
    return remarks


def _checked(
    members: dict[str, bytes], number: int, tree: tuple[str, int, bytes], streams: set[str], reader: Reader
) -> tuple[tuple[str, int, bytes], str]:
    """Return the log before, and what is to be said of it."""
    origin, size, root = tree
    leaf = members[f"forks/{number}.leaf"]
    proof = members[f"forks/{number}.{'former-proof' if number else 'tlog-proof'}"]
    _, index, *hashes = proof.decode().partition("\n\n")[0].split("\n")
    path = map(base64.b64decode, hashes)
    if index != "index 0" or reader.root_by(leaf, 0, size, path) != root:
        raise reader.refusal(f"forks/{number}.leaf is not the first leaf of {origin}")
    facts = _facts(leaf, reader)
    before = (facts["log"], int(facts["size"]), base64.b64decode(facts["root"]))
    _check_signatures(members, number, (origin, leaf), before, reader)
    lost = _check_lost(members[f"forks/{number}.lost.jsonl"], facts, before, streams, reader)
    who, why = json.loads(facts["operator"]), json.loads(facts["reason"])
    remark = (
        f"FORK: {origin} follows {before[0]} ({before[1]} leaves) after a restore that {who} declared on "
        f"{facts['declared']}: {why} {lost} events of these streams were lost"
    )
    return before, remark


def _facts(leaf: bytes, reader: Reader) -> dict[str, str]:
    header, kind, *lines = leaf.decode("ascii").splitlines()
    if (header, kind) != ("planswitch/leaf/v1", "kind origin"):
        raise reader.refusal("a first leaf names no log before")
    return {word: value for word, _, value in (line.partition(" ") for line in lines)}


def _check_signatures(
    members: dict[str, bytes],
    number: int,
    following: tuple[str, bytes],
    before: tuple[str, int, bytes],
    reader: Reader,
) -> None:
    """Look whether the keys of the log before signed its last checkpoint and the first one that follows."""
    keys = [
        key for key in reader.log_keys(members[f"forks/{number}.policy"]) if key.split("+")[0] == before[0]
    ]
    origin, leaf = following
    first = (origin, 1, sha256(b"\0" + leaf).digest())
    for name, stated in (("checkpoint", before), ("successor", first)):
        text, signatures = reader.signatures_of(members[f"forks/{number}.{name}"])
        if text != _checkpoint_text(stated):
            raise reader.refusal(f"forks/{number}.{name} states another tree than the first leaf")
        # Each of them: a wrong signature of any key is refused.
        if not sum(reader.has_signed(key, text, signatures) for key in keys):
            raise reader.refusal(f"no key of {before[0]} signed forks/{number}.{name}")


def _checkpoint_text(tree: tuple[str, int, bytes]) -> str:
    origin, size, root = tree
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def _check_lost(
    content: bytes,
    facts: dict[str, str],
    before: tuple[str, int, bytes],
    streams: set[str],
    reader: Reader,
) -> int:
    """Return how many lost entries are shown, once each stands in the log before."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in content.splitlines()]
    for line in lines:
        entry = line["entry"].encode("ascii")
        path = map(base64.b64decode, line["path"])
        if reader.root_by(entry, line["index"], before[1], path) != before[2]:
            raise reader.refusal(f"entry {line['index']} does not stand in {before[0]}")
        words = dict(each.split(" ", 1) for each in line["entry"].splitlines()[1:])
        if words["stream"] not in streams or int(words["id"]) <= int(facts["events"]):
            raise reader.refusal(f"entry {line['index']} was not lost, or is of another stream")
    return len(lines)
