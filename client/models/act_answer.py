from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.act_answer_result import ActAnswerResult
    from ..models.act_terms_answer import ActTermsAnswer


T = TypeVar("T", bound="ActAnswer")


@_attrs_define
class ActAnswer:
    """An act on a product, and how it stands.

    Attributes:
        organization_id (str):
        request_id (str):
        act (str):
        subscription_id (str):
        plan (str): Name of the plan that it is about; "" where it is about none, or beside what an act has just
            answered.
        outcome (str): done, refused or open.
        message (str):
        waits_for (str): What it waits for where it is open; "" elsewhere.
        code (str): Code of a refusal, or of what holds it up while it is open; "" elsewhere.
        actor (str):
        reason (str):
        at (datetime.datetime):
        ended_at (datetime.datetime | None):
        terms (ActTermsAnswer): What an act does, in figures.
        result (ActAnswerResult):
    """

    organization_id: str
    request_id: str
    act: str
    subscription_id: str
    plan: str
    outcome: str
    message: str
    waits_for: str
    code: str
    actor: str
    reason: str
    at: datetime.datetime
    ended_at: datetime.datetime | None
    terms: ActTermsAnswer
    result: ActAnswerResult
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        organization_id = self.organization_id

        request_id = self.request_id

        act = self.act

        subscription_id = self.subscription_id

        plan = self.plan

        outcome = self.outcome

        message = self.message

        waits_for = self.waits_for

        code = self.code

        actor = self.actor

        reason = self.reason

        at = self.at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        terms = self.terms.to_dict()

        result = self.result.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "organization_id": organization_id,
                "request_id": request_id,
                "act": act,
                "subscription_id": subscription_id,
                "plan": plan,
                "outcome": outcome,
                "message": message,
                "waits_for": waits_for,
                "code": code,
                "actor": actor,
                "reason": reason,
                "at": at,
                "ended_at": ended_at,
                "terms": terms,
                "result": result,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.act_answer_result import ActAnswerResult  # noqa: PLC0415
        from ..models.act_terms_answer import ActTermsAnswer  # noqa: PLC0415

        d = dict(src_dict)
        organization_id = d.pop("organization_id")

        request_id = d.pop("request_id")

        act = d.pop("act")

        subscription_id = d.pop("subscription_id")

        plan = d.pop("plan")

        outcome = d.pop("outcome")

        message = d.pop("message")

        waits_for = d.pop("waits_for")

        code = d.pop("code")

        actor = d.pop("actor")

        reason = d.pop("reason")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        terms = ActTermsAnswer.from_dict(d.pop("terms"))

        result = ActAnswerResult.from_dict(d.pop("result"))

        act_answer = cls(
            organization_id=organization_id,
            request_id=request_id,
            act=act,
            subscription_id=subscription_id,
            plan=plan,
            outcome=outcome,
            message=message,
            waits_for=waits_for,
            code=code,
            actor=actor,
            reason=reason,
            at=at,
            ended_at=ended_at,
            terms=terms,
            result=result,
        )

        act_answer.additional_properties = d
        return act_answer

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
