from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CheckoutLine")


@_attrs_define
class CheckoutLine:
    """A draft as a list shows it.

    Attributes:
        checkout_id (str):
        organization_id (str):
        source_subscription_id (str):
        target_plan_id (str):
        quantity (int):
        payment_method (str):
        credit_check (str): may_be_required or not_expected.
        state (str): open, ordered or abandoned.
        revision (int): Number of the log's last event.
        currency (str):
        expires_on (datetime.date): Last day on which the quote can be ordered.
        switch_id (str): Switch that the order led to; "" before it.
        refusal_code (str): Code of the last refusal, "" before any.
        started_by (str):
        started_at (datetime.datetime):
        changed_by (str):
        changed_at (datetime.datetime):
        incomplete_since (int | None): Revision from which on its events are missing here; null: nothing is missing.
        position (int): Newest notification that changed the row.
        total (str): With tax, when completed on the first day of the quote.
        total_minor_units (int):
        target_plan (str):
    """

    checkout_id: str
    organization_id: str
    source_subscription_id: str
    target_plan_id: str
    quantity: int
    payment_method: str
    credit_check: str
    state: str
    revision: int
    currency: str
    expires_on: datetime.date
    switch_id: str
    refusal_code: str
    started_by: str
    started_at: datetime.datetime
    changed_by: str
    changed_at: datetime.datetime
    incomplete_since: int | None
    position: int
    total: str
    total_minor_units: int
    target_plan: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        checkout_id = self.checkout_id

        organization_id = self.organization_id

        source_subscription_id = self.source_subscription_id

        target_plan_id = self.target_plan_id

        quantity = self.quantity

        payment_method = self.payment_method

        credit_check = self.credit_check

        state = self.state

        revision = self.revision

        currency = self.currency

        expires_on = self.expires_on.isoformat()

        switch_id = self.switch_id

        refusal_code = self.refusal_code

        started_by = self.started_by

        started_at = self.started_at.isoformat()

        changed_by = self.changed_by

        changed_at = self.changed_at.isoformat()

        incomplete_since: int | None
        incomplete_since = self.incomplete_since

        position = self.position

        total = self.total

        total_minor_units = self.total_minor_units

        target_plan = self.target_plan

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "checkout_id": checkout_id,
                "organization_id": organization_id,
                "source_subscription_id": source_subscription_id,
                "target_plan_id": target_plan_id,
                "quantity": quantity,
                "payment_method": payment_method,
                "credit_check": credit_check,
                "state": state,
                "revision": revision,
                "currency": currency,
                "expires_on": expires_on,
                "switch_id": switch_id,
                "refusal_code": refusal_code,
                "started_by": started_by,
                "started_at": started_at,
                "changed_by": changed_by,
                "changed_at": changed_at,
                "incomplete_since": incomplete_since,
                "position": position,
                "total": total,
                "total_minor_units": total_minor_units,
                "target_plan": target_plan,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        checkout_id = d.pop("checkout_id")

        organization_id = d.pop("organization_id")

        source_subscription_id = d.pop("source_subscription_id")

        target_plan_id = d.pop("target_plan_id")

        quantity = d.pop("quantity")

        payment_method = d.pop("payment_method")

        credit_check = d.pop("credit_check")

        state = d.pop("state")

        revision = d.pop("revision")

        currency = d.pop("currency")

        expires_on = datetime.date.fromisoformat(d.pop("expires_on"))

        switch_id = d.pop("switch_id")

        refusal_code = d.pop("refusal_code")

        started_by = d.pop("started_by")

        started_at = datetime.datetime.fromisoformat(d.pop("started_at"))

        changed_by = d.pop("changed_by")

        changed_at = datetime.datetime.fromisoformat(d.pop("changed_at"))

        def _parse_incomplete_since(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        incomplete_since = _parse_incomplete_since(d.pop("incomplete_since"))

        position = d.pop("position")

        total = d.pop("total")

        total_minor_units = d.pop("total_minor_units")

        target_plan = d.pop("target_plan")

        checkout_line = cls(
            checkout_id=checkout_id,
            organization_id=organization_id,
            source_subscription_id=source_subscription_id,
            target_plan_id=target_plan_id,
            quantity=quantity,
            payment_method=payment_method,
            credit_check=credit_check,
            state=state,
            revision=revision,
            currency=currency,
            expires_on=expires_on,
            switch_id=switch_id,
            refusal_code=refusal_code,
            started_by=started_by,
            started_at=started_at,
            changed_by=changed_by,
            changed_at=changed_at,
            incomplete_since=incomplete_since,
            position=position,
            total=total,
            total_minor_units=total_minor_units,
            target_plan=target_plan,
        )

        checkout_line.additional_properties = d
        return checkout_line

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
