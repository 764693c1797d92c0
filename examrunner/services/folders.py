"""Which folder holds a session. Needs no reader, so that the app's first frame need not wait."""

from __future__ import annotations

from pathlib import Path

from examrunner.domain.errors import WrongUsage

SETTINGS_FILE = "session.yaml"
ROSTER_FILE = "roster.csv"
REVIEWS_FILE = "reviews.csv"
ANSWERS_FILE = "answers.csv"
"""What was answered when reviews were imported: which reading a title means, and who is who."""
CALENDAR_FILE = "calendar.csv"
"""The invitations that were written, so that the next ones replace them."""
COMMIT_FILE = "commit.json"
SECRET_FILE = "secret.txt"  # noqa: S105  a file's name
NEXT_SECRET_FILE = "secret-next.txt"  # noqa: S105  a file's name
"""The secret of a commit that is about to replace another one."""
LOCK_FILE = "exam.lock"
USUAL_DATABASE = "exam.db"
"""The record's file, unless session.yaml names another one."""
EXPORTS, KIT = "exports", "kit"
"""Folders of what the program made for people."""
OLD_ROSTER = "roster-"
"""How a class list that an import has replaced begins; it lies among the backups."""
OLD_REVIEWS = "reviews-"
"""How a review list that an import has replaced begins; it lies there, too."""
PUT_ASIDE, RESTORING = "exam-put-aside-", ".restore."
"""How a record that was put aside begins, and the folder in which another one is built."""
UNFINISHED = "forgetting.json"
"""Says who is being forgotten, so that what was interrupted can be brought to its end."""
SESSIONS = Path("sessions")
"""Where sessions stand, seen from the folder in which the program is started."""
NEW = "examrunner new DIR --roster FILE --reviews FILE makes a session."


def is_session(folder: Path) -> bool:
    """Say whether a folder holds a session."""
    return (folder / SETTINGS_FILE).is_file() or (folder / ROSTER_FILE).is_file()


def has_record(database: Path) -> bool:
    """Say whether a record is there; an empty file is none, whatever emptied or began it."""
    return database.exists() and database.stat().st_size > 0


def demand_session(folder: Path) -> None:
    """Raise WrongUsage where a folder holds no session."""
    if not folder.is_dir():
        raise WrongUsage(f"There is no folder {folder}.", NEW)
    if not is_session(folder):
        raise WrongUsage(
            f"{folder} is no session: it has neither {SETTINGS_FILE} nor {ROSTER_FILE}.", NEW
        )


def session_folder(named: str | None) -> Path:
    """Return the session that is meant, by its path or its name below `sessions`.

    With none named it is the folder one stands in, else the only one below `sessions`. Raises
    WrongUsage where that leaves none or several.
    """
    if named is not None:
        folder = Path(named)
        beside = SESSIONS / named
        if not folder.exists() and not folder.is_absolute() and is_session(beside):
            folder = beside
        demand_session(folder)
        return folder
    if is_session(Path()):
        return Path()
    found = sorted(path for path in SESSIONS.glob("*") if is_session(path))
    if not found:
        raise WrongUsage("No session is named, and there is none below sessions.", NEW)
    if len(found) > 1:
        names = ", ".join(str(path) for path in found)
        raise WrongUsage("There are several sessions: name one.", names)
    return found[0]
