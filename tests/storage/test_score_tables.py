"""What the program writes as CSV: harmless for people, exact for itself."""

import csv
import datetime as dt
import io
import stat
import string
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.course.catalogue import Course, Reading
from examrunner.domain.course.matching import match_reviews
from examrunner.domain.course.people import Review, Student
from examrunner.domain.text import tidy, without_hidden
from examrunner.storage.readers.review_lists import read_reviews
from examrunner.storage.readers.rosters import RosterKind, read_roster
from examrunner.storage.writers.score_tables import (
    render_reviews,
    render_roster,
    render_scores,
    write_reviews,
    write_roster,
    write_scores,
)

ids = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(string.ascii_letters + string.digits),
        st.text(string.ascii_letters + string.digits + "._@+-", max_size=12),
    ),
)
texts = st.tuples(
    st.sampled_from(string.ascii_letters + "=+-@;'\"\u738b"),
    st.text(st.characters(codec="utf-8"), max_size=20).map(without_hidden),
).map(lambda parts: tidy("".join(parts)))
factors = st.decimals(1, 4, places=2)


@st.composite
def rosters(draw: st.DrawFn) -> tuple[Student, ...]:
    """Return students whose ids and addresses differ."""
    names = draw(st.lists(ids, min_size=1, max_size=6, unique_by=str.casefold))
    return tuple(
        Student(
            who,
            draw(texts),
            email=draw(st.none() | st.just(f"{who}@x.edu")),
            canvas_id=draw(st.none() | st.just(f"c{place}")),
            sis_id=draw(st.none() | st.just(f"00{place}")),
            login=draw(st.none() | st.just(f"login {place}")),
            section=draw(st.none() | texts),
            say_name=draw(st.none() | texts),
            photo=draw(st.none() | texts),
            extra_time=draw(factors),
            stop_clock=draw(st.booleans()),
            written=draw(st.booleans()),
            presented=tuple(draw(st.lists(ids, max_size=3))),
            assigned=draw(st.none() | ids),
        )
        for place, who in enumerate(names)
    )


@given(rosters())
def test_a_roster_reads_back_equal(students: tuple[Student, ...]) -> None:
    """Reading the roster that was written gives the same students, whatever their names hold."""
    found = read_roster(render_roster(students))
    assert found.kind is RosterKind.PLAIN
    assert found.students == students


@st.composite
def reviews_of_a_course(draw: st.DrawFn) -> tuple[Review, ...]:
    """Return reviews of which no student has two on one reading."""
    pairs = draw(st.lists(st.tuples(ids, ids), min_size=1, max_size=8, unique=True))
    numbers = st.none() | st.integers(0, 9999)
    days = st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
    return tuple(Review(who, what, draw(numbers), draw(days)) for who, what in pairs)


@given(reviews_of_a_course())
def test_reviews_read_back_equal(reviews: tuple[Review, ...]) -> None:
    """Reading and matching the reviews that were written gives the same reviews."""
    course = Course(
        "c", readings=tuple(Reading(name, "T") for name in {r.reading_id for r in reviews})
    )
    students = [Student(who, "N") for who in sorted({r.student_id for r in reviews})]
    rows = read_reviews(render_reviews(reviews)).rows
    assert match_reviews(rows, students, course).reviews == reviews


@given(st.lists(texts, min_size=1, max_size=5))
def test_titles_of_own_readings_come_back_with_their_ids(titles: list[str]) -> None:
    """A title that no course knows keeps its title and its id through reviews.csv."""
    ann = Student("ann", "Ann")
    listed = "student_id,reading_id\n" + "".join(
        f'ann,"{title.replace(chr(34), chr(34) * 2)}"\n' for title in titles
    )
    first = match_reviews(read_reviews(listed.encode()).rows, [ann], None)
    own = {reading.id: reading.title for reading in first.readings}
    again = match_reviews(read_reviews(render_reviews(first.reviews, own)).rows, [ann], None)
    assert (again.reviews, again.readings) == (first.reviews, first.readings)


def test_only_columns_that_are_used_are_written() -> None:
    """A roster has the three required columns and those that some student needs."""
    students = (Student("1", "Ann", login="al"), Student("2", "Bo", extra_time=Decimal("1.5")))
    assert render_roster(students).decode().splitlines() == [
        "student_id,name,email,login,extra_time",
        "1,Ann,,al,",
        "2,Bo,,,1.5",
    ]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "\uff0b1", "\uff20"],
)
def test_no_text_runs_in_a_spreadsheet(text: str) -> None:
    """A text that a spreadsheet could take for a formula is written behind an apostrophe."""
    rows = list(csv.reader(io.StringIO(render_scores([text], [[text]]).decode("utf-8-sig"), "")))
    assert rows == [["'" + text], ["'" + text]]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("\u200d=1", "'\u200d=1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("Ann;=1+1", "Ann;'=1+1"),
        ("Ann;;-1", "Ann;;'-1"),
        ("Ann;+cmd|x", "Ann;'+cmd|x"),
        ("x;--", "x;--"),
        ("Ann; = b", "Ann; = b"),
        ("a=b", "a=b"),
    ],
)
def test_no_text_runs_where_it_is_split_or_begins_unseen(text: str, written: str) -> None:
    """Nor behind a semicolon, at which some spreadsheets split; other texts are left alone."""
    rows = list(csv.reader(io.StringIO(render_scores([], [[text]]).decode("utf-8-sig"), "")))
    assert rows[-1] == [written]


def test_values_of_a_table_for_people() -> None:
    """Numbers stay numbers, also below zero; nothing is an empty cell; accents survive Excel."""
    data = render_scores(
        ["name", "points"], [["José", -1], [None, Decimal("9.50")], [dt.date(2024, 12, 13), 0]]
    )
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig") == "name,points\r\nJosé,-1\r\n,9.50\r\n2024-12-13,0\r\n"


def test_files_are_private(tmp_path: Path) -> None:
    """What is written about people only its owner can read."""
    write_roster(tmp_path / "roster.csv", [Student("1", "Ann")])
    write_reviews(tmp_path / "reviews.csv", [Review("1", "a")])
    write_scores(tmp_path / "scores.csv", ["name"], [["Ann"]])
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_roster(tmp_path / "roster.csv").students == (Student("1", "Ann"),)
