from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.decision import Decision, check_decision
from ..types import UNSET, Unset

T = TypeVar("T", bound="DecisionDifference")


@_attrs_define
class DecisionDifference:
    """One decision that would have been another one.

    Attributes:
        decision (Decision): What was decided.
        about (str):
        position (int):
        at (datetime.datetime):
        recorded (str):
        would_be (str):
        why (str):
        days (str | Unset):  Default: ''.
    """

    decision: Decision
    about: str
    position: int
    at: datetime.datetime
    recorded: str
    would_be: str
    why: str
    days: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        decision: str = self.decision

        about = self.about

        position = self.position

        at = self.at.isoformat()

        recorded = self.recorded

        would_be = self.would_be

        why = self.why

        days = self.days

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "decision": decision,
                "about": about,
                "position": position,
                "at": at,
                "recorded": recorded,
                "would_be": would_be,
                "why": why,
            }
        )
        if days is not UNSET:
            field_dict["days"] = days

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        decision = check_decision(d.pop("decision"))

        about = d.pop("about")

        position = d.pop("position")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        recorded = d.pop("recorded")

        would_be = d.pop("would_be")

        why = d.pop("why")

        days = d.pop("days", UNSET)

        decision_difference = cls(
            decision=decision,
            about=about,
            position=position,
            at=at,
            recorded=recorded,
            would_be=would_be,
            why=why,
            days=days,
        )

        decision_difference.additional_properties = d
        return decision_difference

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
