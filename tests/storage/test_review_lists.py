"""Review lists in every shape give raw rows with their places."""

import datetime as dt

import pytest

from examrunner.domain.course.matching import ReviewRow
from examrunner.storage.readers.marks import day_of, is_mark
from examrunner.storage.readers.review_lists import ReviewList, ReviewShape, read_reviews

DAY = dt.date(2024, 10, 29)


def read(text: str) -> ReviewList:
    """Read a review list from text."""
    return read_reviews(text.encode(), "reviews.csv")


def told(found: ReviewList) -> list[tuple[tuple[str, ...], str]]:
    """Return who and what of each row."""
    return [(row.who, row.paper) for row in found.rows]


def test_our_own_reviews() -> None:
    """reviews.csv is a long list whose rows keep number, day, line and column."""
    found = read("student_id,number,reading_id,submitted_on\ns1,3,vq-vae,2024-10-29\ns1,,glide,\n")
    assert found == ReviewList(
        (
            ReviewRow(("s1",), "vq-vae", 3, DAY, 2, 3, "reviews.csv"),
            ReviewRow(("s1",), "glide", None, None, 3, 3, "reviews.csv"),
        ),
        ReviewShape.LONG,
    )


def test_a_long_list_with_names() -> None:
    """Every text that says who reviewed is kept, last and first name as one."""
    found = read("Last Name,First Name,Email,Paper\nLee,Ann,a@x.edu,One\n")
    assert told(found) == [(("a@x.edu", "Lee, Ann"), "One")]


def test_of_an_id_and_a_title_one_is_enough() -> None:
    """A list that gives both the id and the title of a reading has one review a row."""
    found = read("student_id,reading_id,title\ns1,vq-vae,Neural Discrete ...\n")
    assert told(found) == [(("s1",), "vq-vae")]


def test_a_matrix() -> None:
    """Marks, days and scores above zero are reviews; totals and remarks are no papers."""
    found = read(
        "Name,Section,One,Two,Three,Four,Total\nAnn Lee,A,x,10/29/2024,0,9.5,3\nBo,B,no,-,,,0\n"
    )
    assert found.shape is ReviewShape.MATRIX
    assert [(row.paper, row.submitted_on, row.column) for row in found.rows] == [
        ("One", None, 3),
        ("Two", DAY, 4),
        ("Four", None, 6),
    ]
    assert not found.problems


def test_an_unknown_mark_is_told() -> None:
    """A mark that nobody knows is told with its cell and not counted."""
    found = read("Name,One\nAnn,x\nBo,nearly\nCy,x\n")
    assert [row.who for row in found.rows] == [("Ann",), ("Cy",)]
    assert [(problem.line, problem.column) for problem in found.problems] == [(3, 2)]


def test_a_column_of_words_in_a_matrix_is_no_paper() -> None:
    """A column in which most cells are no marks is left out with one warning."""
    found = read("Name,Team,One\nAnn,red,x\nBo,blue,x\n")
    assert [row.paper for row in found.rows] == ["One", "One"]
    assert [problem.rule for problem in found.problems] == ["reviews-column"]


def test_a_form_export() -> None:
    """A form gives the day of its time stamp and each title of a cell that holds several."""
    found = read(
        "Timestamp,Email Address,Which paper did you review?\n"
        '10/29/2024 9:05:11,a@x.edu,"One\nTwo; Three"\n'
    )
    assert found.shape is ReviewShape.FORM
    assert told(found) == [(("a@x.edu",), title) for title in ("One", "Two", "Three")]
    assert {row.submitted_on for row in found.rows} == {DAY}


def test_several_paper_columns() -> None:
    """Numbered columns with titles are one review each, numbered so; a bare mark is none."""
    found = read("name,Review 1,Review 2,Review 3\nAnn,One,,x\nBo,Two,Three,\n")
    assert [(row.who[0], row.paper, row.number) for row in found.rows] == [
        ("Ann", "One", 1),
        ("Bo", "Two", 1),
        ("Bo", "Three", 2),
    ]


