from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.checkout_body_payment_method_type_0 import (
    CheckoutBodyPaymentMethodType0,
    check_checkout_body_payment_method_type_0,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="CheckoutBody")


@_attrs_define
class CheckoutBody:
    """What to draft an order of; every other section begins with what is usual.

    Attributes:
        organization_id (str):
        target_plan (str): Id, part number, name or alias of a plan of the catalog.
        source_subscription_id (None | str | Unset): The seller's id; null is the organization's only active plan.
        quantity (int | None | Unset): Licenses to order; null orders as many as the source has.
        payment_method (CheckoutBodyPaymentMethodType0 | None | Unset): null is how the organization pays now.
        rule_set (str | Unset):  Default: 'current'.
        policy (str | Unset):  Default: 'per_day'.
        request_id (str | Unset): The same id is one checkout, however often it is sent.
        reason (str | Unset):  Default: ''.
    """

    organization_id: str
    target_plan: str
    source_subscription_id: None | str | Unset = UNSET
    quantity: int | None | Unset = UNSET
    payment_method: CheckoutBodyPaymentMethodType0 | None | Unset = UNSET
    rule_set: str | Unset = "current"
    policy: str | Unset = "per_day"
    request_id: str | Unset = UNSET
    reason: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        organization_id = self.organization_id

        target_plan = self.target_plan

        source_subscription_id: None | str | Unset
        if isinstance(self.source_subscription_id, Unset):
            source_subscription_id = UNSET
        else:
            source_subscription_id = self.source_subscription_id

        quantity: int | None | Unset
        if isinstance(self.quantity, Unset):
            quantity = UNSET
        else:
            quantity = self.quantity

        payment_method: None | str | Unset
        if isinstance(self.payment_method, Unset):
            payment_method = UNSET
        elif isinstance(self.payment_method, str):
            payment_method = self.payment_method
        else:
            payment_method = self.payment_method

        rule_set = self.rule_set

        policy = self.policy

        request_id = self.request_id

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "organization_id": organization_id,
                "target_plan": target_plan,
            }
        )
        if source_subscription_id is not UNSET:
            field_dict["source_subscription_id"] = source_subscription_id
        if quantity is not UNSET:
            field_dict["quantity"] = quantity
        if payment_method is not UNSET:
            field_dict["payment_method"] = payment_method
        if rule_set is not UNSET:
            field_dict["rule_set"] = rule_set
        if policy is not UNSET:
            field_dict["policy"] = policy
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if reason is not UNSET:
            field_dict["reason"] = reason

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        organization_id = d.pop("organization_id")

        target_plan = d.pop("target_plan")

        def _parse_source_subscription_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        source_subscription_id = _parse_source_subscription_id(d.pop("source_subscription_id", UNSET))

        def _parse_quantity(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        quantity = _parse_quantity(d.pop("quantity", UNSET))

        def _parse_payment_method(data: object) -> CheckoutBodyPaymentMethodType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                payment_method_type_0 = check_checkout_body_payment_method_type_0(data)

                return payment_method_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CheckoutBodyPaymentMethodType0 | None | Unset, data)

        payment_method = _parse_payment_method(d.pop("payment_method", UNSET))

        rule_set = d.pop("rule_set", UNSET)

        policy = d.pop("policy", UNSET)

        request_id = d.pop("request_id", UNSET)

        reason = d.pop("reason", UNSET)

        checkout_body = cls(
            organization_id=organization_id,
            target_plan=target_plan,
            source_subscription_id=source_subscription_id,
            quantity=quantity,
            payment_method=payment_method,
            rule_set=rule_set,
            policy=policy,
            request_id=request_id,
            reason=reason,
        )

        return checkout_body
