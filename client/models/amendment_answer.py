from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amended_side import AmendedSide
    from ..models.quote_answer import QuoteAnswer
    from ..models.reason_answer import ReasonAnswer


T = TypeVar("T", bound="AmendmentAnswer")


@_attrs_define
class AmendmentAnswer:
    """What another number of licenses would cost, and whether it may be.

    Attributes:
        switch_id (str):
        is_allowed (bool):
        why_not (str):
        reasons (list[ReasonAnswer]):
        plan_id (str):
        plan (str):
        quantity_before (int):
        quantity (int):
        users (int):
        takes_effect (str):
        digest (str): What the operator accepts: from which quote to which.
        currency (str):
        on (datetime.date): The day of both sides below: as if the switch completed today.
        before (AmendedSide): The first day's money of one quantity.
        after (AmendedSide): The first day's money of one quantity.
        loss_to_accept (None | str):
        loss_to_accept_text (None | str):
        quote (QuoteAnswer): A quote with its table by day; the first day's total is the total.
    """

    switch_id: str
    is_allowed: bool
    why_not: str
    reasons: list[ReasonAnswer]
    plan_id: str
    plan: str
    quantity_before: int
    quantity: int
    users: int
    takes_effect: str
    digest: str
    currency: str
    on: datetime.date
    before: AmendedSide
    after: AmendedSide
    loss_to_accept: None | str
    loss_to_accept_text: None | str
    quote: QuoteAnswer
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        is_allowed = self.is_allowed

        why_not = self.why_not

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item = reasons_item_data.to_dict()
            reasons.append(reasons_item)

        plan_id = self.plan_id

        plan = self.plan

        quantity_before = self.quantity_before

        quantity = self.quantity

        users = self.users

        takes_effect = self.takes_effect

        digest = self.digest

        currency = self.currency

        on = self.on.isoformat()

        before = self.before.to_dict()

        after = self.after.to_dict()

        loss_to_accept: None | str
        loss_to_accept = self.loss_to_accept

        loss_to_accept_text: None | str
        loss_to_accept_text = self.loss_to_accept_text

        quote = self.quote.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "is_allowed": is_allowed,
                "why_not": why_not,
                "reasons": reasons,
                "plan_id": plan_id,
                "plan": plan,
                "quantity_before": quantity_before,
                "quantity": quantity,
                "users": users,
                "takes_effect": takes_effect,
                "digest": digest,
                "currency": currency,
                "on": on,
                "before": before,
                "after": after,
                "loss_to_accept": loss_to_accept,
                "loss_to_accept_text": loss_to_accept_text,
                "quote": quote,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amended_side import AmendedSide  # noqa: PLC0415
        from ..models.quote_answer import QuoteAnswer  # noqa: PLC0415
        from ..models.reason_answer import ReasonAnswer  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        is_allowed = d.pop("is_allowed")

        why_not = d.pop("why_not")

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = ReasonAnswer.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        plan_id = d.pop("plan_id")

        plan = d.pop("plan")

        quantity_before = d.pop("quantity_before")

        quantity = d.pop("quantity")

        users = d.pop("users")

        takes_effect = d.pop("takes_effect")

        digest = d.pop("digest")

        currency = d.pop("currency")

        on = datetime.date.fromisoformat(d.pop("on"))

        before = AmendedSide.from_dict(d.pop("before"))

        after = AmendedSide.from_dict(d.pop("after"))

        def _parse_loss_to_accept(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        loss_to_accept = _parse_loss_to_accept(d.pop("loss_to_accept"))

        def _parse_loss_to_accept_text(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        loss_to_accept_text = _parse_loss_to_accept_text(d.pop("loss_to_accept_text"))

        quote = QuoteAnswer.from_dict(d.pop("quote"))

        amendment_answer = cls(
            switch_id=switch_id,
            is_allowed=is_allowed,
            why_not=why_not,
            reasons=reasons,
            plan_id=plan_id,
            plan=plan,
            quantity_before=quantity_before,
            quantity=quantity,
            users=users,
            takes_effect=takes_effect,
            digest=digest,
            currency=currency,
            on=on,
            before=before,
            after=after,
            loss_to_accept=loss_to_accept,
            loss_to_accept_text=loss_to_accept_text,
            quote=quote,
        )

        amendment_answer.additional_properties = d
        return amendment_answer

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
