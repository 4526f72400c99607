from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.version_answer_report_type_0 import VersionAnswerReportType0


T = TypeVar("T", bound="VersionAnswer")


@_attrs_define
class VersionAnswer:
    """One version, and what was repaired and refused at its import.

    Attributes:
        version (str):
        plans (int):
        report (None | VersionAnswerReportType0): As it was recorded with the import; null for a version that came with
            the program.
    """

    version: str
    plans: int
    report: None | VersionAnswerReportType0
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.version_answer_report_type_0 import VersionAnswerReportType0  # noqa: PLC0415

        version = self.version

        plans = self.plans

        report: dict[str, Any] | None
        if isinstance(self.report, VersionAnswerReportType0):
            report = self.report.to_dict()
        else:
            report = self.report

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "version": version,
                "plans": plans,
                "report": report,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.version_answer_report_type_0 import VersionAnswerReportType0  # noqa: PLC0415

        d = dict(src_dict)
        version = d.pop("version")

        plans = d.pop("plans")

        def _parse_report(data: object) -> None | VersionAnswerReportType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                report_type_0 = VersionAnswerReportType0.from_dict(data)

                return report_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | VersionAnswerReportType0, data)

        report = _parse_report(d.pop("report"))

        version_answer = cls(
            version=version,
            plans=plans,
            report=report,
        )

        version_answer.additional_properties = d
        return version_answer

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
