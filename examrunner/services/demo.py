"""The course and the demo session that the program brings."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.errors import Environment, Refused
from examrunner.services.folders import REVIEWS_FILE, ROSTER_FILE, SETTINGS_FILE, is_session
from examrunner.storage.files import make_private, write_atomically
from examrunner.storage.folders import is_free, whole_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

DEMO_FOLDER = Path("examrunner-demo")
SESSION = Path("sessions", "demo")
COURSE = Path("questionbanks", "cs496")
SHIPPED = "shipped"
"""The folder within an installed package; a checkout has no such folder."""


def shipped() -> Path:
    """Return the folder that holds `questionbanks` and `sessions`.

    In an installed package it stands inside, in a checkout it is the checkout itself. Raises
    Environment where neither is there.
    """
    package = _package()
    for root in (package / SHIPPED, package.parent):
        if (root / SESSION / SETTINGS_FILE).is_file() and (root / COURSE).is_dir():
            return root
    raise Environment("This installation lacks the demo.", "Install examrunner again.")


def shipped_course() -> Path:
    """Return the file of the course that the program brings."""
    return shipped() / COURSE / "course.yaml"


def is_in_package(path: Path) -> bool:
    """Say whether a file goes away when the program is installed anew."""
    return path.is_relative_to(_package())


def copy_demo(folder: Path = DEMO_FOLDER) -> Path:
    """Copy the shipped course and session, unless they are there; return the session's folder.

    Raises Refused where something else stands there, Environment where the disk says no.
    """
    if is_session(folder / SESSION):
        return folder / SESSION
    if not is_free(folder):
        raise Refused(
            f"{folder} is there already and holds no demo.",
            "Nothing was changed. Name a new folder: examrunner demo DIR",
        )
    try:
        with whole_folder(folder.resolve()) as made:
            for name, data in _shipped_files(shipped()):
                make_private((made / name).parent)
                write_atomically(made / name, data, durable=False)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise Environment(f"{folder} cannot be made: {reason}.", "Nothing was written.") from fault
    return folder / SESSION


def _shipped_files(root: Path) -> Iterator[tuple[Path, bytes]]:
    """Give what ships, and nothing that a live session has left beside it."""
    for file in sorted((root / COURSE).glob("*.yaml")):
        yield COURSE / file.name, file.read_bytes()
    for name in (SETTINGS_FILE, ROSTER_FILE, REVIEWS_FILE):
        yield SESSION / name, (root / SESSION / name).read_bytes()


def _package() -> Path:
    return Path(str(files("examrunner"))).resolve()
