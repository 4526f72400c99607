from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ResizeBody")


@_attrs_define
class ResizeBody:
    """Another number of licenses.

    Attributes:
        reason (str):
        quantity (int):
        request_id (str | Unset):
        preview (bool | Unset): Only say what it would do. Default: False.
        total_minor_units (int | None | Unset): What was shown and is accepted to be paid, in minor units.
        accept (bool | Unset): Accept what it costs, unseen. Default: False.
        accept_loss (bool | Unset): Accept that users lose what the licenses give, or that prepaid value is lost.
            Default: False.
    """

    reason: str
    quantity: int
    request_id: str | Unset = UNSET
    preview: bool | Unset = False
    total_minor_units: int | None | Unset = UNSET
    accept: bool | Unset = False
    accept_loss: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

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

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
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

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

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

        resize_body = cls(
            reason=reason,
            quantity=quantity,
            request_id=request_id,
            preview=preview,
            total_minor_units=total_minor_units,
            accept=accept,
            accept_loss=accept_loss,
        )

        return resize_body
