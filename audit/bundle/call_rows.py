"""Provider calls in a bundle: those of the switch in full, and of their neighbors nothing but the digest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from hashlib import sha256
from typing import Any

from audit.bundle.archive import BundleArchive
from audit.bundle.findings import Findings, Kind
from audit.bundle.members import CALLS_ENDING, calls_member
from audit.seals.calls import call_line, range_digest
from audit.seals.leaves import CallRangeLeaf
from domain.ports.cloud import ProviderCall
from domain.ports.refusals import Refusal
from domain.text.json_text import read_json
from providers.transport.redacted_text import redacted_text
from store.core.rows import RecordedCall
from store.record.seals import CALL_COLUMNS, RawCall

_ID, _SWITCH = CALL_COLUMNS.index("id"), CALL_COLUMNS.index("switch_id")
_TEXTS = tuple(CALL_COLUMNS.index(name) for name in ("code", "text"))
_REFUSALS = CALL_COLUMNS.index("refusals")
_INSTANTS = ("started_at", "recorded_at")
_DIGEST_DIGITS = 64
_CALL_FIELDS = tuple(each.name for each in fields(ProviderCall))


def range_lines(rows: Iterable[RawCall], switch_id: str) -> Iterator[bytes]:
    """Yield the lines of a range: a call of the switch as its digest covers it, of any other its digest.

    A call whose text would name a person or a secret by the rules of today is told by its digest as well.
    """
    for row in rows:
        line = call_line(row)
        is_shown = str(row[_SWITCH]) == switch_id and _is_plain(row)
        yield line if is_shown else f'"{sha256(line).hexdigest()}"\n'.encode()


def shown_calls(lines: Iterable[bytes]) -> list[RecordedCall]:
    """Return the calls that the lines of a range show in full."""
    return [_call(line.removesuffix(b"\n")) for line in lines if not line.startswith(b'"')]


def check_calls(
    archive: BundleArchive, ranges: Sequence[tuple[int, CallRangeLeaf]], switch_id: str, findings: Findings
) -> tuple[RecordedCall, ...]:
    """Compare each range of calls with its leaf; return the calls of the switch in the order of their ids.

    Args:
        archive: The bundle.
        ranges: Index of each leaf of calls, with the leaf.
        switch_id: The switch.
        findings: Takes what is wrong.
    """
    calls: list[RecordedCall] = []
    for index, leaf in ranges:
        member = calls_member(index, CALLS_ENDING)
        with findings.of(member):
            calls += _check_range(archive, member, leaf, switch_id, findings)
    return tuple(sorted(calls, key=lambda each: each.id))


def _check_range(
    archive: BundleArchive, member: str, leaf: CallRangeLeaf, switch_id: str, findings: Findings
) -> list[RecordedCall]:
    digests: list[bytes] = []
    calls: list[RecordedCall] = []
    for line in archive.lines(member):
        if line.startswith(b'"'):
            digests.append(_digest(line))
            continue
        digests.append(sha256(line + b"\n").digest())
        call = _call(line)
        if call.switch_id != switch_id or call.id != leaf.first_id + len(digests) - 1:
            findings.add(Kind.EXTRA, member, f"Call {call.id} is not the one that belongs to this place.")
        calls.append(call)
    if (len(digests), range_digest(digests)) != (leaf.count, leaf.digest):
        findings.add(
            Kind.ALTERED,
            member,
            f"Its {len(digests)} calls are not the calls {leaf.first_id} to {leaf.last_id} that were sealed: "
            "a call was altered, removed or added.",
        )
    return calls


def _digest(line: bytes) -> bytes:
    digest = read_json(line, field="digest of a call")
    if not isinstance(digest, str) or len(digest) != _DIGEST_DIGITS or digest != digest.lower():
        raise ValueError(f"no digest: {line[:80]!r}")
    return bytes.fromhex(digest)


def _call(line: bytes) -> RecordedCall:
    values = read_json(line, field="call")
    if not isinstance(values, list) or len(values) != len(CALL_COLUMNS) or call_line(values) != line + b"\n":
        raise ValueError(f"no call as it is sealed: {line[:80]!r}")
    facts: dict[str, Any] = dict(zip(CALL_COLUMNS, values, strict=True))
    facts |= {name: datetime.fromisoformat(facts[name]) for name in _INSTANTS}
    facts["refusals"] = tuple(Refusal(**each) for each in facts["refusals"])
    call = ProviderCall(**{name: facts[name] for name in _CALL_FIELDS})
    beside = ("id", "switch_id", "step", "attempt", "run_id", "activity_id", "recorded_at")
    return RecordedCall(call=call, **{name: facts[name] for name in beside})


def _is_plain(row: RawCall) -> bool:
    texts = [row[place] for place in _TEXTS]
    texts += [each[name] for each in row[_REFUSALS] for name in ("code", "text")]
    return all(redacted_text(text) == text for text in texts)
