"""A session with everything in it that can say who a student was, and a search over all bytes."""

from __future__ import annotations

import shutil
import unicodedata
from typing import TYPE_CHECKING

from examrunner.domain.exam import events as ev
from examrunner.domain.exam.events import Verdict
from examrunner.services import conduct, day_acts, draws, export
from examrunner.services.opening import open_desk
from examrunner.services.results import read_results
from examrunner.services.waiting import Batch, Waiting, write_emergency_file
from examrunner.storage.database.drafts import Draft
from examrunner.storage.places import state_folder
from tests.classes import SETTINGS, write_session
from tests.fakes import FakeClock, FakeEntropy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ROSTER = """\
student_id,name,email,canvas_id,sis_id,login,section,say_name,photo
0007700001,Zoë Núñez,zoe.nunez@example.edu,8810100001,sis-zoe-1,znunez9,B-17 honours,\
ZOH-ee NOON-yez,photos/zoe.jpg
0007700002,"O'Brien, Chi ""CJ"" Lee",chi@example.edu,8810100002,sis-chi-2,chio22,B-17 honours,,
0007700003,李雷,lilei@example.edu,8810100003,sis-lei-3,lilei3,A-1,,
""".replace("\n", "\r\n")
REVIEWS = """\
name,email,paper,date
Zoë Núñez,zoe.nunez@example.edu,Attention Is All You Need,2024-10-01
"Núñez, Zoë",,Image GPT,2024-10-02
,chi@example.edu,Attention Is All You Need,2024-10-03
李雷,,Image GPT,2024-10-04
""".replace("\n", "\r\n")
ZOE = (
    "Zoë Núñez", "Núñez, Zoë", "zoe.nunez@example.edu", "0007700001", "8810100001",
    "sis-zoe-1", "znunez9", "ZOH-ee", "photos/zoe.jpg",
    "a note about 0007700001", "a reason about 0007700001", "a phone rang in her bag",
)  # fmt: skip
CHI = (
    "O'Brien, Chi", "Chi O'Brien", "chi@example.edu", "0007700002", "8810100002",
    "sis-chi-2", "chio22", "a note about 0007700002", "a reason about 0007700002",
)  # fmt: skip
LEI = (
    "李雷", "lilei@example.edu", "0007700003", "8810100003", "sis-lei-3", "lilei3",
    "a note about 0007700003", "a reason about 0007700003",
)  # fmt: skip
"""Everything that says who somebody was."""
MENTION = "said the same as Zoë Núñez"
VERDICTS = {"0007700001": Verdict.PASS, "0007700002": Verdict.FAIL, "0007700003": Verdict.EDGE}


def written(parent: Path) -> Path:
    """Write the session; nobody has been called."""
    folder = write_session(parent / "full", SETTINGS, roster=ROSTER, reviews=REVIEWS)
    (folder / "photos").mkdir()
    (folder / "photos" / "zoe.jpg").write_bytes(b"\xff\xd8\xff picture of her")
    return folder


def examined(parent: Path) -> Path:
    """Write the session and examine everyone; Zoë's name also stands in a note about Chi."""
    folder, clock = written(parent), FakeClock()
    desk = open_desk(folder, clock, FakeEntropy(), "ann")
    try:
        for student, verdict in VERDICTS.items():
            key = next(row.key for row in desk.rows() if row.student.student_id == student)
            key = conduct.call(desk, key)
            name = desk.row(key).attempt.id
            conduct.present(desk, desk.attempt(name))
            draws.reveal(desk, desk.attempt(name))
            conduct.start(desk, desk.attempt(name))
            clock.advance(61)
            question = desk.attempt(name).questions[0].id
            conduct.note(desk, desk.attempt(name), question, f"a note about {student}", 61)
            if student == "0007700001":
                day_acts.note_incident(desk, "a phone rang in her bag")
            if student == "0007700002":
                conduct.note(desk, desk.attempt(name), question, MENTION, 61)
            conduct.stop(desk, desk.attempt(name))
            conduct.decide(desk, desk.attempt(name), verdict, f"a reason about {student}")
            clock.advance(30)
    finally:
        desk.close()
    return folder


def strewn(folder: Path) -> Path:
    """Leave everything behind that programs, kills and people leave in a session's folder."""
    results, clock = read_results(folder), FakeClock()
    out = export.default_out(folder, export.CSV, clock.now().at)
    table = export.Table()
    export.write_table(folder, results, table, out, clock=clock, actor="ann", asked=True)
    (folder / "kit").mkdir(mode=0o700)
    page = (
        "<p>Zo&euml; N&uacute;&ntilde;ez</p><p>O&#x27;Brien, Chi &quot;CJ&quot; Lee</p><p>李雷</p>"
    )
    (folder / "kit" / "sheets.html").write_text(page, encoding="utf-8")
    (folder / "kit" / "sheets.pdf").write_bytes(b"%PDF-1.7\n\x80\x81 squeezed")
    record = folder / "exam.db"
    for name in ("before-schema-1.db", "exam-000002-0123456789ab.db", ".exam.x1.part"):
        shutil.copy(record, folder / "backups" / name)
    (folder / ".restore.k1").mkdir(mode=0o700)
    for name in ("exam-put-aside-20241213-150000.db", "copy of it.sqlite", ".restore.k1/exam.db"):
        shutil.copy(record, folder / name)
    shutil.copy(folder / "roster.csv", folder / ".roster.csv.k2.part")
    return folder


def emergency(folder: Path) -> Path:
    """Leave an emergency file in which a note about each student waits."""
    keys = [attempt.student for one in read_results(folder).results for attempt in one.attempts]
    texts = ("waiting note about 0007700001", "waiting note about 0007700002", "waiting 0007700003")
    waiting = Waiting()
    for key, text in zip(keys, texts, strict=True):
        draft = Draft(ev.Noted(f"{key}.1", "q", "", 5), text)
        waiting.add(Batch((draft,), FakeClock().now()))
    place = state_folder() / "emergency"
    told = waiting.told("ab" * 32, "cd" * 32, "ann", 1)
    return write_emergency_file(waiting, "small", told, [lambda: place])


def forms(texts: Iterable[str]) -> set[bytes]:
    """Return texts as bytes, each in the ways in which a file may hold it."""
    found = set()
    for text in texts:
        for form in ("NFC", "NFD"):
            whole = unicodedata.normalize(form, text)
            for one in (whole, whole.casefold(), whole.upper()):
                found |= {one.encode(), one.encode("utf-16-le"), one.encode("unicode-escape")}
    return found


def left_behind(folder: Path, texts: Iterable[str]) -> list[str]:
    """Return each file below a folder that holds one of the texts, name included, with the text."""
    wanted = forms(texts)
    return sorted(
        f"{path.relative_to(folder)}: {one.decode('utf-8', 'replace')}"
        for path in folder.rglob("*")
        for one in wanted
        if one in str(path.relative_to(folder)).encode()
        or (path.is_file() and one in path.read_bytes())
    )
