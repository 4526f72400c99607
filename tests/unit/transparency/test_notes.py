"""Notes and signatures: published examples are read, and nothing that was altered is believed."""

from __future__ import annotations

import base64

import pytest

from audit.transparency.checkpoints import Checkpoint, parse_checkpoint
from audit.transparency.errors import MalformedSeal
from audit.transparency.hashes import EMPTY_ROOT, leaf_hash
from audit.transparency.notes import Note, parse_note, parse_verifier_key
from audit.transparency.signatures import Signer, is_signed_by, signature_time
from tests.support.seals import AT, ORIGIN, checkpoint_of, log_signers, signed, witness

#: The example of Go's package `note`, by which the format began.
KNOWN_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
KNOWN_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6Ry"
    "yBwJnAM=\n"
).encode()
CHECKPOINT = checkpoint_of([b"a", b"b", b"c"])
SIGNERS = (*log_signers(), witness("witness.example/w1", 7))
NOTE = signed(CHECKPOINT, *SIGNERS)
ROOT = base64.b64encode(CHECKPOINT.root).decode()


def test_a_published_note_is_verified() -> None:
    """The example of the format's first program is read, has its key's id, and its signature is right."""
    note, key = parse_note(KNOWN_NOTE), parse_verifier_key(KNOWN_KEY)

    assert (note.content(), key.text()) == (KNOWN_NOTE, KNOWN_KEY)
    assert is_signed_by(note, note.signatures[0], key)


@pytest.mark.parametrize("place", range(3))
def test_each_kind_of_signature_is_right_for_its_note_alone(place: int) -> None:
    """A signature holds for its checkpoint, and neither for another size nor for another root or key."""
    key, line = SIGNERS[place].verifier_key, NOTE.signatures[place]
    other_root = Checkpoint(origin=ORIGIN, size=3, root=leaf_hash(b"x"))
    other_size = Checkpoint(origin=ORIGIN, size=4, root=CHECKPOINT.root)
    others = [Note(text=each.text(), signatures=(line,)) for each in (other_root, other_size)]

    assert is_signed_by(NOTE, line, key)
    assert not any(is_signed_by(each, line, key) for each in others)
    assert not any(is_signed_by(NOTE, line, each.verifier_key) for each in (*log_signers(seed=9),))
    assert parse_verifier_key(key.text()) == key


@pytest.mark.parametrize("signer", SIGNERS[1:])
def test_a_cosignature_says_when(signer: Signer) -> None:
    """The instant of a cosignature is signed with it: a changed one is refused."""
    (line,) = signed(CHECKPOINT, signer).signatures
    later = type(line)(
        key_name=line.key_name,
        key_id=line.key_id,
        signature=(int(AT.timestamp()) + 1).to_bytes(8) + line.signature[8:],
    )

    assert int(AT.timestamp()) == signature_time(line, signer.verifier_key)
    assert signature_time(NOTE.signatures[0], SIGNERS[0].verifier_key) is None
    assert not is_signed_by(NOTE, later, signer.verifier_key)


def test_a_note_is_read_as_it_was_published() -> None:
    """A checkpoint with three signatures has the same bytes again, and states what it stated."""
    note = parse_note(NOTE.content())

    assert (note, parse_checkpoint(note.text)) == (NOTE, CHECKPOINT)


def test_any_changed_byte_of_a_note_is_noticed() -> None:
    """Whatever byte of a checkpoint is changed, it is unreadable, or its signature is wrong."""
    key, content = SIGNERS[0].verifier_key, signed(CHECKPOINT, SIGNERS[0]).content()
    for place in range(len(content)):
        altered = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        try:
            note = parse_note(altered)
        except MalformedSeal:
            continue
        assert not any(is_signed_by(note, line, key) for line in note.signatures), place


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a\n",
        b"a\n\n",
        b"a\n\n\xe2\x80\x94 name AAAAAAA=",
        b"a\n\n\xe2\x80\x94 name AAAAAAA=\n\n",
        b"a\n\n\xe2\x80\x94 name AAAAAA==\n",
        b"a\n\n\xe2\x80\x94 name AAAAAAB=\n",
        b"a\n\n\xe2\x80\x94 na+me AAAAAAA=\n",
        b"a\n\n\xe2\x80\x94 name  AAAAAAA=\n",
        b"a\n\n- name AAAAAAA=\n",
        b"a\r\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"\xff\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"a\n\n" + 65 * b"\xe2\x80\x94 name AAAAAAA=\n",
        b"a" * (1 << 20) + b"\n\n\xe2\x80\x94 name AAAAAAA=\n",
    ],
)
def test_what_is_no_note_is_refused(content: bytes) -> None:
    """Bytes that could be read in two ways, or not at all, are no note."""
    with pytest.raises(MalformedSeal):
        parse_note(content)


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{ORIGIN}\n3\n",
        f"\n3\n{ROOT}\n",
        f"{ORIGIN}\n03\n{ROOT}\n",
        f"{ORIGIN}\n-3\n{ROOT}\n",
        f"{ORIGIN}\n\u0663\n{ROOT}\n",
        f"{ORIGIN}\n{2**63}\n{ROOT}\n",
        f"{ORIGIN}\n0\n{ROOT}\n",
        f"{ORIGIN}\n3\n{ROOT[:-4]}\n",
        f"{ORIGIN}\n3\n{ROOT[:-1]}\n",
        f"{ORIGIN}\n3\n{ROOT}\n\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    """A checkpoint has a name, a size in its one spelling, and a root that a tree of the size can have."""
    with pytest.raises(MalformedSeal):
        parse_checkpoint(text)


def test_an_empty_log_has_a_checkpoint() -> None:
    """The tree without leaves is sealed as well."""
    checkpoint = Checkpoint(origin=ORIGIN, size=0, root=EMPTY_ROOT)

    assert checkpoint == parse_checkpoint(checkpoint.text())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        KNOWN_KEY.replace("c74f", "c74e"),
        KNOWN_KEY.replace("c74f", "C74F"),
        KNOWN_KEY.replace("+AR", "+Ag"),
        KNOWN_KEY.replace("Peter", "Peter "),
        KNOWN_KEY[:-4],
        KNOWN_KEY.replace("+ARpc", "ARpc"),
    ],
)
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    """A key whose id, kind or bytes do not fit each other is not trusted."""
    with pytest.raises(MalformedSeal):
        parse_verifier_key(text)


def test_a_name_too_long_for_a_signature_is_refused() -> None:
    """An origin of more than 255 bytes can't be signed with ML-DSA-44, and nothing is cut off."""
    with pytest.raises(MalformedSeal):
        signed(Checkpoint(origin="o" * 256, size=0, root=EMPTY_ROOT), SIGNERS[1])
