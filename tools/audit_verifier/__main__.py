"""Second verifier of audit bundles, for Python 3.11 with the standard library alone (ADR 36).

It shares no code with the product: formats are read as C2SP and RFC 9162 have them, and `amounts.py`, which
lies beside it, has formulas of its own. For Ed25519 it runs OpenSSL 3, and says if that is missing. Copy the
folder, and run it:

    python audit_verifier BUNDLE.zip [--policy FILE] [--approval-key KEY]

Exit codes: 0 the bundle holds; 40 it does not; 3 it holds, but something could not be checked; 2 usage.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, partial
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from approvals import check_approvals  # type: ignore[import-not-found]
from forks import Reader, fork_remarks  # type: ignore[import-not-found]

try:
    from amounts import due_amounts  # type: ignore[import-not-found]
except ImportError:
    due_amounts = None

HOLDS, INCOMPLETE, ALTERED = 0, 3, 40
#: Kinds of keys by C2SP.
ED25519, COSIGNATURE = 1, 4
OPENSSL_MAJOR = 3
MEMBER_BYTES_MAX, TOTAL_BYTES_MAX, MEMBERS_MAX = 768 << 20, 2 << 30, 200_000
NAME = re.compile(
    r"bundle\.json|README\.md|report\.(json|html)|checkpoint|policy|users/(roster|moves)\.jsonl"
    r"|facts/[a-z-]+\.json|temporal/(histories|\d+)\.json|events/\d+\.(json|leaf|tlog-proof)"
    r"|calls/\d+\.(jsonl|leaf|tlog-proof)"
    r"|forks/\d+\.(leaf|tlog-proof|former-proof|checkpoint|policy|successor|lost\.jsonl)"
)
AMOUNT = re.compile(r"\d[\d,]*(?:\.\d+)? [A-Z]{3}\b")
VERDICT = re.compile(r'<p class="verdict">([^<]*)</p>')
BROKEN = (ValueError, KeyError, TypeError, LookupError, AttributeError, OverflowError, RecursionError)
Facts = dict[str, Any]


class Refused(Exception):
    """The bundle does not hold, or a part of it can't be read."""


@dataclass
class Result:
    """What was found."""

    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    is_signed: bool = False
    #: Nothing that a bundle has was left unchecked, beside what the remarks name.
    is_whole: bool = True

    def check(self, about: str, work: Callable[[], Any]) -> Any:
        """Return what a check returns; whatever it raises is a fault."""
        try:
            return work()
        except Refused as error:
            self.faults.append(f"{about}: {error}")
        except BROKEN as error:
            self.faults.append(f"{about}: can't be read ({type(error).__name__}: {error})")
        return None


# The file: one zip whose members lie one behind the other, with nothing between and nothing twice.


def read_members(path: Path) -> dict[str, bytes]:
    """Return the members of a bundle by name."""
    members: dict[str, bytes] = {}
    offset = table = total = 0
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if len(infos) > MEMBERS_MAX or sum(info.file_size for info in infos) > TOTAL_BYTES_MAX:
                raise Refused("the file has more than is read")
            for info in infos:
                name = info.filename
                if not NAME.fullmatch(name) or name in members or info.header_offset != offset:
                    raise Refused(f"member {name!r} has a wrong name, stands twice or at a wrong place")
                with archive.open(info) as member:
                    content = member.read(min(info.file_size, MEMBER_BYTES_MAX) + 1)
                if len(content) != info.file_size:
                    raise Refused(f"member {name!r} has another size than the file says")
                members[name], total = content, total + len(content)
                offset += 30 + len(name) + info.compress_size
                table += 46 + len(name)
            if archive.comment or path.stat().st_size != offset + table + 22:
                raise Refused("the file has bytes that belong to no member")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error) as error:
        raise Refused(f"the file is no zip that can be read ({error})") from error
    return members


def check_index(members: dict[str, bytes], result: Result) -> Facts:
    """Compare the list of members with the members, and return what the index says."""
    index: Facts = json.loads(members.get("bundle.json", b"{}"))
    listed = {each["name"]: each for each in index.get("members", [])}
    for name in sorted(listed.keys() | members.keys() - {"bundle.json"}):
        if name not in members:
            result.faults.append(f"{name}: is missing")
        elif name not in listed:
            result.faults.append(f"{name}: the index does not list it")
        elif listed[name]["sha256"] != sha256(members[name]).hexdigest():
            result.faults.append(f"{name}: its bytes are not those that the index lists")
    return index


