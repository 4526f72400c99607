from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.folder_state import FolderState, check_folder_state

if TYPE_CHECKING:
    from ..models.newest_seal import NewestSeal
    from ..models.seal_key import SealKey


T = TypeVar("T", bound="Seals")


@_attrs_define
class Seals:
    """How the seals stand; nothing is verified here.

    Attributes:
        newest (NewestSeal | None): null: nothing is sealed yet.
        folder (FolderState): What the folder has of the newest recorded seal.
        published_size (int):
        unsealed_events (int):
        unsealed_calls (int):
        keys (list[SealKey]):
    """

    newest: NewestSeal | None
    folder: FolderState
    published_size: int
    unsealed_events: int
    unsealed_calls: int
    keys: list[SealKey]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.newest_seal import NewestSeal  # noqa: PLC0415

        newest: dict[str, Any] | None
        if isinstance(self.newest, NewestSeal):
            newest = self.newest.to_dict()
        else:
            newest = self.newest

        folder: str = self.folder

        published_size = self.published_size

        unsealed_events = self.unsealed_events

        unsealed_calls = self.unsealed_calls

        keys = []
        for keys_item_data in self.keys:
            keys_item = keys_item_data.to_dict()
            keys.append(keys_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "newest": newest,
                "folder": folder,
                "published_size": published_size,
                "unsealed_events": unsealed_events,
                "unsealed_calls": unsealed_calls,
                "keys": keys,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.newest_seal import NewestSeal  # noqa: PLC0415
        from ..models.seal_key import SealKey  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_newest(data: object) -> NewestSeal | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                newest_type_0 = NewestSeal.from_dict(data)

                return newest_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NewestSeal | None, data)

        newest = _parse_newest(d.pop("newest"))

        folder = check_folder_state(d.pop("folder"))

        published_size = d.pop("published_size")

        unsealed_events = d.pop("unsealed_events")

        unsealed_calls = d.pop("unsealed_calls")

        keys = []
        _keys = d.pop("keys")
        for keys_item_data in _keys:
            keys_item = SealKey.from_dict(keys_item_data)

            keys.append(keys_item)

        seals = cls(
            newest=newest,
            folder=folder,
            published_size=published_size,
            unsealed_events=unsealed_events,
            unsealed_calls=unsealed_calls,
            keys=keys,
        )

        seals.additional_properties = d
        return seals

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
