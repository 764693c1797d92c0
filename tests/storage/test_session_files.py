"""session.yaml: every key has a default, faults have places, and what is written reads back."""

from __future__ import annotations

import os
import unicodedata
from datetime import date, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from examrunner.domain.bank.banks import State
from examrunner.domain.course.catalogue import ReviewRules
from examrunner.domain.exam.settings import (
    Absent,
    Break,
    DrawRules,
    EligibleRules,
    ExamRules,
    ExportRules,
    SecondWindow,
    Settings,
    VerdictRule,
    Window,
    WithoutBank,
)
from examrunner.domain.text import ID_PATTERN, bad_character
from examrunner.storage.readers.session_files import read_settings, session_name, write_settings

if TYPE_CHECKING:
    from examrunner.domain.problems import Problem


def settings(folder: Path, text: str) -> Settings:
    """Return settings that must be free of problems."""
    (folder / "session.yaml").write_text(text)
    value, problems = read_settings(folder)
    assert problems == []
    assert value is not None
    return value


def fault(folder: Path, text: str) -> Problem:
    """Return the first problem of settings that must be refused."""
    (folder / "session.yaml").write_text(text)
    value, problems = read_settings(folder)
    assert value is None
    return problems[0]


def test_nobody_must_write_a_session_file(tmp_path: Path) -> None:
    """Without the file, with an empty one or only comments, all settings are the defaults."""
    folder = tmp_path / "CS 496 finál"
    folder.mkdir()
    usual = Settings(session="CS-496-final")
    assert read_settings(folder) == (usual, [])
    assert settings(folder, "") == usual
    assert settings(folder, "# nothing\n") == usual
    assert settings(folder, "kind:\nbanks:\nexam: {}\nsheet:\n") == usual


@pytest.mark.parametrize(
    ("name", "made"),
    [("a b", "a-b"), ("..x", "x"), ("-rf", "rf"), ("日本", "session"), ("x" * 99, "x" * 64)],
)
def test_a_session_is_named_after_its_folder(tmp_path: Path, name: str, made: str) -> None:
    """Whatever the folder is called, the name made from it is an id."""
    assert session_name(tmp_path / name) == made


def test_a_missing_folder_is_a_problem(tmp_path: Path) -> None:
    """A session folder that is not there is told, not raised."""
    value, problems = read_settings(tmp_path / "gone")
    assert value is None
    assert [p.rule for p in problems] == ["unreadable"]


FALL_2024 = """\
session: cs496-fall-2024-final
course: ../../questionbanks/cs496/course.yaml
banks: [../../questionbanks/cs496]
exam:
  date: 2024-12-13
  window: {start: 09:00, end: 11:00, timezone: America/Chicago}
  points: {pass: 10, fail: 0}
reviews: {required: 20, from_calendar: 15}
"""
SPRING_2023 = """\
session: cs496-spring-2023-talks
kind: meeting
exam: {minutes: none, verdict: optional, points: {}}
reviews: {required: 15, from_calendar: 10}
"""
SPRING_2026 = """\
session: cs496-spring-2026-final
exam:
  window: {start: 14:00, end: 17:00, timezone: America/Chicago}
reviews: {required: 20, from_calendar: 10}
"""
FALL_2026 = """\
session: cs496-fall-2026-final
exam: {papers_per_student: 2, points: {pass: 20, fail: 0}}
reviews: {required: 15, from_calendar: none}
"""


def test_fall_2024_is_a_setting(tmp_path: Path) -> None:
    """The shipped term: 20 reviews, 15 from the calendar, two hours in Chicago, 10 points."""
    value = settings(tmp_path, FALL_2024)
    assert value.exam == ExamRules(
        date(2024, 12, 13), Window(time(9), time(11), "America/Chicago"), timedelta(minutes=5)
    )
    assert value.reviews == ReviewRules(20, 15)


def test_spring_2023_is_a_setting(tmp_path: Path) -> None:
    """A term without an oral final: meetings without time limit, verdict or points."""
    value = settings(tmp_path, SPRING_2023)
    assert value.kind == "meeting"
    assert value.exam == ExamRules(minutes=None, points=(), verdict=VerdictRule.OPTIONAL)
    assert value.reviews == ReviewRules(15, 10)


def test_spring_2026_is_a_setting(tmp_path: Path) -> None:
    """A term with three hours in the afternoon and 10 reviews from the calendar."""
    value = settings(tmp_path, SPRING_2026)
    assert value.exam.window == Window(time(14), time(17), "America/Chicago")
    assert value.reviews == ReviewRules(20, 10)


def test_fall_2026_is_a_setting(tmp_path: Path) -> None:
    """A term with two papers a student, 20 points, no window and no calendar minimum."""
    value = settings(tmp_path, FALL_2026)
    assert value.exam == ExamRules(papers_per_student=2, points=(("pass", 20), ("fail", 0)))
    assert value.reviews == ReviewRules(15, None)


