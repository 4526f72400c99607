from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="CheckoutOrderBody")


@_attrs_define
class CheckoutOrderBody:
    """The order of what is shown.

    Attributes:
        revision (int): Revision that was looked at.
        caller (str | Unset): User of the directory on whose behalf it is ordered, whose role is read there; "" takes
            `caller_role`. Default: ''.
        caller_role (str | Unset):  Default: 'global_admin'.
        reason (str | Unset):  Default: ''.
    """

    revision: int
    caller: str | Unset = ""
    caller_role: str | Unset = "global_admin"
    reason: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        revision = self.revision

        caller = self.caller

        caller_role = self.caller_role

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "revision": revision,
            }
        )
        if caller is not UNSET:
            field_dict["caller"] = caller
        if caller_role is not UNSET:
            field_dict["caller_role"] = caller_role
        if reason is not UNSET:
            field_dict["reason"] = reason

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        revision = d.pop("revision")

        caller = d.pop("caller", UNSET)

        caller_role = d.pop("caller_role", UNSET)

        reason = d.pop("reason", UNSET)

        checkout_order_body = cls(
            revision=revision,
            caller=caller,
            caller_role=caller_role,
            reason=reason,
        )

        return checkout_order_body
