"""The check of a bundle, without database and server: proofs first, then what follows from them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from audit.approvals.proofs import PROVED_TOPICS, event_facts, proof_of
from audit.bundle.archive import BundleArchive, json_member
from audit.bundle.call_rows import check_calls
from audit.bundle.contents import Sealed, check_streams, read_sealed
from audit.bundle.derivation import WORDED, Beside, Derived, derive, organization_of, state_of
from audit.bundle.errors import BundleRefused
from audit.bundle.findings import BundleFinding, Findings, Kind
from audit.bundle.forks import BundleFork, check_forks
from audit.bundle.members import (
    CATALOG,
    CHECKPOINT,
    FORKS,
    FORMAT,
    HISTORIES,
    HISTORY_MEMBER,
    INDEX,
    MOVES,
    PAGE,
    POLICY,
    REPORT,
    REQUIRED,
    ROSTER,
    STATE_ENDING,
    event_member,
)
from audit.bundle.user_rows import check_moves, check_roster, move_rows
from audit.report.amounts import Amount, bill_of
from audit.report.facts import catalog_version_of, require_deadlines
from audit.report.page import figures_of, numbers_of
from audit.story.holdings import journal_story
from audit.transparency.notes import parse_note
from audit.transparency.policies import Anchoring, Verdict, parse_policy
from domain.kernel.errors import InvalidInput
from domain.text.json_text import read_json
from store.core.rows import RecordedCall

PACKAGE = "planswitch"
_NAMED_BY_DIGEST = re.compile(r"-([0-9a-f]{8})$")
_FOLLOWS = "It is not what follows from the sealed events."


@dataclass(frozen=True, kw_only=True, slots=True)
class BundleReport:
    """What the check of a bundle came to."""

    #: "" where the bundle does not say it.
    switch_id: str
    organization_id: str
    #: Everything that is wrong; nothing where the bundle holds.
    findings: tuple[BundleFinding, ...]
    #: Findings beyond those that are listed.
    more_findings: int
    #: None where no signature of the checkpoint is believed.
    anchoring: Anchoring | None
    origin: str = ""
    tree_size: int = 0
    signed_by: tuple[str, ...] = ()
    witnessed_by: tuple[str, ...] = ()
    #: The policy came from the bundle, so it proves nothing about its keys.
    has_own_policy: bool = True
    events: int = 0
    streams: int = 0
    calls: int = 0
    users: int = 0
    amounts: tuple[Amount, ...] = ()
    #: Approvals whose signature is right, and the names of the keys that signed them.
    approvals: int = 0
    approval_keys: tuple[str, ...] = ()
    #: How the switch ended or stands, as this check computes it.
    verdict: str = ""
    #: Outcome and final state, as computed again.
    figures: dict[str, str] = field(default_factory=dict)
    #: Logs before the one that seals the switch, the newest first.
    forks: tuple[BundleFork, ...] = ()
    #: What could not be compared, and why.
    remarks: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.findings


def verify_bundle(
    path: Path, policy: bytes | None = None, approval_keys: tuple[str, ...] = ()
) -> BundleReport:
    """Check a bundle from its signature to its last amount.

    Args:
        path: The file.
        policy: The auditor's own policy; None takes that of the bundle, which proves nothing about its keys.
        approval_keys: Names of the keys that may have signed approvals; none: any key.

    Returns:
        All that is wrong, and what the bundle proves.

    Raises:
        InvalidInput: There is no such file.
        MalformedSeal: The auditor's policy is none.
    """
    if not path.is_file():
        raise InvalidInput(field="bundle", value=str(path), allowed="a file that `audit export` wrote")
    if policy is not None:
        parse_policy(policy)
    check = _Check(policy, approval_keys)
    try:
        with BundleArchive(path) as archive:
            check.run(archive)
    except BundleRefused as error:
        check.findings.add(Kind.UNREADABLE, error.member, error.message)
    return check.report()


class _Check:
    """One check of one bundle; what fails is written down, and the rest is checked all the same."""

    def __init__(self, policy: bytes | None, approval_keys: tuple[str, ...] = ()) -> None:
        self.findings = Findings()
        self._policy = policy
        self._trusted_keys = approval_keys
        #: Name of the key of each approval, "" where it has none.
        self._approval_keys: list[str] = []
        self._index: dict[str, Any] = {}
        self._seal: Verdict | None = None
        self._sealed = Sealed()
        self._calls: tuple[RecordedCall, ...] = ()
        self._users = (0, 0)
        self._derived: Derived | None = None
        self._remarks: list[str] = []
        self._forks: tuple[BundleFork, ...] = ()

    def run(self, archive: BundleArchive) -> None:
        """Check everything."""
        self._check_index(archive)
        self._check_seal(archive)
        self._sealed = read_sealed(archive, self.findings)
        with self.findings.of(FORKS):
            self._forks = check_forks(archive, {str(each) for each in self._sealed.streams}, self.findings)
        switch_id = str(self._index.get("switch_id", ""))
        check_streams(self._sealed, switch_id, self.findings)
        with self.findings.of(INDEX):
            if not self._sealed.of_switch(switch_id):
                self.findings.add(Kind.MISSING, INDEX, f"No event belongs to switch {switch_id!r}.")
                return
        self._check_approvals(switch_id)
        self._check_rows(archive, switch_id)
        self._check_catalog(archive, switch_id)
        self._check_derived(archive, switch_id)

    def report(self) -> BundleReport:
        """Return what was found."""
        seal, derived = self._seal, self._derived
        return BundleReport(
            switch_id=str(self._index.get("switch_id", "")),
            organization_id=str(self._index.get("organization_id", "")),
            findings=self.findings.findings,
            more_findings=self.findings.more,
            anchoring=seal.anchoring if seal else None,
            origin=seal.checkpoint.origin if seal else "",
            tree_size=seal.checkpoint.size if seal else 0,
            signed_by=tuple(f"{key.name}+{key.key_id.hex()}" for key in seal.signed_by) if seal else (),
            witnessed_by=seal.witnessed_by if seal else (),
            has_own_policy=self._policy is None,
            events=len(self._sealed.events),
            streams=len(self._sealed.streams),
            calls=len(self._calls),
            users=self._users[0],
            amounts=tuple(derived.amounts) if derived else (),
            approvals=len([key for key in self._approval_keys if key]),
            approval_keys=tuple(sorted({*self._approval_keys} - {""})),
            verdict=derived.report.words["verdict"] if derived else "",
            figures=dict(derived.report.figures) if derived else {},
            forks=self._forks,
            remarks=tuple(self._remarks),
        )

    def _check_index(self, archive: BundleArchive) -> None:
        """Compare the list of the members with the members."""
        with self.findings.of(INDEX):
            index = _index(archive.content(INDEX))
            self._index = index
            listed = {each["name"]: (each["bytes"], each["sha256"]) for each in index["members"]}
            for name in (*listed, *REQUIRED):
                if name not in archive.names:
                    self.findings.add(Kind.MISSING, name, "It is missing.")
            for name in archive.names:
                if name == INDEX:
                    continue
                if name not in listed:
                    self.findings.add(Kind.EXTRA, name, f"{INDEX} does not list it.")
                elif archive.digest(name) != listed[name]:
                    self.findings.add(Kind.ALTERED, name, f"Its bytes are not those that {INDEX} lists.")
        self._check_histories(archive)

    def _check_histories(self, archive: BundleArchive) -> None:
        """Look whether each history that is there is one that the list of them has."""
        with self.findings.of(HISTORIES):
            listed = read_json(archive.content(HISTORIES), field=HISTORIES)["histories"]
            names = {each["member"] for each in listed if each["member"]}
            present = {name for name in archive.names if HISTORY_MEMBER.fullmatch(name)}
            for name in sorted(present - names):
                self.findings.add(Kind.EXTRA, name, f"{HISTORIES} does not list it.")
            for name in sorted(names - present):
                self.findings.add(Kind.MISSING, name, "It is missing.")

    def _check_seal(self, archive: BundleArchive) -> None:
        """Look who signed the checkpoint."""
        with self.findings.of(POLICY):
            own = parse_policy(archive.content(POLICY))
            policy = own if self._policy is None else parse_policy(self._policy)
            with self.findings.of(CHECKPOINT, Kind.UNSIGNED):
                self._seal = policy.verdict(parse_note(archive.content(CHECKPOINT)))
            if self._policy is not None:
                with self.findings.of(POLICY, Kind.UNSIGNED):
                    own.verdict(parse_note(archive.content(CHECKPOINT)))

    def _check_approvals(self, switch_id: str) -> None:
        """Check the signature of each approval, and compare what its event says with what was signed."""
        for event in self._sealed.of_switch(switch_id):
            if event.topic not in PROVED_TOPICS:
                continue
            member = event_member(event.id, STATE_ENDING)
            with self.findings.of(member):
                facts = event_facts(event.state)
                proof = proof_of(event.topic, facts, trusted=self._trusted_keys or None)
                self._approval_keys.append(proof.key_id)
                if proof.faults:
                    about = f"The approval of event {event.id} is not as it was signed."
                    self.findings.add(Kind.ALTERED, member, " ".join((about, *proof.faults)))
        unsigned = self._approval_keys.count("")
        if unsigned:
            self._remarks.append(f"{unsigned} approvals have no signature that can be checked here.")

    def _check_rows(self, archive: BundleArchive, switch_id: str) -> None:
        events = self._sealed.of_switch(switch_id)
        roster = rows = 0
        with self.findings.of(ROSTER):
            roster = check_roster(archive, events, self.findings)
        with self.findings.of(MOVES):
            rows = check_moves(archive, events, self.findings)
        self._users = (roster, rows)
        self._calls = check_calls(archive, self._sealed.ranges, switch_id, self.findings)

    def _check_catalog(self, archive: BundleArchive, switch_id: str) -> None:
        """Compare the catalog with the digest in the name of its version, where it is named so."""
        with self.findings.of(CATALOG):
            name = catalog_version_of(self._sealed.of_switch(switch_id))
            digest = _NAMED_BY_DIGEST.search(name)
            if digest is None:
                self._remarks.append(
                    f"Catalog version {name!r} has no digest in its name, so nothing proves the catalog."
                )
            elif not archive.digest(CATALOG)[1].startswith(digest[1]):
                self.findings.add(
                    Kind.ALTERED,
                    CATALOG,
                    f"It is not catalog {name}: its sha256 begins not with {digest[1]}.",
                )

    def _check_derived(self, archive: BundleArchive, switch_id: str) -> None:
        """Compute everything again that follows from the sealed part, and compare it."""
        if self._seal is None:
            return
        events = self._sealed.of_switch(switch_id)
        computations = (bill_of, require_deadlines, lambda _: state_of(self._sealed, switch_id))
        for compute in computations:
            with self.findings.of(REPORT, Kind.DIFFERENT):
                compute(events)
        with self.findings.of(REPORT, Kind.DIFFERENT):
            if organization_of(events) != self._index["organization_id"]:
                self.findings.add(Kind.ALTERED, INDEX, f"The switch is one of {organization_of(events)}.")
            self._derived = derive(
                self._sealed,
                self._beside(archive),
                # The report was written by whoever made the bundle, by the policy that lies beside it.
                parse_policy(archive.content(POLICY)).verdict(parse_note(archive.content(CHECKPOINT))),
                switch_id=switch_id,
                product_version=str(self._index["product_version"]),
            )
            self._check_amounts()
            for difference in journal_story(events).differences:
                self.findings.add(Kind.DIFFERENT, REPORT, f"The journal does not fit: {difference}.")
        if self._derived is not None:
            self._compare(archive, self._derived)

    def _beside(self, archive: BundleArchive) -> Beside:
        roster, rows = self._users
        answered = [row for _, row in move_rows(archive) if row.request_id]
        return Beside(calls=self._calls, roster=roster, rows=rows, answered=answered)

    def _check_amounts(self) -> None:
        for each in self._derived.amounts if self._derived else ():
            if not each.is_right:
                self.findings.add(
                    Kind.DIFFERENT,
                    event_member(each.position, STATE_ENDING),
                    f"The {each.name} is {each.stated}; computed again it is {each.computed}.",
                )

    def _compare(self, archive: BundleArchive, derived: Derived) -> None:
        """Compare each member that follows from the sealed part with what it must be."""
        is_own_version = self._index["product_version"] == version(PACKAGE)
        if not is_own_version:
            self._remarks.append(
                f"Version {self._index['product_version']} made the bundle and {version(PACKAGE)} checks it: "
                "figures are compared, words are not."
            )
        with self.findings.of(REPORT):
            self._compare_figures(
                REPORT, read_json(archive.content(REPORT), field=REPORT)["figures"], derived
            )
        with self.findings.of(PAGE):
            page = archive.content(PAGE)
            self._compare_figures(PAGE, figures_of(page), derived)
            # Words of another version are not compared, but no number may stand in them that is nowhere else.
            for number in sorted(numbers_of(page) - numbers_of(derived.members[PAGE])):
                self.findings.add(Kind.DIFFERENT, PAGE, f"It says {number}, which no sealed event leads to.")
        for name, content in derived.members.items():
            if is_own_version or name not in (*WORDED, REPORT):
                with self.findings.of(name):
                    if archive.content(name) != content:
                        self.findings.add(Kind.DIFFERENT, name, _FOLLOWS)

    def _compare_figures(self, member: str, figures: dict[str, str], derived: Derived) -> None:
        expected = derived.report.figures
        for name in sorted(figures.keys() | expected.keys()):
            was, should = figures.get(name), expected.get(name)
            if was != should and not (member == PAGE and was is None):
                self.findings.add(
                    Kind.DIFFERENT, member, f"It says {name} {was!r}; by the sealed events it is {should!r}."
                )


def _index(content: bytes) -> dict[str, Any]:
    """Return what the index says.

    Raises:
        ValueError: It is the index of no bundle that is known here.
    """
    index: dict[str, Any] = read_json(content, field=INDEX)
    if index["format"] != FORMAT:
        raise ValueError(f"format {index['format']!r}, and {FORMAT} is read")
    if json_member(index) != content:
        raise ValueError("another spelling than bundles have")
    return index
