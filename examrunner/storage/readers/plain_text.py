"""The bytes of a text file from elsewhere as text, or why not."""

from __future__ import annotations

from examrunner.domain.problems import BadInput, error
from examrunner.storage.readers.tables import BYTE_ORDER_MARKS

MAX_BYTES = 5_000_000


def decoded(data: bytes, file: str | None, rule: str) -> str:
    """Return UTF-8 bytes as text whose lines end in line feeds. Raises BadInput."""
    if len(data) > MAX_BYTES:
        told, hint = f"the file is larger than {MAX_BYTES // 1_000_000} MB", "is this right?"
        raise BadInput([error(told, hint, file=file, line=1, rule=rule)])
    if data.startswith(BYTE_ORDER_MARKS):
        raise BadInput([error("the file is in UTF-16", SAVE, file=file, line=1, rule=rule)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        told = "the text is not UTF-8; it looks like Latin-1 or Windows-1252"
        raise BadInput([error(told, SAVE, file=file, line=line, rule=rule)]) from fault
    if "\0" in text:
        told, hint = "the file holds NUL bytes", "this is no text file, or it was damaged"
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BadInput([error(told, hint, file=file, line=line, rule=rule)])
    return text.replace("\r\n", "\n").replace("\r", "\n")


SAVE = "save it as UTF-8 in your editor"