@pytest.mark.parametrize(
    ("written", "length"),
    [("5", 300), ("4:25", 265), ("0:30", 30), ("'5'", 300), ("120", 7200)],
)
def test_talk_time_is_minutes_or_minutes_and_seconds(
    tmp_path: Path, written: str, length: int
) -> None:
    """`5` and `4:25` are lengths of time, not the numbers that YAML makes of them."""
    value = settings(tmp_path, f"exam: {{minutes: {written}}}\n")
    assert value.exam.minutes == timedelta(seconds=length)


HOURS = "exam:\n  window: {start: 09:00, end: 11:00}\n  breaks: "


@pytest.mark.parametrize(
    ("text", "place", "told", "hint"),
    [
        ("exam: {minutes: 0}", (1, 17), "more than 0", "none"),
        ("exam: {minutes: -5}", (1, 17), "minutes must be minutes", "4:25"),
        ("exam: {minutes: 4:75}", (1, 17), "minutes must be minutes", "4:25"),
        ("exam:\n  minutes:", (2, 11), "minutes is empty", "none"),
        ("exam: {changeover_seconds: -1}", (1, 28), "negative", ""),
        ("exam: {papers_per_student: 0}", (1, 28), "at least 1", ""),
        ("exam: {points: {pas: 1}}", (1, 22), "`pas` is no verdict", "pass, edge, fail"),
        ("exam: {points: {pass: ten}}", (1, 23), "points: pass must be a whole number", ""),
        ("exam: {points: 10}", (1, 16), "points must be a mapping", "{word: 1"),
        ("exam: {window: {start: 09:00, end: 9:00}}", (1, 36), "before it has begun", "24"),
        ("exam: {window: {start: 9, end: 11:00}}", (1, 24), "time of day", "09:30"),
        ("exam: {window: {start: 09:00, end: 24:00}}", (1, 36), "time of day", "23:59"),
        ("exam: {window: {start: 09:00}}", (1, 16), "`end` is missing", ""),
        (
            "exam: {window: {start: 09:00, end: 11:00, timezone: America/Chigaco}}",
            (1, 53),
            "no time zone",
            "America/Chicago",
        ),
        (
            "exam: {window: {start: 09:00, end: 11:00, timezone: ../../etc/passwd}}",
            (1, 53),
            "no time zone",
            "",
        ),
        ("exam: {absent_after: 0}", (1, 22), "absent_after must be more than 0", "never"),
        ("exam: {reserve: -1}", (1, 17), "reserve cannot be negative", "0"),
        ("exam: {reserve: two}", (1, 17), "reserve must be a whole number", ""),
        ("exam: {breaks: [{at: 10:00, minutes: 10}]}", (1, 16), "need a window", "hours"),
        (f"{HOURS}[{{at: 11:00, minutes: 10}}]", (3, 17), "outside the window", "11:00"),
        (f"{HOURS}[{{at: 10:55, minutes: 5:01}}]", (3, 17), "outside the window", "11:00"),
        (f"{HOURS}[{{at: 8:59, minutes: 5}}]", (3, 17), "outside the window", "09:00"),
        (f"{HOURS}[{{at: 10:00, minutes: 0}}]", (3, 33), "has no length", ""),
        (f"{HOURS}[{{at: 10:00}}]", (3, 12), "`minutes` is missing", ""),
        (f"{HOURS}[{{at: 10, minutes: 5}}]", (3, 17), "at must be a time of day", "09:30"),
        (
            f"{HOURS}[{{at: 10:00, minutes: 10}}, {{at: 10:09, minutes: 1}}]",
            (3, 43),
            "overlaps",
            "",
        ),
        ("exam: {date: 2024-13-45}", (1, 14), "date must be a date", ""),
        ("sheet: {}", (1, 8), "at least one kind", ""),
        ("sheet: {core: 0}", (1, 15), "core must be at least 1", ""),
        ("sheet: {core: 1, core: 2}", (1, 18), "twice", ""),
        ("eligible: {types: []}", (1, 19), "no type", "paper"),
        ("reviews: {required: -1}", (1, 21), "negative", ""),
        ("draw: {spacing: wide}", (1, 17), "auto or a number", "uniform"),
        ("draw: {spacing: '-1'}", (1, 17), "auto or a number", ""),
        ("database: postgresql://u:p@h/d", (1, 11), "password", "environment variable"),
        ("database: ../other/exam.db", (1, 11), "must be a file of this folder", ".db"),
        ("database: /var/exam.db", (1, 11), "must be a file of this folder", ".db"),
        ("database: 'C:\\exam.db'", (1, 11), "must be a file of this folder", ".db"),
        ("database: ..db", (1, 11), "must be a file of this folder", ".db"),
        ("database: secret.txt", (1, 11), "must be a file of this folder", ".db"),
        ("session: a b", (1, 10), "cannot be an id", ""),
        ("questions: checked", (1, 12), "one of draft, reviewed", ""),
        ("without_bank: fall back", (1, 15), "one of fallback", "did you mean `fallback`"),
        ("exam: {minute: 5}", (1, 8), "`minute` is not a key", "did you mean `minutes`"),
        ("minutes: 5", (1, 1), "`minutes` is not a key", ""),
    ],
)
def test_a_fault_has_its_place(
    tmp_path: Path, text: str, place: tuple[int, int], told: str, hint: str
) -> None:
    """Each faulty setting is reported at line and column, with what to write."""
    problem = fault(tmp_path, text + "\n")
    assert (problem.line, problem.column) == place
    assert told in problem.text
    assert hint in problem.hint


