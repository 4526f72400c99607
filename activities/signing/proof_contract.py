"""What workflows share with those who prove and seal; free of the domain (ADR 19)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from activities.contract import ActivitySpec, StepInput, StepResult
from activities.signed_command import SignedCommand

#: Header of every activity, and of the start of every child.
STEP_PROOF = "planswitch-step-proof"
START_PROOF = "planswitch-start-proof"
#: Functions of the worker that workflow code calls to get a proof: it never holds the key.
PROVE_STEP = "planswitch_prove_step"
PROVE_START = "planswitch_prove_start"
#: Encodings in which the same message may be written in several ways.
_JSON = frozenset({"json/plain"})


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvenStart:
    """What proves the start of a child: who started it, and with what."""

    workflow_id: str
    workflow_type: str
    #: Of its input, see `digest_of_input`.
    digest: str
    #: "" where a holder of the key starts it, as tests do.
    parent_id: str
    parent_run_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRun:
    """The run of a workflow that schedules a step, as Temporal reports it to the worker."""

    workflow_id: str
    workflow_type: str
    #: Its run, or the one that it was reset from: a reset hands on steps that nobody has begun.
    origin_run_id: str
    started_at: datetime
    #: Who started it and with what; None: nobody of ours started it as a child.
    start: ProvenStart | None
    #: What its start header holds; "" when it has none.
    start_proof: str


def digest_of_input(payloads: Iterable[tuple[str, bytes]]) -> str:
    """Return the digest of messages as a converter writes them, whichever way it writes a number.

    Who asks may hand a whole number to a field of fractions; it is read and written again as a fraction.

    Args:
        payloads: Encoding and data of each.
    """
    digest = hashlib.sha256()
    for encoding, data in payloads:
        same = _with_plain_numbers(data) if encoding in _JSON else data
        digest.update(f"{len(encoding)}:{encoding}:{len(same)}:".encode())
        digest.update(same)
    return digest.hexdigest()


def _with_plain_numbers(data: bytes) -> bytes:
    return json.dumps(json.loads(data, parse_float=_plain_number), separators=(",", ":")).encode()


def _plain_number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number


@dataclass(frozen=True, kw_only=True)
class AdmitInput(StepInput):
    """Look at a command before it has any effect."""

    command: str
    signed: SignedCommand
    #: When the run began: what was signed before was given to an earlier one. None: it does not matter.
    run_began_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AdmitResult(StepResult):
    """The command with the worker's seal, or that the record knows it already."""

    signed: SignedCommand
    is_repeated: bool = False


ADMIT = ActivitySpec(name="commands.admit", input_type=AdmitInput, result_type=AdmitResult)
