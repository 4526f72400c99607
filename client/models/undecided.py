from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.decision import Decision, check_decision

T = TypeVar("T", bound="Undecided")


@_attrs_define
class Undecided:
    """One decision that can't be made again, as its inputs are not recorded.

    Attributes:
        decision (Decision): What was decided.
        position (int):
        at (datetime.datetime):
        why (str):
    """

    decision: Decision
    position: int
    at: datetime.datetime
    why: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        decision: str = self.decision

        position = self.position

        at = self.at.isoformat()

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "decision": decision,
                "position": position,
                "at": at,
                "why": why,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        decision = check_decision(d.pop("decision"))

        position = d.pop("position")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        why = d.pop("why")

        undecided = cls(
            decision=decision,
            position=position,
            at=at,
            why=why,
        )

        undecided.additional_properties = d
        return undecided

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