def test_a_gradebook_as_matrix() -> None:
    """Assignments with a score are reviews under their title; totals and words are not."""
    found = read(
        "Student;ID;SIS User ID;SIS Login ID;Section;Notes;One (Part 1) (71);Two (72);"
        "Current Score (2024);Final Score\n"
        "    Points Possible;;;;;;2;2;(read only);(read only)\n"
        '"Lee, Ann";5;s5;ann;A;9;"1,50";0,00;90;90\n'
        '"Roy, Bo";6;s6;bo;A;;EX;2;10;10\n'
    )
    assert found.shape is ReviewShape.GRADEBOOK
    assert [(row.who, row.paper, row.graded) for row in found.rows] == [
        (("5", "s5", "ann", "Lee, Ann"), "One (Part 1)", True),
        (("6", "s6", "bo", "Roy, Bo"), "Two", True),
    ]


def test_marks_of_a_gradebook() -> None:
    """Words and ticks count as in any table; what may mean either comes back beside them."""
    marks = ("complete", "✓", "85%", "EX", "A-", "incomplete", "N/A", "0", "", "-", "0%")
    rows = "".join(f"S{n},{n},s{n},A,{mark}\n" for n, mark in enumerate(marks))
    found = read(f"Student,ID,SIS Login ID,Section,One (71)\n{rows}")
    assert [row.who[0] for row in found.rows] == ["0", "1", "2"]
    assert [(one.review.who[0], one.mark) for one in found.unclear] == [("3", "EX"), ("4", "A-")]


def test_a_bad_date_or_number_keeps_the_review() -> None:
    """A date or number that cannot be read is told, and the review stays without it."""
    found = read("student_id,number,reading_id,submitted_on\ns1,one,a,29/10/2024\n")
    assert [(row.number, row.submitted_on) for row in found.rows] == [(None, None)]
    assert [(problem.line, problem.column) for problem in found.problems] == [(2, 2), (2, 4)]


def test_rows_without_a_student_or_a_paper_are_told() -> None:
    """A row that lacks one of the two is left out with a warning."""
    found = read("name,paper\n,One\nAnn,\nBo,Two\n")
    assert told(found) == [(("Bo",), "Two")]
    assert [problem.line for problem in found.problems] == [2, 3]


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("when,what\n1,2\n", "csv-header", 1),
        ("name,email\nAnn,a@x.edu\n", "csv-header", 1),
        ("name,paper\nAnn,One, two\n", "csv-ragged", 2),
        ("name,paper\n", "reviews-empty", 1),
        ("name,paper\nAnn,\u202eOne\n", "csv-character", 2),
        ('name,paper\nAnn,"One\n', "csv-quote", 2),
    ],
)
def test_refusals_have_a_place(text: str, rule: str, line: int) -> None:
    """What cannot be used is an error with its line, and no row is read."""
    found = read(text)
    assert not found.rows
    assert [(problem.rule, problem.line) for problem in found.problems] == [(rule, line)]


@pytest.mark.parametrize(
    "text",
    [
        "2024-10-29",
        "2024-10-29T10:00:00Z",
        "2024-10-29 10:00:00 -0500",
        "2024/10/29 9:05:11 AM GMT-5",
        "10/29/2024",
        "10/29/24",
        "10/29/2024 9:05 PM",
    ],
)
def test_dates(text: str) -> None:
    """ISO and US dates are read, with or without a time."""
    assert day_of(text) == DAY


@pytest.mark.parametrize("text", ["", "29/10/2024", "2024-13-01", "Oct 29", "2024-10-29x", "7"])
def test_no_dates(text: str) -> None:
    """Anything else is no date."""
    assert day_of(text) is None


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("x", "X", "1", "yes", "TRUE", "85%", "9,5", "\u2713", "2024-10-29"), True),
        (("", "0", "0.0", "-", "No", "n/a", "-1", "EX"), False),
        (("perhaps", "One and all"), None),
    ],
)
def test_marks(texts: tuple[str, ...], expected: bool | None) -> None:  # noqa: FBT001  the fact itself
    """A cell of a matrix says reviewed, not reviewed, or nothing that is known."""
    assert {is_mark(text) for text in texts} == {expected}
