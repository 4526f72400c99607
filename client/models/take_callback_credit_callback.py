from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.take_callback_credit_callback_verdict import (
    TakeCallbackCreditCallbackVerdict,
    check_take_callback_credit_callback_verdict,
)

T = TypeVar("T", bound="TakeCallbackCreditCallback")


@_attrs_define
class TakeCallbackCreditCallback:
    """What the credit bureau calls back (docs/api/credit.yaml).

    Attributes:
        callback_id (str):
        organization_id (str):
        order_id (str):
        check_id (str):
        verdict (TakeCallbackCreditCallbackVerdict):
        decided_at (datetime.datetime):
    """

    callback_id: str
    organization_id: str
    order_id: str
    check_id: str
    verdict: TakeCallbackCreditCallbackVerdict
    decided_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        callback_id = self.callback_id

        organization_id = self.organization_id

        order_id = self.order_id

        check_id = self.check_id

        verdict: str = self.verdict

        decided_at = self.decided_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "callback_id": callback_id,
                "organization_id": organization_id,
                "order_id": order_id,
                "check_id": check_id,
                "verdict": verdict,
                "decided_at": decided_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        callback_id = d.pop("callback_id")

        organization_id = d.pop("organization_id")

        order_id = d.pop("order_id")

        check_id = d.pop("check_id")

        verdict = check_take_callback_credit_callback_verdict(d.pop("verdict"))

        decided_at = datetime.datetime.fromisoformat(d.pop("decided_at"))

        take_callback_credit_callback = cls(
            callback_id=callback_id,
            organization_id=organization_id,
            order_id=order_id,
            check_id=check_id,
            verdict=verdict,
            decided_at=decided_at,
        )

        take_callback_credit_callback.additional_properties = d
        return take_callback_credit_callback

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
