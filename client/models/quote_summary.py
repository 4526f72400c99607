from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="QuoteSummary")


@_attrs_define
class QuoteSummary:
    """The quote that was shown with it, in short.

    Attributes:
        digest (str):
        first_on (datetime.date):
        expires_on (datetime.date):
        total (str): Of the first day, with tax.
        policy (str):
        forfeited_at_most (None | str): The most of a prepaid value that would be lost; null: nothing was paid in
            advance.
    """

    digest: str
    first_on: datetime.date
    expires_on: datetime.date
    total: str
    policy: str
    forfeited_at_most: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        digest = self.digest

        first_on = self.first_on.isoformat()

        expires_on = self.expires_on.isoformat()

        total = self.total

        policy = self.policy

        forfeited_at_most: None | str
        forfeited_at_most = self.forfeited_at_most

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "digest": digest,
                "first_on": first_on,
                "expires_on": expires_on,
                "total": total,
                "policy": policy,
                "forfeited_at_most": forfeited_at_most,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        digest = d.pop("digest")

        first_on = datetime.date.fromisoformat(d.pop("first_on"))

        expires_on = datetime.date.fromisoformat(d.pop("expires_on"))

        total = d.pop("total")

        policy = d.pop("policy")

        def _parse_forfeited_at_most(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        forfeited_at_most = _parse_forfeited_at_most(d.pop("forfeited_at_most"))

        quote_summary = cls(
            digest=digest,
            first_on=first_on,
            expires_on=expires_on,
            total=total,
            policy=policy,
            forfeited_at_most=forfeited_at_most,
        )

        quote_summary.additional_properties = d
        return quote_summary

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