def test_breaks_may_touch_each_other_and_the_window(tmp_path: Path) -> None:
    """A break may begin where another ends, and end with the window; the order is free."""
    value = settings(tmp_path, f"{HOURS}[{{at: 10:55, minutes: 5}}, {{at: 10:45, minutes: 10}}]\n")
    assert value.exam.breaks == (
        Break(time(10, 55), timedelta(minutes=5)),
        Break(time(10, 45), timedelta(minutes=10)),
    )


def is_clean(text: str) -> bool:
    """Say whether a reader returns a text as it is."""
    normal = unicodedata.normalize("NFC", text)
    return bool(text) and text == normal == normal.strip() and not bad_character(text)


LETTERS = st.characters(categories=("L", "N", "P", "S", "Zs"))
SIGNS = st.sampled_from("abZ019 :#'\"\\-{}[],&*!|>%@`?~é")
WORDS = (
    st.text(LETTERS | SIGNS, min_size=1, max_size=20)
    .map(lambda text: unicodedata.normalize("NFC", text).strip() or "x")
    .filter(is_clean)
)
IDS = st.from_regex(ID_PATTERN, fullmatch=True)
COUNTS = st.integers(0, 999_999_999)
WINDOWS = st.tuples(
    st.times().map(lambda at: at.replace(microsecond=0)), st.times(), st.sampled_from(["UTC"])
).flatmap(
    lambda made: (
        st.just(Window(made[0], end, made[2]))
        if (end := made[1].replace(microsecond=0)) > made[0]
        else st.none()
    )
)
PAIRS = st.dictionaries(WORDS.filter(lambda word: word != "<<"), st.integers(1, 9), min_size=1)
SETTINGS = st.builds(
    Settings,
    session=IDS,
    kind=WORDS,
    course=st.none() | WORDS | st.just("none"),
    banks=st.lists(WORDS, max_size=3).map(tuple),
    exam=st.builds(
        ExamRules,
        date=st.none() | st.dates(),
        window=st.none() | WINDOWS,
        minutes=st.none() | st.integers(1, 59_999).map(lambda n: timedelta(seconds=n)),
        changeover_seconds=COUNTS,
        reserve=COUNTS,
        absent_after=st.none() | st.integers(1, 59_999).map(lambda n: timedelta(seconds=n)),
        papers_per_student=st.integers(1, 9),
        points=st.dictionaries(
            st.sampled_from(["pass", "edge", "fail"]), st.integers(-99, 999)
        ).map(lambda made: tuple(made.items())),
        verdict=st.sampled_from(VerdictRule),
    ),
    eligible=st.builds(
        EligibleRules,
        types=st.lists(WORDS, min_size=1, max_size=3).map(tuple),
        exclude_presented=st.booleans(),
    ),
    reviews=st.none() | st.builds(ReviewRules, st.none() | COUNTS, st.none() | COUNTS),
    sheet=PAIRS.map(lambda made: tuple(made.items())),
    questions=st.sampled_from(State),
    without_bank=st.sampled_from(WithoutBank),
    draw=st.builds(
        DrawRules,
        spacing=st.just("auto") | st.integers(0, 9999).map(str),
        public=WORDS | st.tuples(WORDS, WORDS).map("\n".join),
    ),
    second_window=st.builds(SecondWindow, question=st.booleans()),
    export=st.builds(ExportRules, absent=st.sampled_from(Absent)),
    database=st.from_regex(
        r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,60}\.db|[A-Z_][A-Z0-9_]{0,63}", fullmatch=True
    ),
)


@given_settings(deadline=None)  # the first run loads pydantic
@given(SETTINGS)
def test_what_is_written_reads_back(value: Settings) -> None:
    """Whatever the settings, their file reads back as the same settings without a remark."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_settings(folder / "session.yaml", value)
        assert read_settings(folder) == (value, [])


def test_breaks_read_back(tmp_path: Path) -> None:
    """Written breaks are read as they were."""
    breaks = (Break(time(10), timedelta(minutes=10)), Break(time(10, 30, 5), timedelta(seconds=90)))
    rules = ExamRules(window=Window(time(9), time(11)), breaks=breaks, reserve=2)
    value = Settings("s1", exam=rules)
    write_settings(tmp_path / "session.yaml", value)
    assert read_settings(tmp_path) == (value, [])


def test_a_written_file_explains_itself_and_is_private(tmp_path: Path) -> None:
    """Unset settings stand in comments as examples, and only the owner may read the file."""
    path = tmp_path / "session.yaml"
    write_settings(path, Settings("s1"))
    lines = path.read_text().splitlines()
    assert "# course: ../../questionbanks/my-course/course.yaml" in lines
    assert "  # window: {start: 09:00, end: 11:00, timezone: America/Chicago}" in lines
    assert "  minutes: 5  # or 4:25, or none: no time limit" in lines
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
