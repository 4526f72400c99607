from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ProbeBody")


@_attrs_define
class ProbeBody:
    """Where a test goes.

    Attributes:
        address (str): One mail address.
        request_id (str | Unset):
    """

    address: str
    request_id: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        address = self.address

        request_id = self.request_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "address": address,
            }
        )
        if request_id is not UNSET:
            field_dict["request_id"] = request_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        address = d.pop("address")

        request_id = d.pop("request_id", UNSET)

        probe_body = cls(
            address=address,
            request_id=request_id,
        )

        return probe_body
