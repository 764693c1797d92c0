"""The way from an instructor's Canvas export to an upload that changes just the scores."""

from dataclasses import replace
from decimal import Decimal

import pytest

from examrunner.domain.course.people import Student
from examrunner.domain.problems import BadInput, has_errors
from examrunner.storage.readers.canvas import (
    Column,
    ColumnKind,
    Gradebook,
    is_gradebook,
    propose_column,
    read_gradebook,
    score_of,
)
from examrunner.storage.readers.rosters import read_roster
from examrunner.storage.writers.canvas import Upload, plan_upload, render_upload, score_text

EXPORT = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Notes,HW (1),HW (2),Oral exam (31),"
    "Exams Current Score,Final Score,Final Score\r\n"
    "    Points Possible,,,,,,5.00,5.00,10.00,(read only),(read only),(read only)\r\n"
    '"Rivera, Ana",51,0103,arv,"A, and B",late,1,2,,90,90,90\r\n'
    '"Okafor, Chi",52,0104,cok,A,,1,2,8.00,90,90,90\r\n'
    '"=""=Lane, Eli""",53,0105,eln,A,,1,2,10.00,90,90,90\r\n'
    '"Student, Test",59,,' + "0f" * 20 + ",A,,,,,,,\r\n"
)
TEN = Decimal(10)


def export(text: str = EXPORT) -> Gradebook:
    """Read an export from text."""
    return read_gradebook(text.encode(), "grades.csv")


def roster(text: str = EXPORT) -> tuple[Student, ...]:
    """Read the roster of an export."""
    return read_roster(text.encode()).students


def exam_column(gradebook: Gradebook) -> Column:
    """Return the proposed column."""
    column = propose_column(gradebook)
    assert column
    return column


def plan(
    scores: dict[str, Decimal],
    text: str = EXPORT,
    students: tuple[Student, ...] | None = None,
    *,
    force: bool = False,
) -> Upload:
    """Plan an upload to the proposed column."""
    gradebook = export(text)
    class_list = roster() if students is None else students
    return plan_upload(gradebook, exam_column(gradebook), class_list, scores, force=force)


def rules(upload: Upload) -> list[str]:
    """Return the rules of the problems."""
    return [problem.rule for problem in upload.problems]


def test_columns_are_told_apart() -> None:
    """Identity, custom columns, assignments by id, and read-only totals are what they are."""
    columns = export().columns
    assert [column.kind for column in columns] == [
        *[ColumnKind.IDENTITY] * 5,
        ColumnKind.CUSTOM,
        *[ColumnKind.ASSIGNMENT] * 3,
        *[ColumnKind.READ_ONLY] * 3,
    ]
    assert [(c.title, c.id) for c in columns[6:8]] == [("HW", "1"), ("HW", "2")]
    assert columns[8].points == "10.00"


@pytest.mark.parametrize(
    ("header", "title", "assignment"),
    [
        ("Final Exam (Individual) (897969)", "Final Exam (Individual)", "897969"),
        ("Current Score (2024)", None, None),
        ("Exam(12)", None, None),
        ("Exam (12) ", None, None),
        ("final exam Unposted Final Score", None, None),
        ("Override Status", None, None),
    ],
)
def test_what_is_an_assignment(header: str, title: str | None, assignment: str | None) -> None:
    """Only `Title (id)` is an assignment, and never with one of the nine phrases of totals."""
    found = export(f"Student,ID,Section,{header}\nAnn,1,A,\n").assignments()
    assert [(c.title, c.id) for c in found] == ([(title, assignment)] if title else [])


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Student,ID,Section", True),
        ("LastName,FirstName,ID,SIS Login ID,Section", True),
        ("Student,ID,SIS User ID,SIS Login ID,Integration ID,Root Account,Section", True),
        ("Student,ID,HW", False),
        ("Student,ID,Team,Section", False),
        ("student,id,section", False),
        (",a,b", False),
    ],
)
def test_the_header_of_a_gradebook(header: str, *, expected: bool) -> None:
    """A gradebook begins with Canvas's own identity columns and no others."""
    assert is_gradebook(header.split(",")) is expected


