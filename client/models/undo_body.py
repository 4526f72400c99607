from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="UndoBody")


@_attrs_define
class UndoBody:
    """The end of a request that has not started.

    Attributes:
        reason (str):
        request_id (str | Unset):
        declines_price (bool | Unset): Only where a new price waits for an answer: it is declined with that. Default:
            False.
    """

    reason: str
    request_id: str | Unset = UNSET
    declines_price: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        request_id = self.request_id

        declines_price = self.declines_price

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
            }
        )
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if declines_price is not UNSET:
            field_dict["declines_price"] = declines_price

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        request_id = d.pop("request_id", UNSET)

        declines_price = d.pop("declines_price", UNSET)

        undo_body = cls(
            reason=reason,
            request_id=request_id,
            declines_price=declines_price,
        )

        return undo_body
