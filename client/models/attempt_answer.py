from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.outcome import Outcome, check_outcome

T = TypeVar("T", bound="AttemptAnswer")


@_attrs_define
class AttemptAnswer:
    """One attempt to deliver.

    Attributes:
        started_at (datetime.datetime):
        duration_ms (int):
        outcome (Outcome): How an attempt ended; the words are stored.
        status (int): Of the answer; 0 where none came.
        answer (str): The beginning of the answer, or what went wrong.
        address (str): The address that was connected to; "" where none was.
    """

    started_at: datetime.datetime
    duration_ms: int
    outcome: Outcome
    status: int
    answer: str
    address: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        started_at = self.started_at.isoformat()

        duration_ms = self.duration_ms

        outcome: str = self.outcome

        status = self.status

        answer = self.answer

        address = self.address

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "started_at": started_at,
                "duration_ms": duration_ms,
                "outcome": outcome,
                "status": status,
                "answer": answer,
                "address": address,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        started_at = datetime.datetime.fromisoformat(d.pop("started_at"))

        duration_ms = d.pop("duration_ms")

        outcome = check_outcome(d.pop("outcome"))

        status = d.pop("status")

        answer = d.pop("answer")

        address = d.pop("address")

        attempt_answer = cls(
            started_at=started_at,
            duration_ms=duration_ms,
            outcome=outcome,
            status=status,
            answer=answer,
            address=address,
        )

        attempt_answer.additional_properties = d
        return attempt_answer

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
