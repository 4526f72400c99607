from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="FinishBody")


@_attrs_define
class FinishBody:
    """What the token service sent to the address on the machine of the browser.

    Attributes:
        flow (str):
        state (str):
        code (str | Unset):  Default: ''.
        client_info (str | Unset):  Default: ''.
        session_state (str | Unset):  Default: ''.
        error (str | Unset):  Default: ''.
        error_description (str | Unset):  Default: ''.
    """

    flow: str
    state: str
    code: str | Unset = ""
    client_info: str | Unset = ""
    session_state: str | Unset = ""
    error: str | Unset = ""
    error_description: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        flow = self.flow

        state = self.state

        code = self.code

        client_info = self.client_info

        session_state = self.session_state

        error = self.error

        error_description = self.error_description

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "flow": flow,
                "state": state,
            }
        )
        if code is not UNSET:
            field_dict["code"] = code
        if client_info is not UNSET:
            field_dict["client_info"] = client_info
        if session_state is not UNSET:
            field_dict["session_state"] = session_state
        if error is not UNSET:
            field_dict["error"] = error
        if error_description is not UNSET:
            field_dict["error_description"] = error_description

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        flow = d.pop("flow")

        state = d.pop("state")

        code = d.pop("code", UNSET)

        client_info = d.pop("client_info", UNSET)

        session_state = d.pop("session_state", UNSET)

        error = d.pop("error", UNSET)

        error_description = d.pop("error_description", UNSET)

        finish_body = cls(
            flow=flow,
            state=state,
            code=code,
            client_info=client_info,
            session_state=session_state,
            error=error,
            error_description=error_description,
        )

        return finish_body
