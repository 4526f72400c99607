"""Policies: who must have signed, and how many witnesses make a checkpoint WITNESSED."""

from __future__ import annotations

import pytest

from audit.transparency.errors import MalformedSeal, SealRefused
from audit.transparency.notes import Note
from audit.transparency.policies import Anchoring, parse_policy, policy_text
from audit.transparency.signatures import Ed25519Signer
from tests.support.seals import checkpoint_of, log_signers, signed, witness

LOG = log_signers()
LOG_LINES = "".join(f"log {each.verifier_key.text()}\n" for each in LOG)
WITNESSES = {
    name: witness(f"{name}.example", number) for number, name in enumerate(("X1", "X2", "X3", "Y1"), 20)
}
WITNESS_LINES = "".join(f"witness {name} {each.verifier_key.text()}\n" for name, each in WITNESSES.items())
GROUPS = "group X 2 X1 X2 X3\ngroup Y any Y1\ngroup all all X Y\n"
POLICY = parse_policy((LOG_LINES + WITNESS_LINES + GROUPS + "quorum all\n").encode())
CHECKPOINT = checkpoint_of([b"a", b"b"])


@pytest.mark.parametrize(
    ("names", "anchoring"),
    [
        ((), Anchoring.UNANCHORED),
        (("X1", "X2"), Anchoring.UNANCHORED),
        (("X1", "Y1"), Anchoring.UNANCHORED),
        (("X1", "X3", "Y1"), Anchoring.WITNESSED),
        (("X1", "X2", "X3", "Y1"), Anchoring.WITNESSED),
    ],
)
def test_a_quorum_of_groups_makes_a_checkpoint_witnessed(
    names: tuple[str, ...], anchoring: Anchoring
) -> None:
    """Two of three and one of one, as the policy asks."""
    verdict = POLICY.verdict(signed(CHECKPOINT, *LOG, *(WITNESSES[name] for name in names)))

    assert (names, anchoring) == (verdict.witnessed_by, verdict.anchoring)
    assert tuple(each.verifier_key for each in LOG) == verdict.signed_by


def test_a_policy_without_witnesses_leaves_a_checkpoint_unanchored() -> None:
    """`quorum none` asks for nobody, so nobody but the log vouches."""
    policy = parse_policy(policy_text(each.verifier_key for each in LOG).encode())

    assert policy.verdict(signed(CHECKPOINT, *LOG)).anchoring == Anchoring.UNANCHORED


def test_a_checkpoint_of_no_log_of_the_policy_is_refused() -> None:
    """Another key, another name of a log, and a witness instead of the log are refused."""
    others = [
        signed(CHECKPOINT, *log_signers(seed=5)),
        signed(CHECKPOINT, *log_signers(name="other.example")),
        signed(CHECKPOINT, WITNESSES["X1"]),
    ]
    for note in others:
        with pytest.raises(SealRefused, match="No log of the policy"):
            POLICY.verdict(note)


@pytest.mark.parametrize("place", range(3))
def test_a_wrong_signature_is_refused_beside_right_ones(place: int) -> None:
    """A signature of a known key that is wrong means that something was altered."""
    signers = (*LOG, WITNESSES["X1"])
    right = list(signed(CHECKPOINT, *signers).signatures)
    right[place] = signed(checkpoint_of([b"x"]), signers[place]).signatures[0]

    with pytest.raises(SealRefused, match="is wrong"):
        POLICY.verdict(Note(text=CHECKPOINT.text(), signatures=tuple(right)))


def test_one_right_signature_of_the_log_is_enough() -> None:
    """A verifier that knows one kind of signature needs no other; lines of unknown keys are passed over."""
    note = signed(CHECKPOINT, LOG[0], *log_signers(seed=6))

    assert (LOG[0].verifier_key,) == POLICY.verdict(note).signed_by


def test_comments_and_blanks_are_passed_over() -> None:
    """Comments, empty lines, tabs and addresses are part of the format."""
    text = f"# ours\n\n \t{LOG_LINES.splitlines()[0]}\thttps://log.example/ \nquorum none"

    assert [LOG[0].verifier_key] == parse_policy(text.encode()).logs


PLAIN = LOG_LINES + WITNESS_LINES
_ED25519 = LOG[0]
assert isinstance(_ED25519, Ed25519Signer)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (PLAIN, "no line `quorum`"),
        (PLAIN + "quorum none\nquorum none\n", "second quorum"),
        (PLAIN + "quorum Z\n", "defined nowhere above"),
        (PLAIN + "quorum\n", "1 words"),
        (PLAIN + "group G 2 X1\nquorum G\n", "asks for '2' of 1"),
        (PLAIN + "group G 0 X1\nquorum G\n", "asks for '0'"),
        (PLAIN + "group G some X1\nquorum G\n", "asks for 'some'"),
        (PLAIN + "group G any\nquorum G\n", "names no member"),
        (PLAIN + "group G any X1 X1\nquorum G\n", "is a member already"),
        (PLAIN + "group G any G\nquorum G\n", "defined nowhere above"),
        (PLAIN + "group G any none\nquorum G\n", "defined nowhere above"),
        (PLAIN + "group X1 any X2\nquorum X1\n", "defined already"),
        (PLAIN + "group none any X2\nquorum none\n", "defined already"),
        (LOG_LINES + LOG_LINES + "quorum none\n", "stands above already"),
        (LOG_LINES + f"witness W {LOG[1].verifier_key.text()}\nquorum W\n", "no log for itself"),
        (f"witness W {LOG[0].verifier_key.text()}\nquorum W\n", "does not sign for it"),
        (f"log {WITNESSES['X1'].verifier_key.text()}\nquorum none\n", "does not sign for it"),
        ("log nonsense\nquorum none\n", "can't be read"),
        ("trust everybody\nquorum none\n", "which no policy has"),
        ("quorum none\r\n", "control character"),
        ("#" * (1 << 20) + "\n", "are allowed"),
    ],
)
def test_what_is_no_policy_is_refused(text: str, fault: str) -> None:
    """A policy that is not clear is not guessed at."""
    with pytest.raises(MalformedSeal, match=fault):
        parse_policy(text.encode())
