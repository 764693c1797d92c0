"""The folder to publish: the four files, the two programs that check them, and a word on how."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.draw.published import BANKS, COMMIT, LOG, SECRET
from examrunner.storage.files import sync_folder, write_atomically
from examrunner.storage.writers.proof import page, standalone_verifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examrunner.domain.draw.published import Published

PROGRAM, PAGE, ABOUT = "verify.py", "verify.html", "README.txt"
PRIVATE, READABLE, ENTERABLE = 0o700, 0o644, 0o755
"""The files are made to be given away; a new folder is opened to others once they may be."""

WORDS = Path(__file__).parent / "proof" / "about.txt"


@contextmanager
def proof_written(
    target: Path, files: Published, session: str, public: str
) -> Iterator[tuple[str, ...]]:
    """Write the folder, new or empty, and give the names of its files; `public` is P.

    A new folder is closed to others until the block has ended well. Where it fails, nothing of
    the folder is left. Raises OSError.
    """
    texts = _texts(files, session, public)
    is_new = not target.exists()
    try:
        target.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        for name, text in texts.items():
            write_atomically(target / name, text.encode("utf-8"), READABLE)
        sync_folder(target.parent)
        yield tuple(texts)
    except BaseException:
        with suppress(OSError):
            for name in texts:
                (target / name).unlink(missing_ok=True)
            if is_new:
                target.rmdir()
        raise
    if is_new:
        target.chmod(ENTERABLE)


def _texts(files: Published, session: str, public: str) -> dict[str, str]:
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
    return {
        **files.files(),
        PROGRAM: standalone_verifier(),
        PAGE: page(files),
        ABOUT: about,
    }
