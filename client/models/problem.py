from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.problem_reasons_item import ProblemReasonsItem


T = TypeVar("T", bound="Problem")


@_attrs_define
class Problem:
    """What happened, and what to do (RFC 9457).

    Example:
        {'type': 'urn:planswitch:error:unknown-switch', 'title': 'Unknown switch', 'status': 404, 'detail': 'No switch
            has the id ffffffff.', 'code': 'UNKNOWN_SWITCH', 'remedy': '`GET /api/v1/switches` lists the switches.',
            'reasons': [], 'request_id': '9f0c6d1e-5d1b-4f7e-8f0e-0c1a2b3d4e5f'}

    Attributes:
        type_ (str): URN of the code.
        title (str): The code in words.
        status (int): The status of the answer.
        detail (str): What happened.
        code (str): Stable code.
        remedy (str): What to do.
        reasons (list[ProblemReasonsItem]): Every reason of a refusal.
        request_id (str): Names the request in the console's log.
        field (str | Unset): The refused field; absent if there is none.
        candidates (list[str] | Unset): Ids of what an ambiguous text may mean; absent if there are none.
    """

    type_: str
    title: str
    status: int
    detail: str
    code: str
    remedy: str
    reasons: list[ProblemReasonsItem]
    request_id: str
    field: str | Unset = UNSET
    candidates: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        title = self.title

        status = self.status

        detail = self.detail

        code = self.code

        remedy = self.remedy

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item = reasons_item_data.to_dict()
            reasons.append(reasons_item)

        request_id = self.request_id

        field = self.field

        candidates: list[str] | Unset = UNSET
        if not isinstance(self.candidates, Unset):
            candidates = self.candidates

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
                "title": title,
                "status": status,
                "detail": detail,
                "code": code,
                "remedy": remedy,
                "reasons": reasons,
                "request_id": request_id,
            }
        )
        if field is not UNSET:
            field_dict["field"] = field
        if candidates is not UNSET:
            field_dict["candidates"] = candidates

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.problem_reasons_item import ProblemReasonsItem  # noqa: PLC0415

        d = dict(src_dict)
        type_ = d.pop("type")

        title = d.pop("title")

        status = d.pop("status")

        detail = d.pop("detail")

        code = d.pop("code")

        remedy = d.pop("remedy")

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = ProblemReasonsItem.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        request_id = d.pop("request_id")

        field = d.pop("field", UNSET)

        candidates = cast(list[str], d.pop("candidates", UNSET))

        problem = cls(
            type_=type_,
            title=title,
            status=status,
            detail=detail,
            code=code,
            remedy=remedy,
            reasons=reasons,
            request_id=request_id,
            field=field,
            candidates=candidates,
        )

        problem.additional_properties = d
        return problem

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
