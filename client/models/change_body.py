from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ChangeBody")


@_attrs_define
class ChangeBody:
    """Another time with the quote that is accepted for it.

    Attributes:
        reason (str):
        request_id (str | Unset):
        acknowledgments (list[str] | Unset): Warnings that are confirmed beside those of before.
        accept_forfeiture (bool | Unset): Accept the loss of prepaid value that the quote discloses. Default: False.
        quote_digest (None | str | Unset): Digest of the quote that was shown; null with `accept` takes that of this
            moment.
        accept (bool | Unset):  Default: False.
        start_on (None | str | Unset): ISO date, `without-forfeiture` or `renewal`.
        start_at (None | str | Unset): ISO instant; without an offset by the organization's clocks.
        quiet_hours (None | str | Unset): Window such as 22:00-06:00, or `configured`.
        wait_until (None | str | Unset): End of the wait; null takes the usual one.
        max_total (None | str | Unset): The most that it may take; null is what the quote shows.
        price_tolerance_percent (None | str | Unset): null keeps the tolerance that the request has.
    """

    reason: str
    request_id: str | Unset = UNSET
    acknowledgments: list[str] | Unset = UNSET
    accept_forfeiture: bool | Unset = False
    quote_digest: None | str | Unset = UNSET
    accept: bool | Unset = False
    start_on: None | str | Unset = UNSET
    start_at: None | str | Unset = UNSET
    quiet_hours: None | str | Unset = UNSET
    wait_until: None | str | Unset = UNSET
    max_total: None | str | Unset = UNSET
    price_tolerance_percent: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        request_id = self.request_id

        acknowledgments: list[str] | Unset = UNSET
        if not isinstance(self.acknowledgments, Unset):
            acknowledgments = self.acknowledgments

        accept_forfeiture = self.accept_forfeiture

        quote_digest: None | str | Unset
        if isinstance(self.quote_digest, Unset):
            quote_digest = UNSET
        else:
            quote_digest = self.quote_digest

        accept = self.accept

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

        field_dict.update(
            {
                "reason": reason,
            }
        )
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if acknowledgments is not UNSET:
            field_dict["acknowledgments"] = acknowledgments
        if accept_forfeiture is not UNSET:
            field_dict["accept_forfeiture"] = accept_forfeiture
        if quote_digest is not UNSET:
            field_dict["quote_digest"] = quote_digest
        if accept is not UNSET:
            field_dict["accept"] = accept
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
        reason = d.pop("reason")

        request_id = d.pop("request_id", UNSET)

        acknowledgments = cast(list[str], d.pop("acknowledgments", UNSET))

        accept_forfeiture = d.pop("accept_forfeiture", UNSET)

        def _parse_quote_digest(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        quote_digest = _parse_quote_digest(d.pop("quote_digest", UNSET))

        accept = d.pop("accept", UNSET)

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

        change_body = cls(
            reason=reason,
            request_id=request_id,
            acknowledgments=acknowledgments,
            accept_forfeiture=accept_forfeiture,
            quote_digest=quote_digest,
            accept=accept,
            start_on=start_on,
            start_at=start_at,
            quiet_hours=quiet_hours,
            wait_until=wait_until,
            max_total=max_total,
            price_tolerance_percent=price_tolerance_percent,
        )

        return change_body
