"""The keys of seals: pairs of Ed25519 and ML-DSA-44, in one file outside of the database, and their rotation.

All valid pairs sign a seal, so that nobody who knows the old pair alone is left without a signature while the
new one gets around. A pair whose time is over loses its seeds at the next rotation and keeps its public half.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from audit.seals.errors import SealKeyUnusable
from audit.seals.leaves import instant_text
from audit.transparency.encoding import key_name
from audit.transparency.errors import MalformedSeal
from audit.transparency.notes import SignatureKind, VerifierKey, parse_verifier_key
from audit.transparency.policies import Policy, policy_text
from audit.transparency.signatures import SEED_BYTES, Ed25519Signer, MlDsaSigner, Signer
from domain.kernel.errors import InvalidInput
from store.vault.secret_files import open_to_others

#: How long the old pair goes on signing beside the new one, if nothing else is said.
OVERLAP_DAYS = 30
OVERLAP_DAYS_MAX = 3_650
#: Pairs that a file may have: each signature of ML-DSA-44 adds 3 kB to a seal.
PAIRS_MAX = 32
_FORMAT = "planswitch/seal-keys/v1"
_PRIVATE_FILE = 0o600
_INSTALLATION_BYTES = 8
_KINDS = (SignatureKind.ED25519, SignatureKind.ML_DSA_44)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyPair:
    """One key of each kind, made together."""

    made_at: datetime
    #: It signs until then; None: until it is rotated.
    valid_until: datetime | None = None
    #: Somebody else may have it: policies no longer name it.
    is_withdrawn: bool = False
    #: Ed25519 first.
    verifier_keys: tuple[VerifierKey, ...]
    #: What the private keys are made of, in the same order; () once they are erased.
    seeds: tuple[bytes, ...] = ()

    def signs_at(self, now: datetime) -> bool:
        """Return whether seals of an instant get its signatures."""
        return bool(self.seeds) and (self.valid_until is None or now < self.valid_until)

    def signers(self) -> tuple[Signer, ...]:
        """Return the signers of both kinds."""
        return _signers(self.verifier_keys[0].name, self.seeds)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRing:
    """All pairs of one log; the last one is the newest."""

    #: Name of the log and of its keys.
    origin: str
    pairs: tuple[KeyPair, ...]

    def signers(self, now: datetime) -> list[Signer]:
        """Return who signs a seal of an instant, the newest pair first."""
        return [each for pair in reversed(self.pairs) if pair.signs_at(now) for each in pair.signers()]

    def verifier_keys(self, *, with_withdrawn: bool = False) -> list[VerifierKey]:
        """Return the public halves, the newest pair first."""
        pairs = [pair for pair in reversed(self.pairs) if with_withdrawn or not pair.is_withdrawn]
        return [key for pair in pairs for key in pair.verifier_keys]

    def policy(self) -> str:
        """Return the policy that is published: it believes every pair that was not withdrawn."""
        return policy_text(self.verifier_keys())

    def own_policy(self) -> Policy:
        """Return the policy by which the sealer knows its own seals, those of withdrawn pairs as well."""
        return Policy(logs=self.verifier_keys(with_withdrawn=True), quorum=b"none")

    def rotated(self, now: datetime, *, overlap: timedelta, is_compromised: bool) -> KeyRing:
        """Return the ring with a new pair.

        Args:
            now: The new pair signs from here on.
            overlap: How long the earlier pairs go on signing.
            is_compromised: The earlier pairs stop at once, and policies name them no longer.

        Raises:
            InvalidInput: The ring has PAIRS_MAX pairs.
        """
        if len(self.pairs) >= PAIRS_MAX:
            raise InvalidInput(field="pairs of the key file", value=len(self.pairs), allowed=f"{PAIRS_MAX}")
        until = now if is_compromised else now + overlap
        earlier = (_ended(pair, now, until, is_withdrawn=is_compromised) for pair in self.pairs)
        return replace(self, pairs=(*earlier, _new_pair(self.origin, now)))


def new_key_ring(now: datetime) -> KeyRing:
    """Return the first ring of an installation: a name that no other has, and one pair."""
    origin = f"planswitch/{os.urandom(_INSTALLATION_BYTES).hex()}"
    return KeyRing(origin=origin, pairs=(_new_pair(origin, now),))


def successor_ring(policy: Policy, now: datetime) -> KeyRing:
    """Return the ring of a log whose key file is lost: a new pair, and the public halves that were published.

    Args:
        policy: The published policy of the log.
        now: The new pair signs from here on.

    Raises:
        InvalidInput: It is no policy of a log of this product.
    """
    names, kinds = {key.name for key in policy.logs}, [key.kind for key in policy.logs]
    pairs = len(kinds) // len(_KINDS)
    if len(names) != 1 or kinds != [*_KINDS] * pairs or pairs >= PAIRS_MAX:
        raise InvalidInput(
            field="the policy in the folder of seals", value=None, allowed="pairs of keys of one log"
        )
    (origin,) = names
    earlier = [
        KeyPair(made_at=now, valid_until=now, verifier_keys=(policy.logs[start], policy.logs[start + 1]))
        for start in reversed(range(0, len(kinds), len(_KINDS)))
    ]
    return KeyRing(origin=origin, pairs=(*earlier, _new_pair(origin, now)))


def read_key_ring(path: Path) -> KeyRing:
    """Return the keys of a file.

    Raises:
        SealKeyUnusable: There is no such file, others may read it, or it holds no keys.
    """
    try:
        is_open, content = open_to_others(path), path.read_bytes()
    except OSError as error:
        raise SealKeyUnusable(path, f"can't be read: {error.strerror}") from error
    if is_open:
        raise SealKeyUnusable(
            path,
            "can be read or changed by accounts besides its owner",
            remedy=f"Run `chmod 600 {path}`. If somebody may have read it: "
            "`planswitch seal rotate --compromised`.",
        )
    try:
        return _ring_of(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError, MalformedSeal) as error:
        raise SealKeyUnusable(path, f"holds no keys: {error}") from error


def write_key_ring(path: Path, ring: KeyRing) -> None:
    """Write the keys into their file, its owner's alone; a reader sees the old file or the new one."""
    content = json.dumps(_facts_of(ring), indent=2).encode() + b"\n"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    with open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, _PRIVATE_FILE)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if os.geteuid() == 0:
        # Whoever rotates as root leaves the file to the account of the sealer.
        owner = (path if path.exists() else path.parent).stat()
        os.chown(temporary, owner.st_uid, owner.st_gid)
    temporary.replace(path)


