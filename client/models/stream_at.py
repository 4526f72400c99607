from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.role import Role, check_role

if TYPE_CHECKING:
    from ..models.stream_at_state import StreamAtState


T = TypeVar("T", bound="StreamAt")


@_attrs_define
class StreamAt:
    """One stream at a moment.

    Attributes:
        role (Role): What a stream is to the switch.
        stream_id (str):
        version (int):
        newest (str): Topic of its newest event.
        state (StreamAtState): Public state of its aggregate; empty of a log. The switch itself stands in
            `SwitchAt.switch`.
    """

    role: Role
    stream_id: str
    version: int
    newest: str
    state: StreamAtState
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        role: str = self.role

        stream_id = self.stream_id

        version = self.version

        newest = self.newest

        state = self.state.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "role": role,
                "stream_id": stream_id,
                "version": version,
                "newest": newest,
                "state": state,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.stream_at_state import StreamAtState  # noqa: PLC0415

        d = dict(src_dict)
        role = check_role(d.pop("role"))

        stream_id = d.pop("stream_id")

        version = d.pop("version")

        newest = d.pop("newest")

        state = StreamAtState.from_dict(d.pop("state"))

        stream_at = cls(
            role=role,
            stream_id=stream_id,
            version=version,
            newest=newest,
            state=state,
        )

        stream_at.additional_properties = d
        return stream_at

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
