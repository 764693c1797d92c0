"""Zip archives from elsewhere, checked before anything in them is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from examrunner.domain.problems import BadInput, error
from examrunner.storage.readers.tables import SPREADSHEETS, WRONG_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_ENTRIES = 2_000
MAX_UNPACKED = 100_000_000
"""Bytes of all entries together."""
MAX_RATIO = 200
"""Unpacked bytes to packed ones: no list of people is so regular."""
SMALL = 1_000_000
"""Below so many unpacked bytes the ratio says nothing."""
FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)
_OLDER = SPREADSHEETS[-1]


def checked_names(data: bytes, file: str | None) -> list[str]:
    """Return the names of an archive's entries.

    Raises BadInput for one that is damaged, has a password, or would unpack to more than any
    class has; and for an older or protected workbook, which is no zip archive.
    """
    if data.startswith(_OLDER):
        text = "this is an older (.xls) or a password-protected workbook"
        raise _refused(text, "save it as .xlsx without a password, or save it as CSV", file)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except FAULTS as fault:
        text = "this is a spreadsheet or an archive, and it is damaged"
        raise _refused(text, "save it again, or save it as CSV", file) from fault
    _demand_small(entries, len(data), file)
    return [entry.filename for entry in entries]


def entries_of(data: bytes, names: Iterable[str], file: str | None) -> dict[str, bytes]:
    """Return the bytes of these entries of a checked archive. Raises BadInput for damaged ones."""
    found = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in names:
                with archive.open(name) as stream:
                    found[name] = stream.read(MAX_UNPACKED)
    except (*FAULTS, KeyError, RuntimeError) as fault:
        text = "an entry of this archive cannot be unpacked"
        raise _refused(text, "save or download it again", file) from fault
    return found


def _demand_small(entries: list[zipfile.ZipInfo], packed: int, file: str | None) -> None:
    """Raise BadInput for a bomb. A size that lies is found when its entry is unpacked."""
    unpacked = sum(entry.file_size for entry in entries)
    if any(entry.flag_bits & 1 for entry in entries):
        raise _refused("this archive has a password", "save it without one", file)
    if len(entries) > MAX_ENTRIES:
        raise _refused(f"this archive has more than {MAX_ENTRIES:,} entries", WRONG_FILE, file)
    if unpacked > MAX_UNPACKED or (unpacked > SMALL and unpacked > MAX_RATIO * packed):
        text = f"this archive would unpack to {unpacked / 1_000_000:,.0f} MB from {packed:,} bytes"
        raise _refused(text, WRONG_FILE, file)


def _refused(text: str, hint: str, file: str | None) -> BadInput:
    return BadInput([error(text, hint, file=file, line=1, rule="csv-encoding")])
