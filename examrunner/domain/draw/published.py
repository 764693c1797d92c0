"""The folder that is published after a session: four texts from which anyone can verify its draws.

The commitment, the log and the secret are those of examrunner-draw/1; `banks.json` holds the
canonical banks (section 3.9) that the commitment knows only by their hashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from examrunner.domain.plain import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from examrunner.domain.draw.commitment import Commitment

COMMIT = "commit.json"
LOG = "log.jsonl"
SECRET = "secret.txt"  # noqa: S105  the name of the file that holds it
BANKS = "banks.json"


@dataclass(frozen=True, slots=True)
class Published:
    """The texts of the four files, to the byte."""

    commit: str
    """Canonical JSON without a newline: its hash is C."""
    log: str
    """Lines of canonical JSON, each with its line feed."""
    secret: str
    """S, 64 hex digits, and a line feed."""
    banks: str
    """Canonical JSON: reading, or hash of a bank that was not committed, to its items."""

    def files(self) -> dict[str, str]:
        """Return the texts by file name."""
        return {COMMIT: self.commit, LOG: self.log, SECRET: self.secret, BANKS: self.banks}


def published(
    commitment: Commitment,
    lines: Iterable[str],
    secret: str,
    banks: Mapping[str, list[dict[str, Any]]],
) -> Published:
    """Return the folder of a session: its log as lines without newline, its banks as plain items.

    A bank's key is its reading where its hash was committed, else its own hash.
    """
    log = "".join(f"{line}\n" for line in lines)
    return Published(commitment.text, log, f"{secret}\n", canonical(dict(banks)))
