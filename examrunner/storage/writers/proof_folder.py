"""The folder to publish: the four files, the two programs that check them, and a word on how."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.draw.published import BANKS, COMMIT, LOG, SECRET
from examrunner.storage.files import sync_folder, write_atomically
from examrunner.storage.writers.proof import page, standalone_verifier

if TYPE_CHECKING:
    from examrunner.domain.draw.published import Published

PROGRAM, PAGE, ABOUT = "verify.py", "verify.html", "README.txt"
PROOF_FILES = (COMMIT, LOG, SECRET, BANKS, PROGRAM, PAGE, ABOUT)
READABLE, ENTERABLE = 0o644, 0o755
"""These files are made to be given away."""

WORDS = Path(__file__).parent / "proof" / "about.txt"


def write_proof(target: Path, files: Published, session: str, public: str) -> tuple[str, ...]:
    """Write the folder; `public` is P. Returns the names of its files. Raises OSError."""
    about = WORDS.read_text(encoding="utf-8").format(
        session=session,
        public=public.replace("'", "'\\''"),
        commit=COMMIT,
        log=LOG,
        secret=SECRET,
        banks=BANKS,
        program=PROGRAM,
        page=PAGE,
    )
    texts = {
        **files.files(),
        PROGRAM: standalone_verifier(),
        PAGE: page(files),
        ABOUT: about,
    }
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(ENTERABLE)
    for name, text in texts.items():
        write_atomically(target / name, text.encode("utf-8"), READABLE)
    sync_folder(target.parent)
    return tuple(texts)
