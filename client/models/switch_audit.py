from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.audit_entry import AuditEntry
    from ..models.call_count import CallCount
    from ..models.finding_story import FindingStory
    from ..models.journal_story import JournalStory
    from ..models.lock import Lock
    from ..models.money_and_order import MoneyAndOrder
    from ..models.step_story import StepStory
    from ..models.story_verdict import StoryVerdict
    from ..models.told_refusal import ToldRefusal
    from ..models.users import Users
    from ..models.wait import Wait
    from ..models.workflow_trouble import WorkflowTrouble


T = TypeVar("T", bound="SwitchAudit")


@_attrs_define
class SwitchAudit:
    """The story of one switch.

    Attributes:
        switch_id (str):
        organization_id (str):
        verdict (StoryVerdict): How a switch ended or stands.
        users (Users): How many users a switch touched.
        money (MoneyAndOrder): The order and the money, as the events tell them; None is what did not happen.
        locks (list[Lock]):
        waits (list[Wait]):
        steps (list[StepStory]):
        events (list[AuditEntry]):
        provider_calls (list[CallCount]):
        refusals (list[ToldRefusal]): Every different refusal in the provider's own words, and how often it came.
        journal (JournalStory): Everything that the events of a switch did to the accounts.
        findings (list[FindingStory] | Unset): Remarks beside the answers to the request and to the move; they blocked
            nothing.
        open_points (list[FindingStory] | Unset): What is left to do by hand after it, each with its remedy.
        workflow_troubles (list[WorkflowTrouble] | Unset): What keeps its workflows from going on now, as the workers
            found it last; no part of the record.
    """

    switch_id: str
    organization_id: str
    verdict: StoryVerdict
    users: Users
    money: MoneyAndOrder
    locks: list[Lock]
    waits: list[Wait]
    steps: list[StepStory]
    events: list[AuditEntry]
    provider_calls: list[CallCount]
    refusals: list[ToldRefusal]
    journal: JournalStory
    findings: list[FindingStory] | Unset = UNSET
    open_points: list[FindingStory] | Unset = UNSET
    workflow_troubles: list[WorkflowTrouble] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        organization_id = self.organization_id

        verdict = self.verdict.to_dict()

        users = self.users.to_dict()

        money = self.money.to_dict()

        locks = []
        for locks_item_data in self.locks:
            locks_item = locks_item_data.to_dict()
            locks.append(locks_item)

        waits = []
        for waits_item_data in self.waits:
            waits_item = waits_item_data.to_dict()
            waits.append(waits_item)

        steps = []
        for steps_item_data in self.steps:
            steps_item = steps_item_data.to_dict()
            steps.append(steps_item)

        events = []
        for events_item_data in self.events:
            events_item = events_item_data.to_dict()
            events.append(events_item)

        provider_calls = []
        for provider_calls_item_data in self.provider_calls:
            provider_calls_item = provider_calls_item_data.to_dict()
            provider_calls.append(provider_calls_item)

        refusals = []
        for refusals_item_data in self.refusals:
            refusals_item = refusals_item_data.to_dict()
            refusals.append(refusals_item)

        journal = self.journal.to_dict()

        findings: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.findings, Unset):
            findings = []
            for findings_item_data in self.findings:
                findings_item = findings_item_data.to_dict()
                findings.append(findings_item)

        open_points: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.open_points, Unset):
            open_points = []
            for open_points_item_data in self.open_points:
                open_points_item = open_points_item_data.to_dict()
                open_points.append(open_points_item)

        workflow_troubles: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.workflow_troubles, Unset):
            workflow_troubles = []
            for workflow_troubles_item_data in self.workflow_troubles:
                workflow_troubles_item = workflow_troubles_item_data.to_dict()
                workflow_troubles.append(workflow_troubles_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "organization_id": organization_id,
                "verdict": verdict,
                "users": users,
                "money": money,
                "locks": locks,
                "waits": waits,
                "steps": steps,
                "events": events,
                "provider_calls": provider_calls,
                "refusals": refusals,
                "journal": journal,
            }
        )
        if findings is not UNSET:
            field_dict["findings"] = findings
        if open_points is not UNSET:
            field_dict["open_points"] = open_points
        if workflow_troubles is not UNSET:
            field_dict["workflow_troubles"] = workflow_troubles

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.audit_entry import AuditEntry  # noqa: PLC0415
        from ..models.call_count import CallCount  # noqa: PLC0415
        from ..models.finding_story import FindingStory  # noqa: PLC0415
        from ..models.journal_story import JournalStory  # noqa: PLC0415
        from ..models.lock import Lock  # noqa: PLC0415
        from ..models.money_and_order import MoneyAndOrder  # noqa: PLC0415
        from ..models.step_story import StepStory  # noqa: PLC0415
        from ..models.story_verdict import StoryVerdict  # noqa: PLC0415
        from ..models.told_refusal import ToldRefusal  # noqa: PLC0415
        from ..models.users import Users  # noqa: PLC0415
        from ..models.wait import Wait  # noqa: PLC0415
        from ..models.workflow_trouble import WorkflowTrouble  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        organization_id = d.pop("organization_id")

        verdict = StoryVerdict.from_dict(d.pop("verdict"))

        users = Users.from_dict(d.pop("users"))

        money = MoneyAndOrder.from_dict(d.pop("money"))

        locks = []
        _locks = d.pop("locks")
        for locks_item_data in _locks:
            locks_item = Lock.from_dict(locks_item_data)

            locks.append(locks_item)

        waits = []
        _waits = d.pop("waits")
        for waits_item_data in _waits:
            waits_item = Wait.from_dict(waits_item_data)

            waits.append(waits_item)

        steps = []
        _steps = d.pop("steps")
        for steps_item_data in _steps:
            steps_item = StepStory.from_dict(steps_item_data)

            steps.append(steps_item)

        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = AuditEntry.from_dict(events_item_data)

            events.append(events_item)

        provider_calls = []
        _provider_calls = d.pop("provider_calls")
        for provider_calls_item_data in _provider_calls:
            provider_calls_item = CallCount.from_dict(provider_calls_item_data)

            provider_calls.append(provider_calls_item)

        refusals = []
        _refusals = d.pop("refusals")
        for refusals_item_data in _refusals:
            refusals_item = ToldRefusal.from_dict(refusals_item_data)

            refusals.append(refusals_item)

        journal = JournalStory.from_dict(d.pop("journal"))

        _findings = d.pop("findings", UNSET)
        findings: list[FindingStory] | Unset = UNSET
        if _findings is not UNSET:
            findings = []
            for findings_item_data in _findings:
                findings_item = FindingStory.from_dict(findings_item_data)

                findings.append(findings_item)

        _open_points = d.pop("open_points", UNSET)
        open_points: list[FindingStory] | Unset = UNSET
        if _open_points is not UNSET:
            open_points = []
            for open_points_item_data in _open_points:
                open_points_item = FindingStory.from_dict(open_points_item_data)

                open_points.append(open_points_item)

        _workflow_troubles = d.pop("workflow_troubles", UNSET)
        workflow_troubles: list[WorkflowTrouble] | Unset = UNSET
        if _workflow_troubles is not UNSET:
            workflow_troubles = []
            for workflow_troubles_item_data in _workflow_troubles:
                workflow_troubles_item = WorkflowTrouble.from_dict(workflow_troubles_item_data)

                workflow_troubles.append(workflow_troubles_item)

        switch_audit = cls(
            switch_id=switch_id,
            organization_id=organization_id,
            verdict=verdict,
            users=users,
            money=money,
            locks=locks,
            waits=waits,
            steps=steps,
            events=events,
            provider_calls=provider_calls,
            refusals=refusals,
            journal=journal,
            findings=findings,
            open_points=open_points,
            workflow_troubles=workflow_troubles,
        )

        switch_audit.additional_properties = d
        return switch_audit

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