# The log: signed note (C2SP), policy, and proofs by RFC 9162.


@dataclass
class Tree:
    """What a checkpoint states."""

    origin: str
    size: int
    root: bytes


def signatures_of(note: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the text of a signed note, and name and bytes of each signature."""
    body, _, below = note.decode().rpartition("\n\n")
    lines = [line.removeprefix("\u2014 ").split(" ") for line in below.splitlines()]
    return f"{body}\n", [(name, base64.b64decode(content)) for name, content in lines]


def check_note(members: dict[str, bytes], policy: bytes, result: Result) -> Tree:
    """Return what the checkpoint states, once its signatures are right by a policy."""
    text, signatures = signatures_of(members["checkpoint"])
    origin, size, root, *_ = text.split("\n")
    tree = Tree(origin=origin, size=int(size), root=base64.b64decode(root))
    logs, witnesses, groups, quorum = read_policy(policy)
    signers = {
        key for key in logs if key.split("+")[0] == origin and has_signed(key, text, signatures, result)
    }
    if not signers:
        raise Refused(f"no Ed25519 key of the policy signed the checkpoint of {origin}")
    result.is_signed = has_openssl()
    met = {name for name, key in witnesses.items() if has_signed(key, text, signatures, result)}
    for name, (needed, group) in groups.items():
        met |= {name} if len(met & set(group)) >= needed else set()
    result.remarks.append("WITNESSED" if quorum in met else "UNANCHORED: no quorum of witnesses signed")
    return tree


def read_policy(content: bytes) -> tuple[list[str], dict[str, str], dict[str, tuple[int, list[str]]], str]:
    """Return logs, witnesses, groups and quorum of a C2SP tlog-policy."""
    logs, quorum = [], ""
    witnesses: dict[str, str] = {}
    groups: dict[str, tuple[int, list[str]]] = {}
    for line in content.decode().splitlines():
        match line.split():
            case ["log", key, *_]:
                logs.append(key)
            case ["witness", name, key, *_]:
                witnesses[name] = key
            case ["group", name, needed, *names]:
                groups[name] = ({"all": len(names), "any": 1}.get(needed) or int(needed), names)
            case ["quorum", name]:
                quorum = name
            case [word, *_] if not word.startswith("#"):
                raise Refused(f"the policy has a line that begins with {word!r}")
    return logs, witnesses, groups, quorum


def typed_key(key: str) -> bytes:
    """Return kind and public key of a C2SP verifier key, whose id must be that of its bytes."""
    name, key_id, encoded = key.split("+", 2)
    content = base64.b64decode(encoded)
    if sha256(f"{name}\n".encode() + content).hexdigest()[:8] != key_id:
        raise Refused(f"the key {name}+{key_id} has another id than its bytes")
    return content


def has_signed(key: str, text: str, signatures: list[tuple[str, bytes]], result: Result) -> bool:
    """Return whether an Ed25519 key signed a note; a wrong signature of it is refused."""
    name, key_id, _ = key.split("+", 2)
    typed = typed_key(key)
    own = [line[4:] for each, line in signatures if (each, line[:4].hex()) == (name, key_id)]
    if typed[0] not in {ED25519, COSIGNATURE}:
        result.remarks.append(f"the signature of {name}+{key_id} (kind 0x{typed[0]:02x}) is not checked here")
        return False
    for signature in own:
        message, proper = text.encode(), signature
        if typed[0] == COSIGNATURE:
            at, proper = int.from_bytes(signature[:8]), signature[8:]
            message = f"cosignature/v1\ntime {at}\n{text}".encode()
        if not is_right(typed[1:], message, proper, result):
            raise Refused(f"the signature of {name}+{key_id} below the checkpoint is wrong")
    return bool(own)


@cache
def has_openssl() -> bool:
    """Return whether there is an `openssl` that knows Ed25519; others of this name do not."""
    if not shutil.which("openssl"):
        return False
    told = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"OpenSSL (\d+)", told)
    return version is not None and int(version[1]) >= OPENSSL_MAJOR


def is_right(public_key: bytes, message: bytes, signature: bytes, result: Result) -> bool:
    """Return whether an Ed25519 signature is right, by `openssl`; without it, believe and say so."""
    if not has_openssl():
        result.remarks.append("OpenSSL 3 is missing: the signature of the checkpoint is NOT checked")
        return True
    der = bytes.fromhex("302a300506032b6570032100") + public_key
    with tempfile.TemporaryDirectory() as folder:
        files = {"key": der, "message": message, "signature": signature}
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        options = ("-pubin", "-keyform", "DER", "-inkey", "key", "-rawin", "-in", "message")
        command = ["openssl", "pkeyutl", "-verify", *options, "-sigfile", "signature"]
        return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def proved_leaf(members: dict[str, bytes], about: str, tree: Tree) -> tuple[list[list[str]], int]:
    """Return the lines of a leaf that stands in the tree, and its index."""
    leaf, proof = members[f"{about}.leaf"], members[f"{about}.tlog-proof"]
    head, _, note = proof.decode().partition("\n\n")
    header, index_line, *hashes = head.split("\n")
    if header != "c2sp.org/tlog-proof@v1" or note.encode() != members["checkpoint"]:
        raise Refused("its proof is none of this checkpoint")
    index = int(index_line.removeprefix("index "))
    if index >= tree.size or root_by(leaf, index, tree.size, map(base64.b64decode, hashes)) != tree.root:
        raise Refused(f"it is not leaf {index} of the log: leaf, proof or checkpoint was altered")
    return [line.split(" ") for line in leaf.decode("ascii").splitlines()], index


def root_by(leaf: bytes, index: int, size: int, hashes: Iterator[bytes]) -> bytes | None:
    """Return the root to which the hashes of a proof lead from a leaf (RFC 9162, 2.1.3.2)."""
    place, last, root = index, size - 1, sha256(b"\0" + leaf).digest()
    for each in hashes:
        if last == 0:
            return None
        if place & 1 or place == last:
            root = sha256(b"\1" + each + root).digest()
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            root = sha256(b"\1" + root + each).digest()
        place, last = place >> 1, last >> 1
    return root if last == 0 else None


# The record: events as they were stored, streams, users and calls.


@dataclass
class Event:
    """One stored event."""

    number: int
    stream: str
    version: int
    topic: str
    state: Facts

    @property
    def switch_id(self) -> str:
        """Return the switch that it belongs to, "" where it belongs to none."""
        return str(self.state.get("switch_id") or self.state.get("meta", {}).get("switch_id", ""))


def plain(value: Facts) -> Any:
    """Return what the store's JSON stands for: amounts as minor units with their currency, days as dates."""
    if value.keys() != {"_type_", "_data_"}:
        return value
    readers: dict[str, Callable[[Any], Any]] = {
        "money": tuple,
        "date_iso": date.fromisoformat,
        "datetime_iso": datetime.fromisoformat,
    }
    return readers.get(value["_type_"], lambda data: data)(value["_data_"])


def read_event(members: dict[str, bytes], number: int, tree: Tree) -> Event:
    """Return a sealed event, whose bytes are those of its leaf."""
    lines, _ = proved_leaf(members, f"events/{number}", tree)
    facts = {line[0]: line[1] for line in lines[1:]}
    state = members[f"events/{number}.json"]
    if lines[0] != ["planswitch/leaf/v1"] or facts["kind"] != "event" or int(facts["id"]) != number:
        raise Refused("its leaf is that of something else")
    if sha256(state).hexdigest() != facts["state"]:
        raise Refused("its bytes are not those that were sealed: it was altered")
    return Event(
        number, facts["stream"], int(facts["version"]), facts["topic"], json.loads(state, object_hook=plain)
    )


def check_streams(events: list[Event], switch_id: str, result: Result) -> None:
    """Look whether each stream has all versions from 1 on, and belongs to the switch."""
    streams: dict[str, list[Event]] = {}
    for each in events:
        streams.setdefault(each.stream, []).append(each)
    for stream, own in streams.items():
        if sorted(each.version for each in own) != list(range(1, len(own) + 1)):
            result.faults.append(f"stream {stream}: a version is missing")
        if not any(each.switch_id == switch_id for each in own):
            result.faults.append(f"stream {stream}: no event of the switch")


def newest(events: list[Event], name: str) -> Event | None:
    """Return the newest event of a name."""
    return next((each for each in reversed(events) if each.topic.rpartition(".")[2] == name), None)


def rows(members: dict[str, bytes], name: str) -> list[Facts]:
    """Return the rows of a member."""
    return [json.loads(line) for line in members[name].splitlines()]


def joined(services: list[str]) -> str:
    """Return services as digests have them."""
    return ",".join(sorted(services))


def check_roster(members: dict[str, bytes], events: list[Event]) -> None:
    """Compare the frozen roster with the digest in its event."""
    digest = sha256()
    roster = rows(members, "users/roster.jsonl")
    for row in roster:
        counts = f"{row['kept_count']},{row['no_counterpart_count']},{row['newly_granted_count']}"
        held = ("held" if row["held_target"] else "") + ("|group" if row["is_by_group"] else "")
        services = f"{joined(row['old_disabled'])}|{joined(row['new_disabled'])}"
        digest.update(f"{row['position']}|{row['user_key']}|{services}|{counts}|{held}\n".encode())
    started = newest(events, "license-move-started")
    expected = (started.state["total"], started.state["roster_digest"]) if started else (0, None)
    if (len(roster), digest.hexdigest() if started else None) != expected:
        raise Refused("its users are not those that were frozen: a user was altered, removed or added")


def move_text(row: Facts) -> str:
    """Return what happened to a user, as the digest of a group covers it."""
    text = f"{row['position']}|{row['batch_no']}|{row['user_key']}|{row['from_plan']}|{row['to_plan']}"
    text += f"|{row['outcome']}|{joined(row['kept'])}|{joined(row['no_counterpart'])}"
    text += f"|{joined(row['newly_granted'])}"
    text += f"|{joined(row['dependents'])}" if row["dependents"] else ""
    answer = f"|{row['code']}|{row['text']}|{row['request_id']}" if row["code"] or row["text"] else ""
    return f"{text}|{row['error']}{answer}\n"


def check_moves(members: dict[str, bytes], events: list[Event]) -> None:
    """Compare what happened to users with the digest of each group."""
    passes: dict[str, list[Facts]] = {}
    for row in rows(members, "users/moves.jsonl"):
        passes.setdefault(row["pass_name"], []).append(row)
    groups = [each for each in events if each.topic == "license-move.group-moved"]
    for each in sorted(groups, key=lambda one: (one.state["pass_name"], one.state["first_position"])):
        waiting = passes.get(each.state["pass_name"], [])
        own, waiting[:] = waiting[: each.state["count"]], waiting[each.state["count"] :]
        if sha256("".join(map(move_text, own)).encode()).hexdigest() != each.state["detail_digest"]:
            raise Refused(
                f"the rows of event {each.number} are not those that were recorded: a user was altered"
            )
    if any(passes.values()):
        raise Refused("there are rows that no event tells of")


def check_calls(members: dict[str, bytes], index: int, tree: Tree) -> int:
    """Compare a range of calls with its leaf; return how many calls are shown in full."""
    lines, place = proved_leaf(members, f"calls/{index}", tree)
    facts = {line[0]: line[1] for line in lines[1:]}
    digests, shown = b"", 0
    for line in members[f"calls/{index}.jsonl"].splitlines(keepends=True):
        is_neighbor = line.startswith(b'"')
        digests += bytes.fromhex(json.loads(line)) if is_neighbor else sha256(line).digest()
        shown += not is_neighbor
    if place != index or facts["kind"] != "call-range" or sha256(digests).hexdigest() != facts["calls"]:
        raise Refused("its calls are not those that were sealed: a call was altered, removed or added")
    return shown


def stated_amounts(events: list[Event]) -> Iterator[tuple[Event, str, str]]:
    """Yield each amount of the record: event, name of the amount, and the field that has it."""
    names = {
        "credit-issued": {"credit": "amount", "consumed": "consumed"},
        "credit-forfeited": {"forfeited": "amount"},
        "billing-started": {"charge": "amount"},
        "invoice-issued": {"invoice tax": "tax", "invoice total": "total"},
        "billing-cut-over": {"net": "net", "tax": "tax", "total": "total"},
        "switch-completed": {"completed total": "total"},
        "quote-corrected": {"corrected total": "billed_total"},
    }
    for each in events:
        kind = each.topic.rpartition(".")[2]
        for name, place in names.get(kind, {}).items():
            yield each, name, place
        if kind in {"add-on-dropped", "add-on-carried"}:
            for place in ("credit", "consumed", "charge"):
                if place in each.state:
                    yield each, f"addon {each.state['subscription_id']} {place}", place


def check_amounts(events: list[Event], result: Result) -> int:
    """Compute every amount of the record, and return how many were compared."""
    billed = newest(events, "billing-cut-over")
    fixed = next(filter(None, (newest(events, name) for name in QUOTES)), None)
    if billed is None or fixed is None:
        return 0
    terms = fixed.state["quote"]["input"]
    if due_amounts is None or terms.get("period_version") != "nominal/2":
        why = "amounts.py is not here" if due_amounts is None else "the quote has formulas of before"
        result.remarks.append(f"amounts are NOT computed: {why}")
        result.is_whole = False
        return 0
    due = due_amounts(
        terms,
        on=billed.state["cutover_on"],
        period_end=billed.state["source_period_end_on"],
        total=billed.state["total"][0],
        limit=fixed.state.get("forfeited_at_most", (None,))[0],
    )
    reduced = newest(events, "licenses-reduced")
    if reduced and reduced.state.get("given_back"):
        due["forfeited"] = max(due["forfeited"] - reduced.state["given_back"][0], 0)
    count = 0
    for event, name, place in stated_amounts(events):
        was, should = event.state[place][0], due.get(name, due.get(name.rpartition(" ")[2]))
        count += 1
        if was != should:
            result.faults.append(f"event {event.number}: {name} is {was} minor units, by the rules {should}")
    return count


QUOTES = ("quote-corrected", "quantity-amended", "quote-fixed")


# The report: the figures that it shows, against the record.


class Page(HTMLParser):
    """Collects the figures of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: dict[str, str] = {}
        self._name: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Begin a figure."""
        self._name = dict(attrs).get("data-figure")
        if self._name:
            self.figures[self._name] = ""

    def handle_data(self, data: str) -> None:
        """Take its text."""
        if self._name:
            self.figures[self._name] += data

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        """End it."""
        self._name = None


def amount_text(minor: int, currency: str, digits: int) -> str:
    """Return an amount as the report writes it."""
    whole, rest = divmod(abs(minor), 10**digits)
    return f"{'-' if minor < 0 else ''}{whole:,}{f'.{rest:0{digits}}' if digits else ''} {currency}"


def check_report(members: dict[str, bytes], events: list[Event], tree: Tree, result: Result) -> None:
    """Compare the figures of report and page with the record."""
    figures = json.loads(members["report.json"])["figures"]
    check_page(members["report.html"].decode(), figures, events, result)
    expected = {"seal.size": str(tree.size), "seal.root": tree.root.hex(), "seal.origin": tree.origin}
    for each in events:
        at = each.state["timestamp"].astimezone(UTC)
        expected |= {f"event.{each.number}.at": f"{at:%Y-%m-%d %H:%M:%S} UTC"}
        expected |= {f"event.{each.number}.by": each.state["meta"]["actor"]}
    for name, count in (("users.roster", "roster"), ("users.rows", "moves")):
        expected[name] = str(len(members[f"users/{count}.jsonl"].splitlines()))
    check_shown(figures, events, result)
    for name, text in expected.items():
        if figures.get(name) != text:
            result.faults.append(f"report.json: {name} is {figures.get(name)!r}, the record has {text!r}")


def check_page(text: str, figures: Facts, events: list[Event], result: Result) -> None:
    """Compare the page with the figures that it marks, and the amounts of its verdict with the events."""
    page = Page()
    page.feed(text)
    for name, shown in page.figures.items():
        if figures.get(name) != shown:
            result.faults.append(f"report.html: {name} is {shown!r}, report.json has {figures.get(name)!r}")
    known = {number for each in events for number in numbers_in(each.state)}
    for amount in AMOUNT.findall("".join(VERDICT.findall(text))):
        if int(re.sub(r"\D", "", amount)) not in known:
            result.faults.append(f"report.html: its verdict says {amount}, which stands in no event")


def numbers_in(value: Any) -> Iterator[int]:
    """Yield every number that stands in an event, without its sign."""
    if isinstance(value, int):
        yield abs(value)
    elif isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from numbers_in(each)


def check_shown(figures: Facts, events: list[Event], result: Result) -> None:
    """Compare each amount that the report shows with its event."""
    for event, name, place in stated_amounts(events):
        minor, currency = event.state[place]
        texts = {amount_text(minor, currency, digits) for digits in (0, 2, 3, 4)}
        shown = figures.get(f"amount.{event.number}.{name}")
        if shown not in texts:
            result.faults.append(f"report.json: {name} of event {event.number} is shown as {shown}")


def check_forks(members: dict[str, bytes], tree: Tree, streams: set[str], result: Result) -> None:
    """Check what is told of logs before this one, and repeat it as remarks."""
    reader = Reader(
        signatures_of=signatures_of,
        log_keys=lambda policy: read_policy(policy)[0],
        has_signed=lambda key, text, signatures: has_signed(key, text, signatures, result),
        root_by=root_by,
        refusal=Refused,
    )
    result.remarks += fork_remarks(members, (tree.origin, tree.size, tree.root), streams, reader)


def verify(path: Path, policy: bytes | None, approval_keys: list[str]) -> Result:
    """Check a bundle."""
    result = Result()
    members = result.check("file", lambda: read_members(path)) or {}
    index = (members and result.check("bundle.json", lambda: check_index(members, result))) or {}
    own = members.get("policy", b"")
    tree = members and result.check("checkpoint", lambda: check_note(members, policy or own, result))
    if not tree:
        return result
    if policy is None:
        result.remarks.append("the policy came with the bundle: it proves nothing about the keys")
    numbers = sorted({int(re.split("[/.]", name)[1]) for name in members if name.startswith("events/")})
    read = (result.check(f"event {n}", partial(read_event, members, n, tree)) for n in numbers)
    events = [each for each in read if each]
    switch_id = str(index.get("switch_id"))
    result.check("streams", lambda: check_streams(events, switch_id, result))
    result.check("forks", lambda: check_forks(members, tree, {each.stream for each in events}, result))
    own_events = [each for each in events if each.switch_id == switch_id]
    if not own_events:
        result.faults.append(f"no event belongs to switch {switch_id}")
    verify_one = partial(is_right, result=result)
    result.check("approvals", lambda: check_approvals(own_events, verify_one, approval_keys, result))
    result.check("users/roster.jsonl", lambda: check_roster(members, own_events))
    result.check("users/moves.jsonl", lambda: check_moves(members, own_events))
    ranges = sorted({int(re.split("[/.]", name)[1]) for name in members if name.startswith("calls/")})
    calls = [result.check(f"calls {n}", partial(check_calls, members, n, tree)) or 0 for n in ranges]
    count = result.check("amounts", lambda: check_amounts(own_events, result)) or 0
    result.check("report", lambda: check_report(members, own_events, tree, result))
    result.remarks.append(f"{len(events)} events and {sum(calls)} calls proved, {count} amounts computed")
    return result


def main() -> int:
    """Check the bundle that the command line names."""
    parser = argparse.ArgumentParser(description="Check an audit bundle of planswitch.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--policy", type=Path, help="policy of the log, taken from somewhere else")
    parser.add_argument("--approval-key", action="append", default=[], help="key that may sign approvals")
    arguments = parser.parse_args()
    try:
        policy = arguments.policy.read_bytes() if arguments.policy else None
        result = verify(arguments.bundle, policy, arguments.approval_key)
    except OSError as error:
        parser.error(str(error))
    for line in [*(f"  {fault}" for fault in result.faults), *dict.fromkeys(result.remarks)]:
        print(line)
    if result.faults:
        print("DOES NOT HOLD")
        return ALTERED
    is_whole = result.is_signed and result.is_whole
    print("HOLDS" if is_whole else "HOLDS, AS FAR AS IT WAS CHECKED")
    return HOLDS if is_whole else INCOMPLETE


if __name__ == "__main__":
    sys.exit(main())
