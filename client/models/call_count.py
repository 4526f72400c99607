from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CallCount")


@_attrs_define
class CallCount:
    """Calls to a provider by one step.

    Attributes:
        step (str):
        provider (str):
        operation (str):
        calls (int):
        failed (int): Calls that were refused or got no answer.
    """

    step: str
    provider: str
    operation: str
    calls: int
    failed: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        step = self.step

        provider = self.provider

        operation = self.operation

        calls = self.calls

        failed = self.failed

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "step": step,
                "provider": provider,
                "operation": operation,
                "calls": calls,
                "failed": failed,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        step = d.pop("step")

        provider = d.pop("provider")

        operation = d.pop("operation")

        calls = d.pop("calls")

        failed = d.pop("failed")

        call_count = cls(
            step=step,
            provider=provider,
            operation=operation,
            calls=calls,
            failed=failed,
        )

        call_count.additional_properties = d
        return call_count

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
