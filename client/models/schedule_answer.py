from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.schedule_answer_starts_by import (
    ScheduleAnswerStartsBy,
    check_schedule_answer_starts_by,
)

if TYPE_CHECKING:
    from ..models.price_question import PriceQuestion


T = TypeVar("T", bound="ScheduleAnswer")


@_attrs_define
class ScheduleAnswer:
    """One request that waits: when it starts, what it waits for, and for how much it would begin.

    Attributes:
        switch_id (str):
        request_id (str):
        organization_id (str):
        organization_name (str): As billing has it; "" where it is not known now.
        source_subscription_id (str):
        source_plan (str):
        target_plan (str):
        starts_by (ScheduleAnswerStartsBy):
        starts (str): When it starts, in words of its organization's clocks; "" as soon as nothing blocks it.
        start_on (datetime.date | None):
        start_at (None | str): Stated instant with the offset of the organization's clocks.
        quiet_hours (None | str):
        not_before (datetime.datetime | None): Before this instant it does not start; null: no time was asked for.
        until (datetime.datetime):
        waits_for (str):
        wait_names (list[str]):
        waits_since (datetime.datetime | None):
        looks_at (datetime.datetime | None):
        looks_soon (bool):
        wait_remedy (str):
        policy (str):
        price_tolerance_percent (str):
        currency (str):
        total_at_most_minor_units (int):
        total_at_most (str):
        forfeited_at_most_minor_units (int): Of a value that was paid in advance, how much may be lost.
        requested_by (str):
        requested_at (datetime.datetime):
        price (None | PriceQuestion): null: no price waits for an answer.
    """

    switch_id: str
    request_id: str
    organization_id: str
    organization_name: str
    source_subscription_id: str
    source_plan: str
    target_plan: str
    starts_by: ScheduleAnswerStartsBy
    starts: str
    start_on: datetime.date | None
    start_at: None | str
    quiet_hours: None | str
    not_before: datetime.datetime | None
    until: datetime.datetime
    waits_for: str
    wait_names: list[str]
    waits_since: datetime.datetime | None
    looks_at: datetime.datetime | None
    looks_soon: bool
    wait_remedy: str
    policy: str
    price_tolerance_percent: str
    currency: str
    total_at_most_minor_units: int
    total_at_most: str
    forfeited_at_most_minor_units: int
    requested_by: str
    requested_at: datetime.datetime
    price: None | PriceQuestion
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.price_question import PriceQuestion  # noqa: PLC0415

        switch_id = self.switch_id

        request_id = self.request_id

        organization_id = self.organization_id

        organization_name = self.organization_name

        source_subscription_id = self.source_subscription_id

        source_plan = self.source_plan

        target_plan = self.target_plan

        starts_by: str = self.starts_by

        starts = self.starts

        start_on: None | str
        if isinstance(self.start_on, datetime.date):
            start_on = self.start_on.isoformat()
        else:
            start_on = self.start_on

        start_at: None | str
        start_at = self.start_at

        quiet_hours: None | str
        quiet_hours = self.quiet_hours

        not_before: None | str
        if isinstance(self.not_before, datetime.datetime):
            not_before = self.not_before.isoformat()
        else:
            not_before = self.not_before

        until = self.until.isoformat()

        waits_for = self.waits_for

        wait_names = self.wait_names

        waits_since: None | str
        if isinstance(self.waits_since, datetime.datetime):
            waits_since = self.waits_since.isoformat()
        else:
            waits_since = self.waits_since

        looks_at: None | str
        if isinstance(self.looks_at, datetime.datetime):
            looks_at = self.looks_at.isoformat()
        else:
            looks_at = self.looks_at

        looks_soon = self.looks_soon

        wait_remedy = self.wait_remedy

        policy = self.policy

        price_tolerance_percent = self.price_tolerance_percent

        currency = self.currency

        total_at_most_minor_units = self.total_at_most_minor_units

        total_at_most = self.total_at_most

        forfeited_at_most_minor_units = self.forfeited_at_most_minor_units

        requested_by = self.requested_by

        requested_at = self.requested_at.isoformat()

        price: dict[str, Any] | None
        if isinstance(self.price, PriceQuestion):
            price = self.price.to_dict()
        else:
            price = self.price

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "request_id": request_id,
                "organization_id": organization_id,
                "organization_name": organization_name,
                "source_subscription_id": source_subscription_id,
                "source_plan": source_plan,
                "target_plan": target_plan,
                "starts_by": starts_by,
                "starts": starts,
                "start_on": start_on,
                "start_at": start_at,
                "quiet_hours": quiet_hours,
                "not_before": not_before,
                "until": until,
                "waits_for": waits_for,
                "wait_names": wait_names,
                "waits_since": waits_since,
                "looks_at": looks_at,
                "looks_soon": looks_soon,
                "wait_remedy": wait_remedy,
                "policy": policy,
                "price_tolerance_percent": price_tolerance_percent,
                "currency": currency,
                "total_at_most_minor_units": total_at_most_minor_units,
                "total_at_most": total_at_most,
                "forfeited_at_most_minor_units": forfeited_at_most_minor_units,
                "requested_by": requested_by,
                "requested_at": requested_at,
                "price": price,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.price_question import PriceQuestion  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        request_id = d.pop("request_id")

        organization_id = d.pop("organization_id")

        organization_name = d.pop("organization_name")

        source_subscription_id = d.pop("source_subscription_id")

        source_plan = d.pop("source_plan")

        target_plan = d.pop("target_plan")

        starts_by = check_schedule_answer_starts_by(d.pop("starts_by"))

        starts = d.pop("starts")

        def _parse_start_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                start_on_type_0 = datetime.date.fromisoformat(data)

                return start_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        start_on = _parse_start_on(d.pop("start_on"))

        def _parse_start_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        start_at = _parse_start_at(d.pop("start_at"))

        def _parse_quiet_hours(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        quiet_hours = _parse_quiet_hours(d.pop("quiet_hours"))

        def _parse_not_before(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                not_before_type_0 = datetime.datetime.fromisoformat(data)

                return not_before_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        not_before = _parse_not_before(d.pop("not_before"))

        until = datetime.datetime.fromisoformat(d.pop("until"))

        waits_for = d.pop("waits_for")

        wait_names = cast(list[str], d.pop("wait_names"))

        def _parse_waits_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                waits_since_type_0 = datetime.datetime.fromisoformat(data)

                return waits_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        waits_since = _parse_waits_since(d.pop("waits_since"))

        def _parse_looks_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                looks_at_type_0 = datetime.datetime.fromisoformat(data)

                return looks_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        looks_at = _parse_looks_at(d.pop("looks_at"))

        looks_soon = d.pop("looks_soon")

        wait_remedy = d.pop("wait_remedy")

        policy = d.pop("policy")

        price_tolerance_percent = d.pop("price_tolerance_percent")

        currency = d.pop("currency")

        total_at_most_minor_units = d.pop("total_at_most_minor_units")

        total_at_most = d.pop("total_at_most")

        forfeited_at_most_minor_units = d.pop("forfeited_at_most_minor_units")

        requested_by = d.pop("requested_by")

        requested_at = datetime.datetime.fromisoformat(d.pop("requested_at"))

        def _parse_price(data: object) -> None | PriceQuestion:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                price_type_0 = PriceQuestion.from_dict(data)

                return price_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PriceQuestion, data)

        price = _parse_price(d.pop("price"))

        schedule_answer = cls(
            switch_id=switch_id,
            request_id=request_id,
            organization_id=organization_id,
            organization_name=organization_name,
            source_subscription_id=source_subscription_id,
            source_plan=source_plan,
            target_plan=target_plan,
            starts_by=starts_by,
            starts=starts,
            start_on=start_on,
            start_at=start_at,
            quiet_hours=quiet_hours,
            not_before=not_before,
            until=until,
            waits_for=waits_for,
            wait_names=wait_names,
            waits_since=waits_since,
            looks_at=looks_at,
            looks_soon=looks_soon,
            wait_remedy=wait_remedy,
            policy=policy,
            price_tolerance_percent=price_tolerance_percent,
            currency=currency,
            total_at_most_minor_units=total_at_most_minor_units,
            total_at_most=total_at_most,
            forfeited_at_most_minor_units=forfeited_at_most_minor_units,
            requested_by=requested_by,
            requested_at=requested_at,
            price=price,
        )

        schedule_answer.additional_properties = d
        return schedule_answer

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
