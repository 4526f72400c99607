from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.approval_state import ApprovalState, check_approval_state

if TYPE_CHECKING:
    from ..models.approval_fact import ApprovalFact


T = TypeVar("T", bound="ApprovalAnswer")


@_attrs_define
class ApprovalAnswer:
    """A request for an approval as it is now.

    Attributes:
        approval_id (str):
        state (ApprovalState): What became of a request for an approval.
        organization_id (str):
        organization_name (str): "" where nobody says.
        switch_id (str): The switch that it would start or that it commands; "" for an act on a product.
        command (str): start, wait, the name of a command such as cancel, or product_ and the name of an act.
        request_id (str):
        requested_by (str):
        requested_at (datetime.datetime):
        reason (str): Why it is wanted.
        needs (list[str]): Why it needs an approval.
        would (list[ApprovalFact]): What it would do, as the preview says it.
        users (int): Users who move because of it.
        amount_minor_units (int): The most that it costs, with tax; 0 in currency "" where it costs nothing.
        currency (str):
        digest (str): Of exactly what will be carried out; a decision names it.
        expires_at (datetime.datetime):
        decided_by (str): Who approved or refused it, "" where nobody did.
        decided_at (datetime.datetime | None):
        decision_reason (str):
        outcome_code (str): What became of it when it was carried out, or why it counts no more; "" where there is
            nothing to tell.
        outcome (str):
        why_not (str): Why the caller may not decide about it now; "" where they may.
    """

    approval_id: str
    state: ApprovalState
    organization_id: str
    organization_name: str
    switch_id: str
    command: str
    request_id: str
    requested_by: str
    requested_at: datetime.datetime
    reason: str
    needs: list[str]
    would: list[ApprovalFact]
    users: int
    amount_minor_units: int
    currency: str
    digest: str
    expires_at: datetime.datetime
    decided_by: str
    decided_at: datetime.datetime | None
    decision_reason: str
    outcome_code: str
    outcome: str
    why_not: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        approval_id = self.approval_id

        state: str = self.state

        organization_id = self.organization_id

        organization_name = self.organization_name

        switch_id = self.switch_id

        command = self.command

        request_id = self.request_id

        requested_by = self.requested_by

        requested_at = self.requested_at.isoformat()

        reason = self.reason

        needs = self.needs

        would = []
        for would_item_data in self.would:
            would_item = would_item_data.to_dict()
            would.append(would_item)

        users = self.users

        amount_minor_units = self.amount_minor_units

        currency = self.currency

        digest = self.digest

        expires_at = self.expires_at.isoformat()

        decided_by = self.decided_by

        decided_at: None | str
        if isinstance(self.decided_at, datetime.datetime):
            decided_at = self.decided_at.isoformat()
        else:
            decided_at = self.decided_at

        decision_reason = self.decision_reason

        outcome_code = self.outcome_code

        outcome = self.outcome

        why_not = self.why_not

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "approval_id": approval_id,
                "state": state,
                "organization_id": organization_id,
                "organization_name": organization_name,
                "switch_id": switch_id,
                "command": command,
                "request_id": request_id,
                "requested_by": requested_by,
                "requested_at": requested_at,
                "reason": reason,
                "needs": needs,
                "would": would,
                "users": users,
                "amount_minor_units": amount_minor_units,
                "currency": currency,
                "digest": digest,
                "expires_at": expires_at,
                "decided_by": decided_by,
                "decided_at": decided_at,
                "decision_reason": decision_reason,
                "outcome_code": outcome_code,
                "outcome": outcome,
                "why_not": why_not,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.approval_fact import ApprovalFact  # noqa: PLC0415

        d = dict(src_dict)
        approval_id = d.pop("approval_id")

        state = check_approval_state(d.pop("state"))

        organization_id = d.pop("organization_id")

        organization_name = d.pop("organization_name")

        switch_id = d.pop("switch_id")

        command = d.pop("command")

        request_id = d.pop("request_id")

        requested_by = d.pop("requested_by")

        requested_at = datetime.datetime.fromisoformat(d.pop("requested_at"))

        reason = d.pop("reason")

        needs = cast(list[str], d.pop("needs"))

        would = []
        _would = d.pop("would")
        for would_item_data in _would:
            would_item = ApprovalFact.from_dict(would_item_data)

            would.append(would_item)

        users = d.pop("users")

        amount_minor_units = d.pop("amount_minor_units")

        currency = d.pop("currency")

        digest = d.pop("digest")

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        decided_by = d.pop("decided_by")

        def _parse_decided_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                decided_at_type_0 = datetime.datetime.fromisoformat(data)

                return decided_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        decided_at = _parse_decided_at(d.pop("decided_at"))

        decision_reason = d.pop("decision_reason")

        outcome_code = d.pop("outcome_code")

        outcome = d.pop("outcome")

        why_not = d.pop("why_not")

        approval_answer = cls(
            approval_id=approval_id,
            state=state,
            organization_id=organization_id,
            organization_name=organization_name,
            switch_id=switch_id,
            command=command,
            request_id=request_id,
            requested_by=requested_by,
            requested_at=requested_at,
            reason=reason,
            needs=needs,
            would=would,
            users=users,
            amount_minor_units=amount_minor_units,
            currency=currency,
            digest=digest,
            expires_at=expires_at,
            decided_by=decided_by,
            decided_at=decided_at,
            decision_reason=decision_reason,
            outcome_code=outcome_code,
            outcome=outcome,
            why_not=why_not,
        )

        approval_answer.additional_properties = d
        return approval_answer

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
