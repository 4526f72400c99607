"""`verify_store`: whether the store is what was sealed, compared from its raw rows up to the signed root."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from audit.approvals.recorded import recorded_approvals
from audit.forks.chain import ForkBroken, FormerLog, forks_of, former_logs, succeeds
from audit.forks.origin_leaf import is_origin_leaf
from audit.transparency.checkpoints import Checkpoint
from audit.transparency.encoding import base64_text
from audit.transparency.errors import MalformedSeal, SealRefused
from audit.transparency.notes import parse_note
from audit.transparency.policies import Anchoring, Policy, Verdict, parse_policy
from audit.transparency.tree_proofs import is_consistent
from audit.verification.audit_state import AuditState, KnownLog, read_state, write_state
from audit.verification.call_rows import CALLS_OF_RANGE, call_digest, range_digest
from audit.verification.diagnosis import diagnosis, event_leaves
from audit.verification.findings import (
    Coverage,
    Deviates,
    Deviation,
    Diverges,
    Fault,
    NotSealed,
    Outcome,
    Seal,
    Subject,
    Verification,
)
from audit.verification.seal_folder import POLICY_PATH, SealFolder
from audit.verification.tail import compared_tail
from audit.verification.user_rows import UserRowCount, compared_user_rows
from audit.verification.walk import LeafDeviates, Target, Walk
from domain.kernel.errors import InvalidInput
from store.record.raw_record import RawRecord, raw_record

_LOG = "SELECT base, origin, leaf FROM planswitch.log_origin ORDER BY base DESC LIMIT 1"
_NEWEST = """
SELECT tree_size - %(base)s::bigint, checkpoint, sealed_at FROM planswitch.seal
WHERE tree_size > %(base)s::bigint ORDER BY tree_size DESC LIMIT 1
"""
_END = """
SELECT coalesce(max(
    first_leaf - %(base)s::bigint + CASE kind WHEN 'event' THEN last_id - first_id + 1 ELSE 1 END), 0)
