"""The secret of a session: made at the commit, never printed before the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.draw.commitment import secret_hash
from examrunner.domain.errors import Environment
from examrunner.services.folders import SECRET_FILE
from examrunner.storage.files import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.domain.draw.commitment import Commitment


def write_secret(folder: Path, secret: str) -> None:
    """Write the secret, readable by the user alone."""
    write_atomically(folder / SECRET_FILE, f"{secret}\n".encode())


def read_secret(folder: Path, commitment: Commitment) -> str:
    """Return the secret that belongs to a commitment.

    Raises Environment where the file is missing or holds another one: then papers can still be
    chosen by hand, and nothing else is lost.
    """
    hint = "Bring back secret.txt from a backup, or choose papers by hand (c)."
    try:
        secret = (folder / SECRET_FILE).read_text(encoding="ascii").strip()
        fits = secret_hash(secret) == commitment.secret_sha256
    except (OSError, ValueError) as fault:
        raise Environment(f"The secret of the draw cannot be read: {SECRET_FILE}.", hint) from fault
    if not fits:
        raise Environment(f"{SECRET_FILE} is not the secret of this session's commit.", hint)
    return secret