@pytest.mark.parametrize(
    ("titles", "proposed"),
    [
        (("HW (1)", "final exam (2)"), "2"),
        (("HW (1)", "CS 1: Oral (2)"), "2"),
        (("Oral exam (1)", "Final exam (2)"), None),
        (("HW (1)",), None),
        (("Moral philosophy (1)",), None),
    ],
)
def test_a_column_is_proposed_only_if_it_is_the_only_one(
    titles: tuple[str, ...], proposed: str | None
) -> None:
    """Exactly one assignment that speaks of an oral or final exam is proposed."""
    column = propose_column(export(f"Student,ID,Section,{','.join(titles)}\n"))
    assert (column.id if column else None) == proposed


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("9.50", "9.5"),
        ("9,5", "9.5"),
        (" 10 ", "10"),
        ("1,000", "1000"),
        ("1,000.50", "1000.5"),
        ("1.000,50", "1000.5"),
        ("EX", None),
        ("", None),
        ("-", None),
        ("\u0661", None),
    ],
)
def test_score_cells(cell: str, number: str | None) -> None:
    """Numbers are read with point or comma; words are no numbers."""
    assert score_of(cell) == (Decimal(number) if number else None)


def test_no_gradebook_is_refused() -> None:
    """Another table is refused with the way to an export."""
    with pytest.raises(BadInput, match="no Canvas gradebook"):
        export("name,id\nAnn,1\n")


def test_the_plan_in_full() -> None:
    """A blank is changed, the same is unchanged, another score is held back until forced."""
    upload = plan({"0103": TEN, "0104": TEN, "0105": TEN})
    assert [(c.student.name, c.old, c.new) for c in upload.changes] == [("Rivera, Ana", "", "10")]
    assert [c.student.name for c in upload.unchanged] == ["=Lane, Eli"]
    assert [(c.old, c.new) for c in upload.overwrites] == [("8.00", "10")]
    assert rules(upload) == ["canvas-overwrite"]
    forced = plan({"0103": TEN, "0104": TEN, "0105": TEN}, force=True)
    assert [c.student.student_id for c in forced.changes] == ["0103", "0104"]


def test_only_the_examined_are_written() -> None:
    """The file holds the identity columns, one score column and the students with a new score."""
    gradebook = export()
    data = render_upload(gradebook, plan({"0103": Decimal("9.5"), "0104": Decimal(0)}, force=True))
    assert data.decode() == (
        "Student,ID,SIS User ID,SIS Login ID,Section,Oral exam (31)\r\n"
        "    Points Possible,,,,,10.00\r\n"
        '"Rivera, Ana",51,0103,arv,"A, and B",9.5\r\n'
        '"Okafor, Chi",52,0104,cok,A,0\r\n'
    )


def test_what_was_written_reads_back_equal() -> None:
    """Reading the upload gives the same students, column, points and scores."""
    gradebook = export()
    upload = plan({"0103": TEN, "0104": Decimal("7.25")}, force=True)
    again = export(render_upload(gradebook, upload).decode())
    column = exam_column(again)
    assert (column.header, column.points) == (upload.column.header, upload.column.points)
    assert [row.cells for row in again.rows] == [
        (*change.row.cells[:5], change.new) for change in upload.changes
    ]
    replanned = plan_upload(again, column, roster(), {"0103": TEN, "0104": Decimal("7.25")})
    assert not replanned.changes
    assert not replanned.problems
    assert len(replanned.unchanged) == 2


def test_semicolons_and_decimal_commas_become_what_canvas_reads() -> None:
    """An export with semicolons and decimal commas gives commas between and points inside."""
    text = (
        "Student;ID;SIS Login ID;Section;Oral (7)\n"
        "    Points Possible;;;;1.000,00\nRivera, Ana;51;arv;A;9,50\n"
    )
    upload = plan({"arv": Decimal("9.75")}, text, roster(text), force=True)
    assert upload.changes[0].old == "9,50"
    assert render_upload(export(text), upload) == (
        b"Student,ID,SIS Login ID,Section,Oral (7)\r\n"
        b'    Points Possible,,,,1000.00\r\n"Rivera, Ana",51,arv,A,9.75\r\n'
    )


def test_identity_columns_that_canvas_would_refuse_are_dropped() -> None:
    """A SIS id without a login beside it makes Canvas refuse the header, so it stays out."""
    text = "Student,ID,SIS User ID,Section,Oral (7)\nAnn Lee,51,s1,A,\n"
    data = render_upload(export(text), plan({"s1": TEN}, text, roster(text)))
    assert data == b"Student,ID,Section,Oral (7)\r\nAnn Lee,51,A,10\r\n"


def test_split_names_stay_split() -> None:
    """LastName and FirstName are given back as exported."""
    text = "LastName,FirstName,ID,SIS Login ID,Section,Oral (7)\nLee,Ann,51,ann,A,\n"
    data = render_upload(export(text), plan({"ann": TEN}, text, roster(text)))
    assert data.decode().splitlines()[1] == "Lee,Ann,51,ann,A,10"


