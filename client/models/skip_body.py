from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="SkipBody")


@_attrs_define
class SkipBody:
    """Who is left behind.

    Attributes:
        reason (str):
        user (str): Key or directory id of a user who could not be moved.
        request_id (str | Unset):
        accept_loss (bool | Unset): The user loses the old plan's license with its cancellation, and that is accepted.
            Default: False.
    """

    reason: str
    user: str
    request_id: str | Unset = UNSET
    accept_loss: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        user = self.user

        request_id = self.request_id

        accept_loss = self.accept_loss

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
                "user": user,
            }
        )
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if accept_loss is not UNSET:
            field_dict["accept_loss"] = accept_loss

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        user = d.pop("user")

        request_id = d.pop("request_id", UNSET)

        accept_loss = d.pop("accept_loss", UNSET)

        skip_body = cls(
            reason=reason,
            user=user,
            request_id=request_id,
            accept_loss=accept_loss,
        )

        return skip_body
