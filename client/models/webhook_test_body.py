from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="WebhookTestBody")


@_attrs_define
class WebhookTestBody:
    """A message that only tries an endpoint.

    Attributes:
        reason (str | Unset):  Default: ''.
        request_id (str | Unset): The same one acts once.
    """

    reason: str | Unset = ""
    request_id: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        request_id = self.request_id

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if reason is not UNSET:
            field_dict["reason"] = reason
        if request_id is not UNSET:
            field_dict["request_id"] = request_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason", UNSET)

        request_id = d.pop("request_id", UNSET)

        webhook_test_body = cls(
            reason=reason,
            request_id=request_id,
        )

        return webhook_test_body
