from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="SignInBody")


@_attrs_define
class SignInBody:
    """Who signs in, and where the browser returns to.

    Attributes:
        profile (str):
        redirect_uri (str): On the machine of the browser: http://localhost:PORT.
    """

    profile: str
    redirect_uri: str

    def to_dict(self) -> dict[str, Any]:
        profile = self.profile

        redirect_uri = self.redirect_uri

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "profile": profile,
                "redirect_uri": redirect_uri,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        profile = d.pop("profile")

        redirect_uri = d.pop("redirect_uri")

        sign_in_body = cls(
            profile=profile,
            redirect_uri=redirect_uri,
        )

        return sign_in_body
