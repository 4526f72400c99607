from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.purchase_body_payment_method_type_0 import (
    PurchaseBodyPaymentMethodType0,
    check_purchase_body_payment_method_type_0,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="PurchaseBody")


@_attrs_define
class PurchaseBody:
    """A subscription to buy.

    Attributes:
        reason (str):
        plan (str): Id, part number, name or alias of a plan.
        quantity (int):
        request_id (str | Unset):
        preview (bool | Unset): Only say what it would do. Default: False.
        total_minor_units (int | None | Unset): What was shown and is accepted to be paid, in minor units.
        accept (bool | Unset): Accept what it costs, unseen. Default: False.
        accept_loss (bool | Unset): Accept that users lose what the licenses give, or that prepaid value is lost.
            Default: False.
        term (str | Unset):  Default: 'P1M'.
        billing_cycle (str | Unset):  Default: 'monthly'.
        payment_method (None | PurchaseBodyPaymentMethodType0 | Unset): null: as the organization pays now.
    """

    reason: str
    plan: str
    quantity: int
    request_id: str | Unset = UNSET
    preview: bool | Unset = False
    total_minor_units: int | None | Unset = UNSET
    accept: bool | Unset = False
    accept_loss: bool | Unset = False
    term: str | Unset = "P1M"
    billing_cycle: str | Unset = "monthly"
    payment_method: None | PurchaseBodyPaymentMethodType0 | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        plan = self.plan

        quantity = self.quantity

        request_id = self.request_id

        preview = self.preview

        total_minor_units: int | None | Unset
        if isinstance(self.total_minor_units, Unset):
            total_minor_units = UNSET
        else:
            total_minor_units = self.total_minor_units

        accept = self.accept

        accept_loss = self.accept_loss

        term = self.term

        billing_cycle = self.billing_cycle

        payment_method: None | str | Unset
        if isinstance(self.payment_method, Unset):
            payment_method = UNSET
        elif isinstance(self.payment_method, str):
            payment_method = self.payment_method
        else:
            payment_method = self.payment_method

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
                "plan": plan,
                "quantity": quantity,
            }
        )
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if preview is not UNSET:
            field_dict["preview"] = preview
        if total_minor_units is not UNSET:
            field_dict["total_minor_units"] = total_minor_units
        if accept is not UNSET:
            field_dict["accept"] = accept
        if accept_loss is not UNSET:
            field_dict["accept_loss"] = accept_loss
        if term is not UNSET:
            field_dict["term"] = term
        if billing_cycle is not UNSET:
            field_dict["billing_cycle"] = billing_cycle
        if payment_method is not UNSET:
            field_dict["payment_method"] = payment_method

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        plan = d.pop("plan")

        quantity = d.pop("quantity")

        request_id = d.pop("request_id", UNSET)

        preview = d.pop("preview", UNSET)

        def _parse_total_minor_units(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        total_minor_units = _parse_total_minor_units(d.pop("total_minor_units", UNSET))

        accept = d.pop("accept", UNSET)

        accept_loss = d.pop("accept_loss", UNSET)

        term = d.pop("term", UNSET)

        billing_cycle = d.pop("billing_cycle", UNSET)

        def _parse_payment_method(data: object) -> None | PurchaseBodyPaymentMethodType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                payment_method_type_0 = check_purchase_body_payment_method_type_0(data)

                return payment_method_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PurchaseBodyPaymentMethodType0 | Unset, data)

        payment_method = _parse_payment_method(d.pop("payment_method", UNSET))

        purchase_body = cls(
            reason=reason,
            plan=plan,
            quantity=quantity,
            request_id=request_id,
            preview=preview,
            total_minor_units=total_minor_units,
            accept=accept,
            accept_loss=accept_loss,
            term=term,
            billing_cycle=billing_cycle,
            payment_method=payment_method,
        )

        return purchase_body