FROM planswitch.seal_run WHERE first_leaf >= %(base)s::bigint
"""
_DRIFT_ROWS = "{count} rows that name users who drifted: their number is proved, and not who they are"
_UNSIGNED_APPROVALS = "{count} approvals of before they had a signature that everybody can check"
_OPEN_ROSTERS = "{count} frozen rosters whose switch has not begun to move: no event has their digest yet"


@dataclass(frozen=True, kw_only=True)
class Question:
    """What to verify, and by whose word."""

    database_url: str
    #: The published seals.
    folder: Path
    #: Whom to believe; None: the policy of the folder.
    policy_file: Path | None
    #: Where the auditor keeps what was seen.
    state_file: Path
    #: Whether witnesses must vouch for the checkpoint.
    needs_witness: bool = False
    #: Names of the keys that may have signed approvals; none: any key, and the answer names them.
    approval_keys: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Published:
    """The checkpoint of the folder and who vouches for it."""

    content: bytes
    verdict: Verdict
    policy: Policy


def verify_store(question: Question) -> Verification:
    """Compare the whole record with its seals, and keep the checkpoint if all holds.

    The checkpoint is read before the record, so a sealer that works meanwhile does not disturb.

    Args:
        question: What to verify, and by whose word.

    Raises:
        NotSealed: There is no seal at all.
        MalformedSeal: The policy or the state can't be read.
        InvalidInput: The policy's file is not there.
        StoreUnavailable: PostgreSQL does not answer.
    """
    folder = SealFolder(question.folder)
    state = read_state(question.state_file)
    policy = _policy(question, folder)
    content = folder.checkpoint()
    try:
        with raw_record(question.database_url) as record:
            return _Verification(question, folder, state, record).of(content, policy)
    except Deviates as error:
        return _failed(Outcome.ALTERED, error.deviation)
    except Diverges as error:
        return Verification(outcome=Outcome.DIVERGED, sentence=error.message)


class _Verification:
    """One verification of one store."""

    def __init__(self, question: Question, folder: SealFolder, state: AuditState, record: RawRecord) -> None:
        self._question = question
        self._folder = folder
        self._state = state
        self._record = record
        self._last: KnownLog | None = None
        #: The log in which the record goes on, as its table says: base, name, first leaf.
        self._log = next(iter(record.rows(_LOG)), (0, "", ""))
        self._logs: list[FormerLog] = []

    def of(self, content: bytes | None, policy: Policy | None) -> Verification:
        """Return the answer; what is not as it was is told with the seal that says so."""
        newest = next(iter(self._record.rows(_NEWEST, {"base": self._log[0]})), None)
        if content is None or policy is None:
            raise self._without_folder(has_seals=newest is not None)
        published = _Published(content=content, verdict=_verdict(content, policy), policy=policy)
        seal = self._seal(published.verdict)
        self._last = self._state.logs.get(seal.origin)
        answer = Verification(
            outcome=Outcome.HOLDS,
            sentence="",
            seal=seal,
            last_tree_size=self._last.checkpoint.size if self._last else 0,
        )
        try:
            self._logs = self._former_logs(published.verdict.checkpoint)
            self._require_known(published)
            coverage = self._compared(published, newest)
            forks = tuple(forks_of(self._logs, lambda: event_leaves(self._record), self._calls_now))
        except Deviates as error:
            return replace(_failed(Outcome.ALTERED, error.deviation), seal=seal)
        except Diverges as error:
            return replace(answer, outcome=Outcome.DIVERGED, sentence=error.message)
        except ForkBroken as error:
            return replace(_failed(Outcome.ALTERED, _fork_deviation(error)), seal=seal)
        return self._judged(replace(answer, coverage=coverage, forks=forks), published)

    def _former_logs(self, checkpoint: Checkpoint) -> list[FormerLog]:
        """Return the logs that the published one follows, by its first leaf.

        Raises:
            Diverges: The record goes on in another log than the folder.
        """
        tile = self._folder.leaf_tile(0, checkpoint.size) or b""
        first = self._folder.entry(0, checkpoint.size, tile[:32]) or b""
        origin, leaf = self._log[1:]
        if (origin and origin != checkpoint.origin) or (not origin and is_origin_leaf(first)):
            raise Diverges(
                f"The store goes on in the log {origin or 'before'}, and the folder has the log "
                f"{checkpoint.origin}: one of them is older, as after a restore that nobody declared."
            )
        try:
            return list(former_logs(self._folder.read, first or leaf.encode(), checkpoint.origin))
        except MalformedSeal as error:
            raise ForkBroken(f"The first leaf of a log can't be read. {error.message}") from error

    def _calls_now(self, first_id: int, last_id: int) -> tuple[int, str]:
        rows = self._record.rows(CALLS_OF_RANGE, {"first": first_id, "last": last_id})
        return len(rows), range_digest(call_digest(row) for row in rows)

    def _judged(self, answer: Verification, published: _Published) -> Verification:
        if self._question.needs_witness and published.verdict.anchoring is not Anchoring.WITNESSED:
            sentence = "The record is what was sealed, but too few witnesses vouch for its checkpoint."
            return replace(answer, outcome=Outcome.UNANCHORED, sentence=sentence)
        keys = tuple(key.text() for key in published.verdict.signed_by)
        known = self._last.keys if self._last else ()
        known_log = KnownLog(note=published.content.decode(), keys=tuple(dict.fromkeys((*known, *keys))))
        write_state(self._question.state_file, self._state, known_log)
        if self._last is None and any(log.checkpoint.origin in self._state.logs for log in self._logs):
            sentence = (
                "The record is what was sealed, but an older one was restored since the log was seen last, "
                "and a new log was begun: read below what was lost."
            )
            return replace(answer, outcome=Outcome.FORKED, sentence=sentence)
        return replace(answer, sentence="The record is what was sealed.")

    def _compared(self, published: _Published, newest: tuple[object, ...] | None) -> Coverage:
        checkpoint = published.verdict.checkpoint
        target = self._target(published, newest)
        walk = Walk(self._record, self._folder, target)
        old_size = self._last.checkpoint.size if self._last else 0
        try:
            walk.go(root_sizes=(old_size,))
        except LeafDeviates as mismatch:
            raise Deviates(diagnosis(self._record, self._folder, checkpoint.size, mismatch)) from None
        if self._last and old_size in walk.roots and walk.roots[old_size] != self._last.checkpoint.root:
            raise Diverges(f"The record does not begin with the {old_size} leaves that were seen before.")
        if target.size < checkpoint.size:
            raise Diverges(self._behind(target.size, checkpoint.size))
        users = compared_user_rows(self._record)
        return self._coverage(walk, users)

    def _target(self, published: _Published, newest: tuple[object, ...] | None) -> Target:
        """Return the tree that the record must have: that of the newest seal, in the folder or the table.

        A record that ends before the folder's checkpoint is compared as far as it goes.
        """
        checkpoint = published.verdict.checkpoint
        size: int = checkpoint.size
        root: bytes | None = checkpoint.root
        if newest is not None and int(str(newest[0])) > size:
            verdict = _verdict(str(newest[1]).encode(), published.policy, subject=Subject.SEAL_ROW)
            size, root = verdict.checkpoint.size, verdict.checkpoint.root
        base, _, leaf = self._log
        ((end,),) = self._record.rows(_END, {"base": base})
        if end < checkpoint.size:
            size, root = end, None
        return Target(
            size=size,
            root=root,
            published_size=checkpoint.size,
            published_root=checkpoint.root,
            origin=checkpoint.origin,
            base=base,
            first_leaf=leaf.encode(),
        )

    def _behind(self, size: int, published: int) -> str:
        tile = self._folder.leaf_tile(size // 256, published) or b""
        place = size % 256 * 32
        entry = self._folder.entry(size, published, tile[place : place + 32]) or b""
        lines = entry.decode("ascii", errors="replace").splitlines()
        first = f" The first that it lacks is {lines[1].removeprefix('kind ')} {lines[2]}." if entry else ""
        return (
            f"The store ends after {size} leaves, and the folder of seals has {published}: the store is "
            f"older than what was published, as after the restore of an old backup.{first}"
        )

    def _coverage(self, walk: Walk, users: UserRowCount) -> Coverage:
        tail = compared_tail(self._record, walk)
        uncovered = []
        if users.drift_rows:
            uncovered.append(_DRIFT_ROWS.format(count=users.drift_rows))
        if users.open_rosters:
            uncovered.append(_OPEN_ROSTERS.format(count=users.open_rosters))
        keys = self._approval_keys()
        unsigned = keys.count("")
        if unsigned:
            uncovered.append(_UNSIGNED_APPROVALS.format(count=unsigned))
        return Coverage(
            events=walk.event_count,
            calls=walk.call_count,
            roster_rows=users.roster_rows,
            move_rows=users.move_rows,
            selection_rows=users.selection_rows,
            seals=walk.seal_count,
            approvals=len(keys) - unsigned,
            approval_keys=tuple(sorted({*keys} - {""})),
            unsealed_events=tail.events,
            unsealed_calls=tail.calls,
            uncovered=tuple(uncovered),
        )

    def _approval_keys(self) -> list[str]:
        """Return the name of the key of each approval, "" where it has none, once all signatures are right.

        Raises:
            Deviates: An approval is not as it was signed, sealed or not.
        """
        keys = []
        for each in recorded_approvals(self._record, trusted=self._question.approval_keys or None):
            keys.append(each.proof.key_id)
            if each.proof.faults:
                raise Deviates(
                    Deviation(
                        fault=Fault.ALTERED,
                        subject=Subject.APPROVAL,
                        ids={
                            "approval": each.proof.approval_id or "-",
                            "event": str(each.event_id),
                            "stream": each.stream_id,
                            "version": str(each.version),
                        },
                        sentence=(
                            f"Event {each.event_id} ({each.topic}) has an approval that is not as it was "
                            f"signed. {' '.join(each.proof.faults)}"
                        ),
                    )
                )
        return keys

    def _require_known(self, published: _Published) -> None:
        """Refuse a checkpoint that is older than the last one, inconsistent with it, or of unknown keys."""
        if self._last is None:
            logs = enumerate(self._logs)
            place = next((at for at, log in logs if log.checkpoint.origin in self._state.logs), None)
            if place is not None:
                self._require_succession(published, self._logs[: place + 1])
            elif self._state.logs and self._question.policy_file is None:
                others = ", ".join(sorted(self._state.logs))
                raise Diverges(
                    f"The folder is that of the log {published.verdict.checkpoint.origin}, and {others} was "
                    "seen before. Name a policy that you trust with --policy, or another state with --state."
                )
            return
        old, new = self._last.checkpoint, published.verdict.checkpoint
        keys = {key.text() for key in published.verdict.signed_by}
        if self._question.policy_file is None and not keys & set(self._last.keys):
            raise Diverges(
                f"The checkpoint of {new.size} leaves is signed by keys that were not seen before. If the "
                "sealer's keys were changed, get its policy by a way that you trust: --policy FILE."
            )
        if new.size < old.size:
            raise Diverges(
                f"The checkpoint has {new.size} leaves, and one of {old.size} was seen before: it is older."
            )
        path = self._folder.consistency_proof(old.size, new.size)
        if not is_consistent(old.size, new.size, path, old_root=old.root, root=new.root):
            raise Diverges(
                f"The tree of {new.size} leaves does not begin with that of {old.size} leaves which was seen "
                "before: the log shows two histories."
            )

    def _require_succession(self, published: _Published, logs: list[FormerLog]) -> None:
        """Refuse a log that follows one which was seen, but not from what was seen, or not by its keys."""
        last, known = logs[-1], self._state.logs[logs[-1].checkpoint.origin]
        if not last.begins_with(known.checkpoint):
            raise Diverges(
                f"The log {known.checkpoint.origin} was seen with {known.checkpoint.size} leaves, and its "
                f"successor names a tree of {last.checkpoint.size} leaves that does not go on from it."
            )
        keys = {key.text() for key in published.verdict.signed_by}
        if self._question.policy_file is None and not succeeds(logs, known.keys, keys):
            raise Diverges(
                f"The log {published.verdict.checkpoint.origin} says that it follows "
                f"{known.checkpoint.origin}, and no key that was seen there vouches for it. Get its policy "
                "by a way that you trust: --policy FILE."
            )

    def _without_folder(self, *, has_seals: bool) -> Exception:
        if has_seals:
            return Deviates(
                Deviation(
                    fault=Fault.REMOVED,
                    subject=Subject.SEAL_FILE,
                    ids={"folder": str(self._question.folder)},
                    sentence=(
                        f"The folder {self._question.folder} has no checkpoint and policy, and the store was "
                        "sealed."
                    ),
                )
            )
        if self._state.logs:
            return Diverges("Nothing is sealed, and a checkpoint was seen before.")
        return NotSealed(
            f"Nothing is sealed yet: {self._question.folder} has no checkpoint.",
            remedy="Start the sealer, or name the folder with the published seals with --folder.",
        )

    def _seal(self, verdict: Verdict) -> Seal:
        return Seal(
            origin=verdict.checkpoint.origin,
            tree_size=verdict.checkpoint.size,
            root=base64_text(verdict.checkpoint.root),
            signed_by=tuple(f"{key.kind.name.lower()} {key.key_id.hex()}" for key in verdict.signed_by),
            witnessed_by=verdict.witnessed_by,
            anchoring=verdict.anchoring.value,
            is_policy_of_folder=self._question.policy_file is None,
        )


def _policy(question: Question, folder: SealFolder) -> Policy | None:
    """Return whom to believe; None: the folder has no policy.

    Raises:
        InvalidInput: There is no file of that name.
        MalformedSeal: It is no policy.
    """
    if question.policy_file is None:
        content = folder.read(POLICY_PATH)
        return None if content is None else parse_policy(content)
    try:
        content = question.policy_file.read_bytes()
    except OSError as error:
        raise InvalidInput(
            field="policy", value=str(question.policy_file), allowed="a file that can be read"
        ) from error
    return parse_policy(content)


def _verdict(content: bytes, policy: Policy, *, subject: Subject = Subject.SEAL_FILE) -> Verdict:
    """Return who vouches for a checkpoint.

    Raises:
        Deviates: Nobody whom the policy believes, or it can't be read.
    """
    try:
        return policy.verdict(parse_note(content))
    except (SealRefused, MalformedSeal) as error:
        raise Deviates(
            Deviation(
                fault=Fault.ALTERED,
                subject=subject,
                ids={"checkpoint": content.decode(errors="replace").partition("\n")[0]},
                sentence=f"The checkpoint is not believed: {error.message}",
            )
        ) from error


def _failed(outcome: Outcome, deviation: Deviation) -> Verification:
    return Verification(outcome=outcome, sentence=deviation.sentence, deviation=deviation)


def _fork_deviation(error: ForkBroken) -> Deviation:
    entry = error.entry
    if entry is None:
        return Deviation(fault=Fault.ALTERED, subject=Subject.SEAL_FILE, ids={}, sentence=error.message)
    is_event = entry.kind == "event"
    ids = {"event": str(entry.first_id)} if is_event else {"calls": f"{entry.first_id} to {entry.last_id}"}
    subject = Subject.EVENT if is_event else Subject.CALL
    return Deviation(fault=Fault.ALTERED, subject=subject, ids=ids, sentence=error.message)
