from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ReplayBody")


@_attrs_define
class ReplayBody:
    """Which deliveries are sent again: one, or those that were made within a range.

    Attributes:
        reason (str):
        request_id (str | Unset): The same one acts once.
        delivery_id (int | None | Unset):
        since (None | str | Unset): ISO instants with an offset; `until` is not part of the range.
        until (None | str | Unset):
        only_failed (bool | Unset): Only those that were never delivered. Default: False.
    """

    reason: str
    request_id: str | Unset = UNSET
    delivery_id: int | None | Unset = UNSET
    since: None | str | Unset = UNSET
    until: None | str | Unset = UNSET
    only_failed: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        request_id = self.request_id

        delivery_id: int | None | Unset
        if isinstance(self.delivery_id, Unset):
            delivery_id = UNSET
        else:
            delivery_id = self.delivery_id

        since: None | str | Unset
        if isinstance(self.since, Unset):
            since = UNSET
        else:
            since = self.since

        until: None | str | Unset
        if isinstance(self.until, Unset):
            until = UNSET
        else:
            until = self.until

        only_failed = self.only_failed

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
            }
        )
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if delivery_id is not UNSET:
            field_dict["delivery_id"] = delivery_id
        if since is not UNSET:
            field_dict["since"] = since
        if until is not UNSET:
            field_dict["until"] = until
        if only_failed is not UNSET:
            field_dict["only_failed"] = only_failed

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        request_id = d.pop("request_id", UNSET)

        def _parse_delivery_id(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        delivery_id = _parse_delivery_id(d.pop("delivery_id", UNSET))

        def _parse_since(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        since = _parse_since(d.pop("since", UNSET))

        def _parse_until(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        until = _parse_until(d.pop("until", UNSET))

        only_failed = d.pop("only_failed", UNSET)

        replay_body = cls(
            reason=reason,
            request_id=request_id,
            delivery_id=delivery_id,
            since=since,
            until=until,
            only_failed=only_failed,
        )

        return replay_body
