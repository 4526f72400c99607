from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.moment_at import MomentAt
    from ..models.state_difference import StateDifference
    from ..models.user_move import UserMove


T = TypeVar("T", bound="Differences")


@_attrs_define
class Differences:
    """Everything that is not the same at two moments of a switch.

    Attributes:
        switch_id (str):
        organization_id (str):
        earlier (MomentAt | None): null: before its first event.
        later (MomentAt): One of the two moments.
        differences (list[StateDifference]):
        moves (list[UserMove]): Users who held another thing, by what they held.
    """

    switch_id: str
    organization_id: str
    earlier: MomentAt | None
    later: MomentAt
    differences: list[StateDifference]
    moves: list[UserMove]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.moment_at import MomentAt  # noqa: PLC0415

        switch_id = self.switch_id

        organization_id = self.organization_id

        earlier: dict[str, Any] | None
        if isinstance(self.earlier, MomentAt):
            earlier = self.earlier.to_dict()
        else:
            earlier = self.earlier

        later = self.later.to_dict()

        differences = []
        for differences_item_data in self.differences:
            differences_item = differences_item_data.to_dict()
            differences.append(differences_item)

        moves = []
        for moves_item_data in self.moves:
            moves_item = moves_item_data.to_dict()
            moves.append(moves_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "organization_id": organization_id,
                "earlier": earlier,
                "later": later,
                "differences": differences,
                "moves": moves,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.moment_at import MomentAt  # noqa: PLC0415
        from ..models.state_difference import StateDifference  # noqa: PLC0415
        from ..models.user_move import UserMove  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        organization_id = d.pop("organization_id")

        def _parse_earlier(data: object) -> MomentAt | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                earlier_type_0 = MomentAt.from_dict(data)

                return earlier_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(MomentAt | None, data)

        earlier = _parse_earlier(d.pop("earlier"))

        later = MomentAt.from_dict(d.pop("later"))

        differences = []
        _differences = d.pop("differences")
        for differences_item_data in _differences:
            differences_item = StateDifference.from_dict(differences_item_data)

            differences.append(differences_item)

        moves = []
        _moves = d.pop("moves")
        for moves_item_data in _moves:
            moves_item = UserMove.from_dict(moves_item_data)

            moves.append(moves_item)

        differences = cls(
            switch_id=switch_id,
            organization_id=organization_id,
            earlier=earlier,
            later=later,
            differences=differences,
            moves=moves,
        )

        differences.additional_properties = d
        return differences

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
