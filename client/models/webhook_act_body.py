from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="WebhookActBody")


@_attrs_define
class WebhookActBody:
    """Why something is done with an endpoint.

    Attributes:
        reason (str):
        request_id (str | Unset): The same one acts once.
    """

    reason: str
    request_id: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        request_id = self.request_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
            }
        )
        if request_id is not UNSET:
            field_dict["request_id"] = request_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        request_id = d.pop("request_id", UNSET)

        webhook_act_body = cls(
            reason=reason,
            request_id=request_id,
        )

        return webhook_act_body
