from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.refusal import Refusal


T = TypeVar("T", bound="ToldCall")


@_attrs_define
class ToldCall:
    """One call to a provider, and what it answered.

    Attributes:
        at (datetime.datetime):
        provider (str):
        operation (str):
        status (int): HTTP status, 0 when no answer came.
        code (str):
        text (str):
        answer (str): Status, code and text in words.
        is_failed (bool):
        duration_ms (int):
        key (str): Idempotency key, "" for reads.
        request_id (str): By which the provider's support finds the answer, "" where it has none.
        refusals (list[Refusal]): Items that were refused in the answer, each different one once.
        repeats_key (bool): The same key was sent before in this switch: the effect comes once all the same.
    """

    at: datetime.datetime
    provider: str
    operation: str
    status: int
    code: str
    text: str
    answer: str
    is_failed: bool
    duration_ms: int
    key: str
    request_id: str
    refusals: list[Refusal]
    repeats_key: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        provider = self.provider

        operation = self.operation

        status = self.status

        code = self.code

        text = self.text

        answer = self.answer

        is_failed = self.is_failed

        duration_ms = self.duration_ms

        key = self.key

        request_id = self.request_id

        refusals = []
        for refusals_item_data in self.refusals:
            refusals_item = refusals_item_data.to_dict()
            refusals.append(refusals_item)

        repeats_key = self.repeats_key

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "provider": provider,
                "operation": operation,
                "status": status,
                "code": code,
                "text": text,
                "answer": answer,
                "is_failed": is_failed,
                "duration_ms": duration_ms,
                "key": key,
                "request_id": request_id,
                "refusals": refusals,
                "repeats_key": repeats_key,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.refusal import Refusal  # noqa: PLC0415

        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        provider = d.pop("provider")

        operation = d.pop("operation")

        status = d.pop("status")

        code = d.pop("code")

        text = d.pop("text")

        answer = d.pop("answer")

        is_failed = d.pop("is_failed")

        duration_ms = d.pop("duration_ms")

        key = d.pop("key")

        request_id = d.pop("request_id")

        refusals = []
        _refusals = d.pop("refusals")
        for refusals_item_data in _refusals:
            refusals_item = Refusal.from_dict(refusals_item_data)

            refusals.append(refusals_item)

        repeats_key = d.pop("repeats_key")

        told_call = cls(
            at=at,
            provider=provider,
            operation=operation,
            status=status,
            code=code,
            text=text,
            answer=answer,
            is_failed=is_failed,
            duration_ms=duration_ms,
            key=key,
            request_id=request_id,
            refusals=refusals,
            repeats_key=repeats_key,
        )

        told_call.additional_properties = d
        return told_call

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
