"""QTI is not read: what its files are, why not, and the way out.

QTI has no notion of an oral question with follow-ups; the notes for its scorers are free markup
without the parts of a guide, and Canvas hands out an older form of it without them.
"""

from __future__ import annotations

import re

_ROOTS = {
    "questestinterop": "1.2",
    "assessmentItem": "2",
    "assessmentTest": "2",
    "qti-assessment-item": "3",
    "qti-assessment-test": "3",
    "manifest": "",
}
_VERSION = re.compile(r"qti(?:asi)?_?v(\d)p(\d)", re.IGNORECASE)
WAY_OUT = (
    "copy its questions into a spreadsheet with columns kind, question and points and take that "
    "in, or export them from Moodle as Moodle XML"
)
_MANIFEST = "imsmanifest.xml"


def refusal_of(root: str, space: str) -> tuple[str, str] | None:
    """Return why a file with this outermost tag and name space is not read, and the way out.

    None for one that is not QTI.
    """
    if root not in _ROOTS:
        return None
    if root == "manifest":
        return "this is the list of contents of a QTI or Common Cartridge package", WAY_OUT
    found = _VERSION.search(space)
    version = f"{found[1]}.{found[2]}" if found else _ROOTS[root]
    return f"this is QTI {version}, which has no place for {_LACKS}; it is not read", WAY_OUT


_LACKS = "what an oral question needs (kind, points, sample answers, probes)"


def refusal_of_archive(names: list[str]) -> tuple[str, str] | None:
    """Return why an archive with these entries is not read; None for one that is not QTI."""
    if not any(name.rpartition("/")[2].casefold() == _MANIFEST for name in names):
        return None
    return f"this is a QTI package, which has no place for {_LACKS}; it is not read", WAY_OUT
