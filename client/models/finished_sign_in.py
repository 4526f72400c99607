from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.shown_profile import ShownProfile


T = TypeVar("T", bound="FinishedSignIn")


@_attrs_define
class FinishedSignIn:
    """How far a sign-in is.

    Attributes:
        is_done (bool): false: nobody has entered the code yet.
        profile (None | ShownProfile): null until it is done.
    """

    is_done: bool
    profile: None | ShownProfile
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.shown_profile import ShownProfile  # noqa: PLC0415

        is_done = self.is_done

        profile: dict[str, Any] | None
        if isinstance(self.profile, ShownProfile):
            profile = self.profile.to_dict()
        else:
            profile = self.profile

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "is_done": is_done,
                "profile": profile,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.shown_profile import ShownProfile  # noqa: PLC0415

        d = dict(src_dict)
        is_done = d.pop("is_done")

        def _parse_profile(data: object) -> None | ShownProfile:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                profile_type_0 = ShownProfile.from_dict(data)

                return profile_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ShownProfile, data)

        profile = _parse_profile(d.pop("profile"))

        finished_sign_in = cls(
            is_done=is_done,
            profile=profile,
        )

        finished_sign_in.additional_properties = d
        return finished_sign_in

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
