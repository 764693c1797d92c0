"""The secret of a session: made at the commit, never printed before the end."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from examrunner.domain.draw.commitment import secret_hash
from examrunner.domain.draw.limits import is_hex
from examrunner.domain.errors import Environment
from examrunner.services.folders import NEXT_SECRET_FILE, SECRET_FILE
from examrunner.storage.files import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from examrunner.domain.draw.commitment import Commitment


def write_secret(folder: Path, secret: str) -> None:
    """Write the secret, readable by the user alone."""
    write_atomically(folder / SECRET_FILE, f"{secret}\n".encode())


def keep_next(folder: Path, secret: str) -> None:
    """Write the secret of a commit that is about to replace another one, beside that one's."""
    write_atomically(folder / NEXT_SECRET_FILE, f"{secret}\n".encode())


def take_next(folder: Path) -> None:
    """Let the secret that was kept beside take its place: its commit is on record."""
    (folder / NEXT_SECRET_FILE).replace(folder / SECRET_FILE)


def read_secret(folder: Path, commitment: Commitment) -> str:
    """Return the secret that belongs to a commitment.

    Raises Environment where the file is missing or holds another one: then papers can still be
    chosen by hand, and nothing else is lost.
    """
    hint = "Bring it back from a copy of the folder or its proof, or choose papers by hand (c)."
    try:
        found = [_read(folder / SECRET_FILE)]
    except (OSError, ValueError) as fault:
        raise Environment(f"The secret of the draw cannot be read: {SECRET_FILE}.", hint) from fault
    with suppress(OSError, ValueError):  # the program died while a commit was being replaced
        found.append(_read(folder / NEXT_SECRET_FILE))
    for secret in found:
        if is_hex(secret) and secret_hash(secret) == commitment.secret_sha256:
            return secret
    raise Environment(f"{SECRET_FILE} is not the secret of this session's commit.", hint)


def _read(file: Path) -> str:
    return file.read_text(encoding="ascii").strip()
