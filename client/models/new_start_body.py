from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewStartBody")


@_attrs_define
class NewStartBody:
    """Another time for a request that waits: an instant, or a day, or quiet hours, or the latter two.

    Attributes:
        start_on (None | str | Unset): ISO date, `without-forfeiture` or `renewal`.
        start_at (None | str | Unset): ISO instant; without an offset by the organization's clocks.
        quiet_hours (None | str | Unset): Window such as 22:00-06:00, or `configured`.
        wait_until (None | str | Unset): End of the wait; null takes the usual one.
        max_total (None | str | Unset): The most that it may take; null is what the quote shows.
        price_tolerance_percent (None | str | Unset): null keeps the tolerance that the request has.
    """

    start_on: None | str | Unset = UNSET
    start_at: None | str | Unset = UNSET
    quiet_hours: None | str | Unset = UNSET
    wait_until: None | str | Unset = UNSET
    max_total: None | str | Unset = UNSET
    price_tolerance_percent: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        start_on: None | str | Unset
        if isinstance(self.start_on, Unset):
            start_on = UNSET
        else:
            start_on = self.start_on

        start_at: None | str | Unset
        if isinstance(self.start_at, Unset):
            start_at = UNSET
        else:
            start_at = self.start_at

        quiet_hours: None | str | Unset
        if isinstance(self.quiet_hours, Unset):
            quiet_hours = UNSET
        else:
            quiet_hours = self.quiet_hours

        wait_until: None | str | Unset
        if isinstance(self.wait_until, Unset):
            wait_until = UNSET
        else:
            wait_until = self.wait_until

        max_total: None | str | Unset
        if isinstance(self.max_total, Unset):
            max_total = UNSET
        else:
            max_total = self.max_total

        price_tolerance_percent: None | str | Unset
        if isinstance(self.price_tolerance_percent, Unset):
            price_tolerance_percent = UNSET
        else:
            price_tolerance_percent = self.price_tolerance_percent

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if start_on is not UNSET:
            field_dict["start_on"] = start_on
        if start_at is not UNSET:
            field_dict["start_at"] = start_at
        if quiet_hours is not UNSET:
            field_dict["quiet_hours"] = quiet_hours
        if wait_until is not UNSET:
            field_dict["wait_until"] = wait_until
        if max_total is not UNSET:
            field_dict["max_total"] = max_total
        if price_tolerance_percent is not UNSET:
            field_dict["price_tolerance_percent"] = price_tolerance_percent

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_start_on(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        start_on = _parse_start_on(d.pop("start_on", UNSET))

        def _parse_start_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        start_at = _parse_start_at(d.pop("start_at", UNSET))

        def _parse_quiet_hours(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        quiet_hours = _parse_quiet_hours(d.pop("quiet_hours", UNSET))

        def _parse_wait_until(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        wait_until = _parse_wait_until(d.pop("wait_until", UNSET))

        def _parse_max_total(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        max_total = _parse_max_total(d.pop("max_total", UNSET))

        def _parse_price_tolerance_percent(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        price_tolerance_percent = _parse_price_tolerance_percent(d.pop("price_tolerance_percent", UNSET))

        new_start_body = cls(
            start_on=start_on,
            start_at=start_at,
            quiet_hours=quiet_hours,
            wait_until=wait_until,
            max_total=max_total,
            price_tolerance_percent=price_tolerance_percent,
        )

        return new_start_body
