"""Policies: whose checkpoints an auditor believes, and who must have seen them (C2SP tlog-policy)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from audit.transparency.checkpoints import Checkpoint, parse_checkpoint
from audit.transparency.errors import MalformedSeal, SealRefused
from audit.transparency.notes import Note, NoteSignature, SignatureKind, VerifierKey, parse_verifier_key
from audit.transparency.signatures import is_signed_by

POLICY_BYTES_MAX = 1 << 20
#: The name of the quorum that asks for no witness.
NO_QUORUM = b"none"
_WHAT = "policy"
_BLANKS = re.compile(rb"[ \t]+")
_FORBIDDEN = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_COUNT = re.compile(rb"[1-9][0-9]{0,5}")
_LOG_KINDS = frozenset({SignatureKind.ED25519, SignatureKind.ML_DSA_44})
_WITNESS_KINDS = frozenset({SignatureKind.ED25519_COSIGNATURE, SignatureKind.ML_DSA_44})
_LOG_WORDS, _WITNESS_WORDS, _GROUP_WORDS_MIN, _QUORUM_WORDS = (2, 3), (3, 4), 4, 2


class Anchoring(StrEnum):
    """Whether anybody besides the log vouches for a checkpoint."""

    #: The log alone signed it, or fewer witnesses than the policy asks for.
    UNANCHORED = "UNANCHORED"
    #: The witnesses of the quorum saw it.
    WITNESSED = "WITNESSED"


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Witnesses and other groups, of which some number must have seen a checkpoint."""

    needed: int
    members: tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Who vouches for a checkpoint, by a policy."""

    checkpoint: Checkpoint
    #: Keys of the log whose signatures are right, one at least.
    signed_by: tuple[VerifierKey, ...]
    #: Names, in the policy, of the witnesses whose cosignatures are right.
    witnessed_by: tuple[str, ...]
    anchoring: Anchoring


@dataclass(kw_only=True, slots=True)
class Policy:
    """Logs, witnesses and the quorum. Names are bytes: no alphabet is looked at."""

    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: dict[bytes, VerifierKey] = field(default_factory=dict)
    groups: dict[bytes, Group] = field(default_factory=dict)
    #: Name of a witness or group, or NO_QUORUM.
    quorum: bytes = b""

    def verdict(self, note: Note) -> Verdict:
        """Return who vouches for a checkpoint.

        A signature of a key of the policy must be right, even where others are enough without it.

        Raises:
            SealRefused: No log of the policy signed it, or a signature is wrong.
            MalformedSeal: The note is no checkpoint.
        """
        checkpoint = parse_checkpoint(note.text)
        logs = [key for key in self.logs if key.name == checkpoint.origin and _has_signed(note, key)]
        witnesses = {name for name, key in self.witnesses.items() if _has_signed(note, key)}
        if not logs:
            raise SealRefused(
                f"No log of the policy signed the checkpoint of {checkpoint.origin}.",
                remedy="Compare the keys of the policy with those that the log's operator publishes.",
            )
        is_met = self._is_met(witnesses)
        return Verdict(
            checkpoint=checkpoint,
            signed_by=tuple(logs),
            witnessed_by=tuple(sorted(name.decode(errors="replace") for name in witnesses)),
            anchoring=Anchoring.WITNESSED if is_met else Anchoring.UNANCHORED,
        )

    def _is_met(self, witnesses: set[bytes]) -> bool:
        """Return whether the witnesses are a quorum."""
        met = set(witnesses)
        # A group names only what stands above it, so one pass in their order reaches all.
        for name, group in self.groups.items():
            if len(met.intersection(group.members)) >= group.needed:
                met.add(name)
        return self.quorum in met


def policy_text(logs: Iterable[VerifierKey]) -> str:
    """Return a policy that believes some keys of a log and asks for no witness."""
    lines = (*(f"log {key.text()}" for key in logs), f"quorum {NO_QUORUM.decode()}")
    return "".join(f"{line}\n" for line in lines)


def parse_policy(content: bytes) -> Policy:
    """Return the policy of a file.

    Raises:
        MalformedSeal: It is no policy; the message names the line.
    """
    if len(content) > POLICY_BYTES_MAX:
        raise MalformedSeal(_WHAT, f"has {len(content)} bytes, and {POLICY_BYTES_MAX} are allowed")
    reader = _PolicyReader()
    for number, line in enumerate(content.split(b"\n"), start=1):
        words = [word for word in _BLANKS.split(line) if word]
        if _FORBIDDEN.search(line):
            raise _fault(number, "has a control character")
        if words and not words[0].startswith(b"#"):
            reader.take(number, words)
    if not reader.policy.quorum:
        raise MalformedSeal(
            _WHAT, "has no line `quorum`", remedy="Add `quorum none`, or name who must witness."
        )
    return reader.policy


class _PolicyReader:
    """Takes the lines of a policy in their order."""

    def __init__(self) -> None:
        self.policy = Policy()
        self._members: set[bytes] = set()
        self._lines = {
            b"log": self._take_log,
            b"witness": self._take_witness,
            b"group": self._take_group,
            b"quorum": self._take_quorum,
        }

    def take(self, number: int, words: list[bytes]) -> None:
        """Take one line by its words."""
        take = self._lines.get(words[0])
        if take is None:
            raise _fault(number, f"begins with {_shown(words[0])}, which no policy has")
        take(number, words)

    def _take_log(self, number: int, words: list[bytes]) -> None:
        _require_words(number, words, _LOG_WORDS)
        self.policy.logs.append(self._new_key(number, words[1], _LOG_KINDS))

    def _take_witness(self, number: int, words: list[bytes]) -> None:
        _require_words(number, words, _WITNESS_WORDS)
        key = self._new_key(number, words[2], _WITNESS_KINDS)
        self.policy.witnesses[self._new_name(number, words[1])] = key

    def _take_group(self, number: int, words: list[bytes]) -> None:
        if len(words) < _GROUP_WORDS_MIN:
            raise _fault(number, "names no member of its group")
        _, name, threshold, *members = words
        for member in members:
            if not self._is_defined(member) or member in self._members:
                raise _fault(
                    number, f"names {_shown(member)}, which is defined nowhere above or is a member already"
                )
            self._members.add(member)
        needed = {b"all": len(members), b"any": 1}.get(threshold)
        if needed is None and _COUNT.fullmatch(threshold):
            needed = int(threshold)
        if needed is None or needed > len(members):
            raise _fault(number, f"asks for {_shown(threshold)} of {len(members)} members")
        self.policy.groups[self._new_name(number, name)] = Group(needed=needed, members=tuple(members))

    def _take_quorum(self, number: int, words: list[bytes]) -> None:
        _require_words(number, words, (_QUORUM_WORDS,))
        if self.policy.quorum:
            raise _fault(number, "is the second quorum")
        if words[1] != NO_QUORUM and not self._is_defined(words[1]):
            raise _fault(number, f"names {_shown(words[1])}, which is defined nowhere above")
        self.policy.quorum = words[1]

    def _new_key(self, number: int, text: bytes, kinds: frozenset[SignatureKind]) -> VerifierKey:
        try:
            key = parse_verifier_key(text.decode("utf-8", errors="replace"))
        except MalformedSeal as error:
            raise _fault(number, f"has a key that can't be read: {error.message.rstrip('.')}") from error
        if key.kind not in kinds:
            raise _fault(number, f"has a key of kind 0x{key.kind:02x}, which does not sign for it")
        known = (*self.policy.logs, *self.policy.witnesses.values())
        if any(each.public_key == key.public_key for each in known):
            raise _fault(
                number, "has a key that stands above already; nobody vouches twice, and no log for itself"
            )
        return key

    def _new_name(self, number: int, name: bytes) -> bytes:
        if name == NO_QUORUM or self._is_defined(name):
            raise _fault(number, f"defines {_shown(name)}, which is defined already")
        return name

    def _is_defined(self, name: bytes) -> bool:
        return name in self.policy.witnesses or name in self.policy.groups


def _has_signed(note: Note, key: VerifierKey) -> bool:
    """Return whether a note has the right signature of a key, once or several times.

    Raises:
        SealRefused: It has a wrong one.
    """
    lines: list[NoteSignature] = [line for line in note.signatures if line.is_by(key)]
    for line in lines:
        if not is_signed_by(note, line, key):
            raise SealRefused(
                f"The signature of {key.name} (key {key.key_id.hex()}) below the checkpoint is wrong.",
                remedy="The checkpoint was altered or signed with another key: compare it with another copy.",
                key=key.text(),
            )
    return bool(lines)


def _require_words(number: int, words: list[bytes], counts: tuple[int, ...]) -> None:
    if len(words) not in counts:
        raise _fault(number, f"has {len(words)} words, and {' or '.join(map(str, counts))} belong there")


def _fault(number: int, fault: str) -> MalformedSeal:
    return MalformedSeal(
        _WHAT, f"can't be used: line {number} {fault}", remedy="Correct the line and try again."
    )


def _shown(word: bytes) -> str:
    return repr(word.decode(errors="replace")[:64])