class KeyFile:
    """The key file of a process that lives longer than a rotation: it is read anew when it has changed."""

    def __init__(self, path: Path) -> None:
        """Take the file at a path; it need not be there yet."""
        self.path = path
        self._state: tuple[int, ...] = ()
        self._ring: KeyRing | None = None

    def __call__(self) -> KeyRing:
        """Return the keys of this moment.

        Raises:
            SealKeyUnusable: As for `read_key_ring`.
        """
        state = self._state_of_file()
        if self._ring is None or state != self._state:
            self._ring, self._state = read_key_ring(self.path), state
        return self._ring

    def make(self, now: datetime) -> bool:
        """Make the first keys, and tell whether there were none."""
        if self.path.exists():
            return False
        write_key_ring(self.path, new_key_ring(now))
        return True

    def _state_of_file(self) -> tuple[int, ...]:
        try:
            facts = self.path.stat()
        except OSError:
            return ()
        return facts.st_ino, facts.st_mtime_ns, facts.st_size, facts.st_mode


def _new_pair(origin: str, now: datetime) -> KeyPair:
    seeds = tuple(os.urandom(SEED_BYTES) for _ in _KINDS)
    keys = tuple(each.verifier_key for each in _signers(origin, seeds))
    return KeyPair(made_at=now, verifier_keys=keys, seeds=seeds)


def _ended(pair: KeyPair, now: datetime, until: datetime, *, is_withdrawn: bool) -> KeyPair:
    """Return an earlier pair after a rotation: it ends once, and then its seeds are erased."""
    valid_until = min(until, pair.valid_until or until)
    return replace(
        pair,
        valid_until=valid_until,
        is_withdrawn=pair.is_withdrawn or is_withdrawn,
        seeds=pair.seeds if now < valid_until else (),
    )


def _signers(name: str, seeds: Sequence[bytes]) -> tuple[Signer, ...]:
    ed25519, ml_dsa = seeds
    return (
        Ed25519Signer(name, Ed25519PrivateKey.from_private_bytes(ed25519)),
        MlDsaSigner(name, MLDSA44PrivateKey.from_seed_bytes(ml_dsa)),
    )


def _facts_of(ring: KeyRing) -> dict[str, Any]:
    return {"format": _FORMAT, "origin": ring.origin, "pairs": [_pair_facts(pair) for pair in ring.pairs]}


def _pair_facts(pair: KeyPair) -> dict[str, Any]:
    return {
        "made_at": instant_text(pair.made_at),
        "valid_until": None if pair.valid_until is None else instant_text(pair.valid_until),
        "is_withdrawn": pair.is_withdrawn,
        "verifier_keys": [key.text() for key in pair.verifier_keys],
        "seeds": [base64.b64encode(seed).decode("ascii") for seed in pair.seeds],
    }


def _ring_of(facts: Mapping[str, Any]) -> KeyRing:
    """Return the ring that a file states.

    Raises:
        ValueError: It states none; the message says why.
    """
    if facts["format"] != _FORMAT:
        raise ValueError(f"its format is {str(facts['format'])[:64]!r}, not {_FORMAT!r}")
    origin = key_name(facts["origin"], "key file")
    pairs = tuple(_pair_of(each, origin) for each in facts["pairs"])
    if not pairs or len(pairs) > PAIRS_MAX:
        raise ValueError(f"it has {len(pairs)} pairs, and 1 to {PAIRS_MAX} are allowed")
    if not pairs[-1].seeds or pairs[-1].valid_until is not None:
        raise ValueError("its last pair can't sign")
    return KeyRing(origin=origin, pairs=pairs)


def _pair_of(facts: Mapping[str, Any], origin: str) -> KeyPair:
    keys = tuple(parse_verifier_key(text) for text in facts["verifier_keys"])
    seeds = tuple(base64.b64decode(text, validate=True) for text in facts["seeds"])
    if tuple(key.kind for key in keys) != _KINDS or any(key.name != origin for key in keys):
        raise ValueError("a pair has other keys than one of Ed25519 and one of ML-DSA-44 with the log's name")
    if seeds and tuple(each.verifier_key for each in _signers(origin, seeds)) != keys:
        raise ValueError("a pair has seeds of other keys")
    until = facts["valid_until"]
    return KeyPair(
        made_at=datetime.fromisoformat(facts["made_at"]),
        valid_until=None if until is None else datetime.fromisoformat(until),
        is_withdrawn=bool(facts["is_withdrawn"]),
        verifier_keys=keys,
        seeds=seeds,
    )
