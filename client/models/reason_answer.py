from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.reason_answer_evidence import ReasonAnswerEvidence
    from ..models.retry import Retry
    from ..models.support_contact import SupportContact


T = TypeVar("T", bound="ReasonAnswer")


@_attrs_define
class ReasonAnswer:
    """What blocks the switch, and what the customer does about it.

    Attributes:
        code (str):
        message (str):
        remedy (str):
        blocks (list[str]): Modes that it blocks; none: it is a notice.
        stages (list[str]): Steps before which it counts.
        retry (Retry): When it makes sense to look again.
        evidence (ReasonAnswerEvidence):
        docs (str): Page and anchor that explain the code.
        support (None | SupportContact): Where the remedy says support; null elsewhere.
    """

    code: str
    message: str
    remedy: str
    blocks: list[str]
    stages: list[str]
    retry: Retry
    evidence: ReasonAnswerEvidence
    docs: str
    support: None | SupportContact
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.support_contact import SupportContact  # noqa: PLC0415

        code = self.code

        message = self.message

        remedy = self.remedy

        blocks = self.blocks

        stages = self.stages

        retry = self.retry.to_dict()

        evidence = self.evidence.to_dict()

        docs = self.docs

        support: dict[str, Any] | None
        if isinstance(self.support, SupportContact):
            support = self.support.to_dict()
        else:
            support = self.support

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "message": message,
                "remedy": remedy,
                "blocks": blocks,
                "stages": stages,
                "retry": retry,
                "evidence": evidence,
                "docs": docs,
                "support": support,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reason_answer_evidence import ReasonAnswerEvidence  # noqa: PLC0415
        from ..models.retry import Retry  # noqa: PLC0415
        from ..models.support_contact import SupportContact  # noqa: PLC0415

        d = dict(src_dict)
        code = d.pop("code")

        message = d.pop("message")

        remedy = d.pop("remedy")

        blocks = cast(list[str], d.pop("blocks"))

        stages = cast(list[str], d.pop("stages"))

        retry = Retry.from_dict(d.pop("retry"))

        evidence = ReasonAnswerEvidence.from_dict(d.pop("evidence"))

        docs = d.pop("docs")

        def _parse_support(data: object) -> None | SupportContact:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                support_type_0 = SupportContact.from_dict(data)

                return support_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SupportContact, data)

        support = _parse_support(d.pop("support"))

        reason_answer = cls(
            code=code,
            message=message,
            remedy=remedy,
            blocks=blocks,
            stages=stages,
            retry=retry,
            evidence=evidence,
            docs=docs,
            support=support,
        )

        reason_answer.additional_properties = d
        return reason_answer

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
