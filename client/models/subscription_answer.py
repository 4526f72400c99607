from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.renewal_terms import RenewalTerms


T = TypeVar("T", bound="SubscriptionAnswer")


@_attrs_define
class SubscriptionAnswer:
    """A subscription with the catalog's name of its plan.

    Attributes:
        subscription_id (str):
        plan_id (str):
        plan_name (str):
        quantity (int):
        status (str): none, active, pending, suspended, expired, disabled or deleted.
        term (str):
        billing_cycle (str):
        contract_type (str):
        is_trial (bool):
        order_id (str):
        started_at (datetime.datetime):
        cancellable_until (datetime.datetime | None): null: it may be cancelled at any time.
        parent_subscription_id (str): Subscription that it is an add-on of, or "".
        plan (str):
        renewal (None | RenewalTerms | Unset):
        suspension_reasons (list[str] | None | Unset):
        friendly_name (None | str | Unset):
    """

    subscription_id: str
    plan_id: str
    plan_name: str
    quantity: int
    status: str
    term: str
    billing_cycle: str
    contract_type: str
    is_trial: bool
    order_id: str
    started_at: datetime.datetime
    cancellable_until: datetime.datetime | None
    parent_subscription_id: str
    plan: str
    renewal: None | RenewalTerms | Unset = UNSET
    suspension_reasons: list[str] | None | Unset = UNSET
    friendly_name: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.renewal_terms import RenewalTerms  # noqa: PLC0415

        subscription_id = self.subscription_id

        plan_id = self.plan_id

        plan_name = self.plan_name

        quantity = self.quantity

        status = self.status

        term = self.term

        billing_cycle = self.billing_cycle

        contract_type = self.contract_type

        is_trial = self.is_trial

        order_id = self.order_id

        started_at = self.started_at.isoformat()

        cancellable_until: None | str
        if isinstance(self.cancellable_until, datetime.datetime):
            cancellable_until = self.cancellable_until.isoformat()
        else:
            cancellable_until = self.cancellable_until

        parent_subscription_id = self.parent_subscription_id

        plan = self.plan

        renewal: dict[str, Any] | None | Unset
        if isinstance(self.renewal, Unset):
            renewal = UNSET
        elif isinstance(self.renewal, RenewalTerms):
            renewal = self.renewal.to_dict()
        else:
            renewal = self.renewal

        suspension_reasons: list[str] | None | Unset
        if isinstance(self.suspension_reasons, Unset):
            suspension_reasons = UNSET
        elif isinstance(self.suspension_reasons, list):
            suspension_reasons = self.suspension_reasons

        else:
            suspension_reasons = self.suspension_reasons

        friendly_name: None | str | Unset
        if isinstance(self.friendly_name, Unset):
            friendly_name = UNSET
        else:
            friendly_name = self.friendly_name

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "subscription_id": subscription_id,
                "plan_id": plan_id,
                "plan_name": plan_name,
                "quantity": quantity,
                "status": status,
                "term": term,
                "billing_cycle": billing_cycle,
                "contract_type": contract_type,
                "is_trial": is_trial,
                "order_id": order_id,
                "started_at": started_at,
                "cancellable_until": cancellable_until,
                "parent_subscription_id": parent_subscription_id,
                "plan": plan,
            }
        )
        if renewal is not UNSET:
            field_dict["renewal"] = renewal
        if suspension_reasons is not UNSET:
            field_dict["suspension_reasons"] = suspension_reasons
        if friendly_name is not UNSET:
            field_dict["friendly_name"] = friendly_name

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.renewal_terms import RenewalTerms  # noqa: PLC0415

        d = dict(src_dict)
        subscription_id = d.pop("subscription_id")

        plan_id = d.pop("plan_id")

        plan_name = d.pop("plan_name")

        quantity = d.pop("quantity")

        status = d.pop("status")

        term = d.pop("term")

        billing_cycle = d.pop("billing_cycle")

        contract_type = d.pop("contract_type")

        is_trial = d.pop("is_trial")

        order_id = d.pop("order_id")

        started_at = datetime.datetime.fromisoformat(d.pop("started_at"))

        def _parse_cancellable_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                cancellable_until_type_0 = datetime.datetime.fromisoformat(data)

                return cancellable_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        cancellable_until = _parse_cancellable_until(d.pop("cancellable_until"))

        parent_subscription_id = d.pop("parent_subscription_id")

        plan = d.pop("plan")

        def _parse_renewal(data: object) -> None | RenewalTerms | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                renewal_type_0 = RenewalTerms.from_dict(data)

                return renewal_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RenewalTerms | Unset, data)

        renewal = _parse_renewal(d.pop("renewal", UNSET))

        def _parse_suspension_reasons(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                suspension_reasons_type_0 = cast(list[str], data)

                return suspension_reasons_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        suspension_reasons = _parse_suspension_reasons(d.pop("suspension_reasons", UNSET))

        def _parse_friendly_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        friendly_name = _parse_friendly_name(d.pop("friendly_name", UNSET))

        subscription_answer = cls(
            subscription_id=subscription_id,
            plan_id=plan_id,
            plan_name=plan_name,
            quantity=quantity,
            status=status,
            term=term,
            billing_cycle=billing_cycle,
            contract_type=contract_type,
            is_trial=is_trial,
            order_id=order_id,
            started_at=started_at,
            cancellable_until=cancellable_until,
            parent_subscription_id=parent_subscription_id,
            plan=plan,
            renewal=renewal,
            suspension_reasons=suspension_reasons,
            friendly_name=friendly_name,
        )

        subscription_answer.additional_properties = d
        return subscription_answer

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
