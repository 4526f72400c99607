from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.bundle_body_mode import BundleBodyMode, check_bundle_body_mode
from ..models.bundle_body_payment_method_type_0 import (
    BundleBodyPaymentMethodType0,
    check_bundle_body_payment_method_type_0,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="BundleBody")


@_attrs_define
class BundleBody:
    """The case: a switch, or the question whether an organization may switch to a plan.

    Attributes:
        switch (None | str | Unset): Id of a switch, or the beginning of it.
        organization_id (None | str | Unset):
        target_plan (None | str | Unset):
        source_subscription_id (None | str | Unset):
        payment_method (BundleBodyPaymentMethodType0 | None | Unset): null is how the organization pays.
        rule_set (str | Unset):  Default: 'current'.
        mode (BundleBodyMode | Unset):  Default: 'automatic'.
        target_subscription_id (None | str | Unset):
        quantity (int | None | Unset):
    """

    switch: None | str | Unset = UNSET
    organization_id: None | str | Unset = UNSET
    target_plan: None | str | Unset = UNSET
    source_subscription_id: None | str | Unset = UNSET
    payment_method: BundleBodyPaymentMethodType0 | None | Unset = UNSET
    rule_set: str | Unset = "current"
    mode: BundleBodyMode | Unset = "automatic"
    target_subscription_id: None | str | Unset = UNSET
    quantity: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        switch: None | str | Unset
        if isinstance(self.switch, Unset):
            switch = UNSET
        else:
            switch = self.switch

        organization_id: None | str | Unset
        if isinstance(self.organization_id, Unset):
            organization_id = UNSET
        else:
            organization_id = self.organization_id

        target_plan: None | str | Unset
        if isinstance(self.target_plan, Unset):
            target_plan = UNSET
        else:
            target_plan = self.target_plan

        source_subscription_id: None | str | Unset
        if isinstance(self.source_subscription_id, Unset):
            source_subscription_id = UNSET
        else:
            source_subscription_id = self.source_subscription_id

        payment_method: None | str | Unset
        if isinstance(self.payment_method, Unset):
            payment_method = UNSET
        elif isinstance(self.payment_method, str):
            payment_method = self.payment_method
        else:
            payment_method = self.payment_method

        rule_set = self.rule_set

        mode: str | Unset = UNSET
        if not isinstance(self.mode, Unset):
            mode = self.mode

        target_subscription_id: None | str | Unset
        if isinstance(self.target_subscription_id, Unset):
            target_subscription_id = UNSET
        else:
            target_subscription_id = self.target_subscription_id

        quantity: int | None | Unset
        if isinstance(self.quantity, Unset):
            quantity = UNSET
        else:
            quantity = self.quantity

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if switch is not UNSET:
            field_dict["switch"] = switch
        if organization_id is not UNSET:
            field_dict["organization_id"] = organization_id
        if target_plan is not UNSET:
            field_dict["target_plan"] = target_plan
        if source_subscription_id is not UNSET:
            field_dict["source_subscription_id"] = source_subscription_id
        if payment_method is not UNSET:
            field_dict["payment_method"] = payment_method
        if rule_set is not UNSET:
            field_dict["rule_set"] = rule_set
        if mode is not UNSET:
            field_dict["mode"] = mode
        if target_subscription_id is not UNSET:
            field_dict["target_subscription_id"] = target_subscription_id
        if quantity is not UNSET:
            field_dict["quantity"] = quantity

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_switch(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        switch = _parse_switch(d.pop("switch", UNSET))

        def _parse_organization_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        organization_id = _parse_organization_id(d.pop("organization_id", UNSET))

        def _parse_target_plan(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        target_plan = _parse_target_plan(d.pop("target_plan", UNSET))

        def _parse_source_subscription_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        source_subscription_id = _parse_source_subscription_id(d.pop("source_subscription_id", UNSET))

        def _parse_payment_method(data: object) -> BundleBodyPaymentMethodType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                payment_method_type_0 = check_bundle_body_payment_method_type_0(data)

                return payment_method_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BundleBodyPaymentMethodType0 | None | Unset, data)

        payment_method = _parse_payment_method(d.pop("payment_method", UNSET))

        rule_set = d.pop("rule_set", UNSET)

        _mode = d.pop("mode", UNSET)
        mode: BundleBodyMode | Unset
        if isinstance(_mode, Unset):
            mode = UNSET
        else:
            mode = check_bundle_body_mode(_mode)

        def _parse_target_subscription_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        target_subscription_id = _parse_target_subscription_id(d.pop("target_subscription_id", UNSET))

        def _parse_quantity(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        quantity = _parse_quantity(d.pop("quantity", UNSET))

        bundle_body = cls(
            switch=switch,
            organization_id=organization_id,
            target_plan=target_plan,
            source_subscription_id=source_subscription_id,
            payment_method=payment_method,
            rule_set=rule_set,
            mode=mode,
            target_subscription_id=target_subscription_id,
            quantity=quantity,
        )

        return bundle_body
