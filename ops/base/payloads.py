"""How workflows and activities hand each other their messages: the library's pydantic JSON, made once.

What can't be read ends what it was meant for, once, with a code of ours. The library would fail a workflow's
task, or try an activity again, for as long as somebody waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter, PydanticPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverter,
    PayloadConverter,
)
from temporalio.exceptions import ApplicationError, FailureError

from domain.kernel.errors import InvalidInput, UnreadableMessage

_CAUSE_MAX = 300
#: As many types as the library keeps for what it reads.
_TYPES_MAX = 1024
_writer_of = lru_cache(maxsize=_TYPES_MAX)(TypeAdapter[Any])


class _JsonConverter(PydanticJSONPlainPayloadConverter):
    """The library's JSON, where a message is written as its type says, and not by what its fields hold.

    The library guesses from the values, and so passes by how the terms of a switch are written.
    """

    def to_payload(self, value: Any) -> Payload | None:
        """Write a message."""
        if not is_dataclass(value):
            return super().to_payload(value)
        kind: Any = type(value)
        return Payload(metadata={"encoding": self.encoding.encode()}, data=_writer_of(kind).dump_json(value))


_JSON = _JsonConverter()
_SHARED = [
    _JSON if each.encoding == _JSON.encoding else each
    for each in PydanticPayloadConverter().converters.values()
]


class SharedPayloadConverter(CompositePayloadConverter):
    """The pydantic converter over parts that the whole process shares; safe for several threads.

    The library makes a converter for each workflow, and a pydantic one works out the schema of each type it
    meets anew: about a millisecond for each of the messages of a switch.
    """

    def __init__(self) -> None:
        super().__init__(*_SHARED)

    def from_payloads(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        """Read messages.

        Raises:
            ApplicationError: One is no JSON, of another encoding, or not of its type: UNREADABLE_MESSAGE.
        """
        try:
            return super().from_payloads(payloads, type_hints)
        except FailureError:
            raise
        except Exception as error:
            raise unreadable(error, type_hints) from error


class SharedFailureConverter(DefaultFailureConverter):
    """The library's converter of failures; what a failure tells beside its message never stops its reader."""

    def from_failure(self, failure: Failure, payload_converter: PayloadConverter) -> BaseException:
        """Read a failure; details that can't be read are left out."""
        try:
            return super().from_failure(failure, payload_converter)
        except ApplicationError:
            plain = Failure()
            plain.CopyFrom(failure)
            _drop_details(plain)
            return super().from_failure(plain, payload_converter)


def _drop_details(failure: Failure) -> None:
    """Take out of a failure, and of what led to it, everything that would have to be read."""
    failure.ClearField("encoded_attributes")
    infos: tuple[tuple[Any, str], ...] = (
        (failure.application_failure_info, "details"),
        (failure.canceled_failure_info, "details"),
        (failure.timeout_failure_info, "last_heartbeat_details"),
        (failure.reset_workflow_failure_info, "last_heartbeat_details"),
    )
    for info, details in infos:
        if info.HasField(details):
            info.ClearField(details)
    if failure.HasField("cause"):
        _drop_details(failure.cause)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """What stands in the place of the unreadable input of an activity (activities/outside/door.py)."""

    why: ApplicationError


@dataclass(frozen=True)
class StepDataConverter(DataConverter):
    """The converter of the workers: it lets the door of the activities refuse what can't be read.

    An error of the converter itself would be one that the library tries again without end.
    """

    async def decode(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        """Read messages; one that can't be read is answered with what tells why."""
        try:
            return await super().decode(payloads, type_hints)
        except ApplicationError as error:
            return [Unread(why=error)]


def unreadable(error: Exception, type_hints: list[type] | None) -> ApplicationError:
    """Return why messages can't be read."""
    why = error.__cause__ or error
    if isinstance(why, ValidationError) and why.errors()[0]["type"] == "literal_error":
        # It can be read, and says what it may not.
        return _refused(why.errors()[0])
    wanted = ", ".join(getattr(each, "__name__", str(each)) for each in type_hints or ()) or "JSON"
    cause = " ".join(str(error).split())[:_CAUSE_MAX]
    return ApplicationError(
        f"The message can't be read as {wanted}: {cause}. Give it as JSON (encoding json/plain) with the "
        "fields that docs/reliability.md lists.",
        type=UnreadableMessage.code,
        non_retryable=True,
    )


def _refused(finding: Mapping[str, Any]) -> ApplicationError:
    """Return the refusal of a word that is none of those of its field."""
    field = ".".join(str(part) for part in finding["loc"])
    refusal = InvalidInput(field=field, value=finding["input"], allowed=finding["ctx"]["expected"])
    return ApplicationError(f"{refusal.message} {refusal.remedy}", type=refusal.code, non_retryable=True)


data_converter = DataConverter(
    payload_converter_class=SharedPayloadConverter, failure_converter_class=SharedFailureConverter
)
step_data_converter = StepDataConverter(
    payload_converter_class=SharedPayloadConverter, failure_converter_class=SharedFailureConverter
)
