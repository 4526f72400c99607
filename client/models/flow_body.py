from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="FlowBody")


@_attrs_define
class FlowBody:
    """A sign-in by a code that has begun.

    Attributes:
        flow (str):
    """

    flow: str

    def to_dict(self) -> dict[str, Any]:
        flow = self.flow

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "flow": flow,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        flow = d.pop("flow")

        flow_body = cls(
            flow=flow,
        )

        return flow_body
