"""The README of a bundle: what is in it, and four ways to check it, two with programs of strangers."""

from __future__ import annotations

from audit.report.figures import LIMITS, POLICY_LIMIT, UNANCHORED_LIMIT, Report
from audit.transparency.policies import Anchoring

_TEXT = """# Audit of switch {switch}

This file proves one switch of organization {organization}; `report.html` tells how it went.

Every event and every provider call of it was sealed in a log, a Merkle tree by RFC 6962.
The formats are those of C2SP (c2sp.org): `checkpoint` is a signed note, each `.tlog-proof` a proof that one
entry stands in the log, and `policy` names the keys of the log.

Checkpoint: {origin}, {size} leaves, {anchoring}.

## What is in it

| member | holds |
|---|---|
| `report.html`, `report.json` | the report: print the page; the figures as data |
| `events/N.json` | event N of the record: its bytes as they were stored |
| `events/N.leaf` | what the log says of it: stream, version, topic, sha256 of the bytes, when it was stored |
| `events/N.tlog-proof` | the proof that this leaf stands in the log of the checkpoint |
| `calls/L.jsonl` | provider calls that are sealed together: those of the switch, of any other its sha256 |
| `calls/L.leaf`, `calls/L.tlog-proof` | the same for leaf L of the log |
| `users/roster.jsonl`, `users/moves.jsonl` | users by opaque keys; events have the digests of these rows |
| `facts/` | prices, calendar, rule set, catalog, request ids for the support of each provider |
| `temporal/` | histories of the workflows, as far as they are still there; not sealed |
| `forks/` | only after a declared restore: the end of the log before, and what of it was lost |
| `bundle.json` | the list of the members with their sha256 |

Users stand in it by opaque keys. Operators stand in it by the names under which they signed in, with the
reasons that they gave, because an auditor asks who decided.

## Check it

Take `policy` and the programs from somewhere else than from this file: who alters it can alter them too.

1. With the product's package alone, without server and database:

       pip install planswitch
       planswitch audit verify BUNDLE.zip --policy POLICY

   It checks every proof, digest and signature, and computes state and amounts again.

2. With the folder `audit_verifier` of the product's source (in `tools/`), which needs Python 3.11 and, for
   the signature, OpenSSL 3. It shares no code with the product, and has its own formulas for the amounts.

       python audit_verifier BUNDLE.zip --policy POLICY

3. With `tlog-scales`, a program of strangers (`pip install tlog-scales`). Unpack the bundle, and run this in
   its folder with Python 3.11:

```python
{tlog_scales}```

4. With `aics-tlog`, by other strangers (`pip install aics-tlog`, Python 3.12), in the same folder:

```python
{aics_tlog}```

The programs of strangers check the signature, and that each leaf stands in the log. That the bytes of an
event are those of its leaf is one more command: `sha256sum events/N.json` prints its `state`.

## What it can't prove

{limits}
"""

#: Reads proof files; both programs of strangers get the same.
_READ_PROOFS = '''import base64
from pathlib import Path


def proofs():
    """Yield leaf, index and hashes of every proof of this folder."""
    for file in sorted(Path().glob("*/*.tlog-proof")):
        head = file.read_text().split("\\n\\n")[0].splitlines()
        index = int(head[1].removeprefix("index "))
        yield file.with_suffix(".leaf").read_bytes(), index, [base64.b64decode(line) for line in head[2:]]


keys = [line.split()[1] for line in Path("policy").read_text().splitlines() if line.startswith("log ")]
'''
TLOG_SCALES = (
    "from tlog_scales.signing import Vkey\n"
    "from tlog_scales.tiles import leaf_hash\n"
    "from tlog_scales.tlog import Checkpoint, InclusionProof\n"
    + _READ_PROOFS
    + """note = Checkpoint.from_text(Path("checkpoint").read_text())
for key in keys:
    note.verify(Vkey.from_string(key))
for leaf, index, hashes in proofs():
    InclusionProof(index, note.size, hashes).check(leaf_hash(leaf), note.root_hash)
print("tlog-scales: signatures and proofs are right")
"""
)
AICS_TLOG = (
    "from aics_tlog import parse_checkpoint, parse_note, parse_vkey\n"
    "from aics_tlog import verify_checkpoint, verify_leaf_inclusion\n"
    + _READ_PROOFS
    + """note = parse_note(Path("checkpoint").read_bytes())
checkpoint = parse_checkpoint(note.text)
ed25519 = [key for key in keys if base64.b64decode(key.split("+", 2)[2])[0] == 1]
assert ed25519 and all(verify_checkpoint(note, parse_vkey(key)).ok for key in ed25519)
for leaf, index, hashes in proofs():
    assert verify_leaf_inclusion(leaf, index, checkpoint.size, hashes, checkpoint.root)
print("aics-tlog: signatures and proofs are right")
"""
)


def readme_of(report: Report) -> bytes:
    """Return the README of a bundle with this report."""
    figures = report.figures
    limits = [*LIMITS, POLICY_LIMIT]
    if figures["seal.anchoring"] == Anchoring.UNANCHORED:
        limits.insert(0, UNANCHORED_LIMIT)
    return _TEXT.format(
        switch=figures["switch"],
        organization=figures["organization"],
        origin=figures["seal.origin"],
        size=figures["seal.size"],
        anchoring=figures["seal.anchoring"],
        tlog_scales=TLOG_SCALES,
        aics_tlog=AICS_TLOG,
        limits="\n".join(f"- {text}" for text in limits),
    ).encode()
