"""How workflows and activities hand each other their messages: the library's pydantic JSON, made once."""

from __future__ import annotations

from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import CompositePayloadConverter, DataConverter

_SHARED = PydanticPayloadConverter()


class SharedPayloadConverter(CompositePayloadConverter):
    """The pydantic converter over parts that the whole process shares; safe for several threads.

    The library makes a converter for each workflow, and a pydantic one works out the schema of each type it
    meets anew: about a millisecond for each of the messages of a switch.
    """

    def __init__(self) -> None:
        super().__init__(*_SHARED.converters.values())


data_converter = DataConverter(payload_converter_class=SharedPayloadConverter)
