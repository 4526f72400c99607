"""Text of a file that somebody brings: which encoding it has, and what it says.

Lists and descriptions are saved by spreadsheets and editors of every age. UTF-8 comes first, with a byte
order mark or without; UTF-16 tells itself by its mark; what is left and has no piece of UTF-8 is
Windows-1252. A mixture has no one meaning and is refused.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_LE
from dataclasses import dataclass

from domain.kernel.errors import InvalidInput

UTF_8, UTF_16, WINDOWS_1252 = "utf_8", "utf_16", "windows_1252"
REMEDY = "Save the file again as UTF-8; nothing was changed."

#: Letters beyond ASCII as UTF-8 writes them; in text of Windows-1252 such pairs make no words.
_UTF_8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, kw_only=True, slots=True)
class FileText:
    """What a file says."""

    text: str
    #: utf_8, utf_16 or windows_1252.
    encoding: str
    #: The first character that is not plain ASCII, and its line from 1; "" and 1 where there is none.
    first_special: str
    line: int

    @property
    def has_last_line_end(self) -> bool:
        """Return whether the last line has its end."""
        return self.text.endswith(("\n", "\r"))


def read_text_file(content: bytes, *, remedy: str = REMEDY) -> FileText:
    """Return the text of a file.

    Args:
        content: The whole file.
        remedy: What to do about a file that can't be read.

    Raises:
        InvalidInput: It is in none of the encodings, in a mixture of two, or cut off inside a character; the
            message names the line.
    """
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) and not content.startswith(BOM_UTF32_LE):
        return _decoded(content, UTF_16, remedy)
    body = content.removeprefix(BOM_UTF8)
    try:
        return _file_text(body.decode("utf-8"), UTF_8)
    except UnicodeDecodeError as error:
        line = line_of(body[: error.start].decode("latin-1"))
        value = f"byte {body[error.start]:#04x}"
    if _UTF_8_LETTER.search(body):
        raise _refused(line, value, "text in UTF-8 or in Windows-1252, not in both", remedy)
    return _decoded(body, WINDOWS_1252, remedy)


def line_of(text_before: str) -> int:
    """Return the number of the line that follows some text, from 1; every kind of line end counts."""
    return len(_LINE_END.findall(text_before)) + 1


def _decoded(content: bytes, encoding: str, remedy: str) -> FileText:
    try:
        return _file_text(content.decode("cp1252" if encoding == WINDOWS_1252 else "utf-16"), encoding)
    except UnicodeDecodeError as error:
        line = line_of(content[: error.start].replace(b"\0", b"").decode("latin-1"))
        value = f"byte {content[error.start]:#04x}"
        raise _refused(line, value, "text in UTF-8, UTF-16 or Windows-1252", remedy) from error


def _file_text(text: str, encoding: str) -> FileText:
    place = next((number for number, each in enumerate(text) if not each.isascii()), None)
    return FileText(
        text=text.removeprefix("\ufeff"),
        encoding=encoding,
        first_special="" if place is None else text[place],
        line=1 if place is None else line_of(text[:place]),
    )


def _refused(line: int, value: str, allowed: str, remedy: str) -> InvalidInput:
    return InvalidInput(field=f"line {line}", value=value, allowed=allowed, remedy=remedy)