def test_a_student_missing_from_the_export_is_told() -> None:
    """A student without a row is told, and a row without a student too."""
    lost = Student("z9", "Zed, Zoe", canvas_id="99")
    upload = plan({"z9": TEN}, students=(*roster()[1:], lost))
    assert upload.not_in_file == (lost,)
    assert [row.cells[0] for row in upload.not_in_class] == ["Rivera, Ana"]
    assert rules(upload) == ["canvas-not-in-file"]


@pytest.mark.parametrize(
    "ana",
    [
        Student("0103", "Rivera, Ana", canvas_id="52", sis_id="0103", login="arv"),
        Student("0103", "Rivera, Ana", canvas_id="51", sis_id="0199", login="arv"),
        Student("0103", "Rivera, Ana", canvas_id="51", sis_id="0103", login="other"),
        Student("0103", "Somebody Else", canvas_id="51"),
    ],
)
def test_ids_and_names_that_disagree_are_refused(ana: Student) -> None:
    """A row in which Canvas could see somebody else is left out and told."""
    upload = plan({"0103": TEN}, students=(ana, *roster()[1:]))
    assert not upload.changes
    assert [conflict.student for conflict in upload.conflicts] == [ana]
    assert "canvas-conflict" in rules(upload)


def test_two_agreeing_ids_outweigh_another_spelling() -> None:
    """A name written otherwise is no conflict where two ids agree."""
    students = (replace(roster()[0], name="RIVERA, ANA MARIA"),)
    assert len(plan({"0103": TEN}, students=students).changes) == 1


@pytest.mark.parametrize("student_id", ["51", "0103", "arv"])
def test_without_canvas_columns_the_student_id_is_tried(student_id: str) -> None:
    """A roster of our own joins by student id as ID, SIS id or login, and name."""
    students = (Student(student_id, "Ana Rivera"),)
    assert len(plan({student_id: TEN}, students=students).changes) == 1


def test_two_rows_for_one_student_are_a_conflict() -> None:
    """Two rows that could be one student's are never chosen between."""
    twice = EXPORT + '"Rivera, Ana",61,0103,,A,,,,,,,\r\n'
    assert [conflict.lines for conflict in plan({"0103": TEN}, twice).conflicts] == [(3, 7)]


def test_columns_that_would_go_wrong_are_refused() -> None:
    """Totals, columns without an id and columns that stand twice are refused."""
    gradebook = export()
    for index in (5, 9, 10):
        upload = plan_upload(gradebook, gradebook.columns[index], roster(), {"0103": TEN})
        assert has_errors(upload.problems)
        assert not upload.changes
    twice = export("Student,ID,Section,Oral (7),Oral (7)\nAnn,1,A,,\n")
    assert has_errors(plan_upload(twice, twice.columns[3], (), {}).problems)


def test_remarks_on_risky_columns_and_scores() -> None:
    """A title with Final, a column of 0 points and a score above the points are remarked on."""
    text = (
        "Student,ID,SIS Login ID,Section,Final exam (7)\n"
        "    Points Possible,,,,0\nAnn Lee,51,ann,A,\n"
    )
    upload = plan({"ann": TEN}, text, roster(text))
    assert rules(upload) == ["canvas-column", "canvas-column", "canvas-score"]
    assert any("2134" in problem.hint for problem in upload.problems)
    assert len(upload.changes) == 1


@pytest.mark.parametrize("points", ["9.555", "-1", "NaN", "Infinity", "1e30"])
def test_scores_that_cannot_be_written_are_errors(points: str) -> None:
    """A score is never rounded and never blank: what cannot be written stops the file."""
    upload = plan({"0103": Decimal(points), "0104": TEN}, force=True)
    assert has_errors(upload.problems)
    assert not upload.changes


@pytest.mark.parametrize(
    ("points", "text"), [("10", "10"), ("10.00", "10"), ("9.50", "9.5"), ("0", "0"), ("1E+1", "10")]
)
def test_scores_are_plain_digits(points: str, text: str) -> None:
    """A score is written in plain digits with a point and at most two decimals."""
    assert score_text(Decimal(points)) == text


def test_a_score_of_nobody_on_the_roster_is_told() -> None:
    """A score for an id that the roster lacks is a warning."""
    assert rules(plan({"ghost": TEN})) == ["canvas-no-student"]
