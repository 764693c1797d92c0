"""Class lists: which students come out, under which ids, and what is refused where."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.course.people import Student
from examrunner.domain.problems import Problem, Severity
from examrunner.storage.readers.review_lists import read_reviews
from examrunner.storage.readers.rosters import Roster, RosterKind, read_roster

HEADER = "Student,ID,SIS User ID,SIS Login ID,Section,Oral exam (31)\n"


def read(text: str) -> Roster:
    """Read a class list from text."""
    return read_roster(text.encode(), "list.csv")


def errors(roster: Roster) -> list[Problem]:
    """Return the errors of a class list, which must then have no students."""
    found = [problem for problem in roster.problems if problem.severity is Severity.ERROR]
    assert not (found and roster.students)
    return found


def rules(roster: Roster) -> list[str]:
    """Return the rules of all problems."""
    return [problem.rule for problem in roster.problems]


def test_our_own_roster_in_full() -> None:
    """Every column of roster.csv arrives in its field."""
    text = (
        "student_id,name,email,canvas_id,sis_id,login,section,say_name,photo,extra_time,"
        "stop_clock,written,presented,assigned\n"
        's1,"Rivera, Ana",ana@x.edu,77,0012,arv,CS 1,AH-na,p/ana.jpg,"1,5",yes,Y,'
        "r-one; r-two,r-three\n"
    )
    roster = read(text)
    assert roster == Roster(
        (
            Student(
                "s1",
                "Rivera, Ana",
                "ana@x.edu",
                "77",
                "0012",
                "arv",
                "CS 1",
                "AH-na",
                "p/ana.jpg",
                Decimal("1.5"),
                stop_clock=True,
                written=True,
                presented=("r-one", "r-two"),
                assigned="r-three",
            ),
        ),
        RosterKind.PLAIN,
    )


def test_canvas_gradebook_with_everything_that_is_no_student() -> None:
    """Posting rows, the points row and the test student are no students, wherever they stand."""
    roster = read(
        HEADER + ",,,,,Manual Posting\n"
        '"Lane, Eli",57,0103,eln,A,\n'
        "    Points Possible,,,,,10\n"
        ",,,,,Muted\n"
        '"Student, Test",58,,' + "0f" * 20 + ",A,\n"
    )
    assert roster.kind is RosterKind.CANVAS
    assert [(s.student_id, s.canvas_id, s.sis_id, s.login) for s in roster.students] == [
        ("0103", "57", "0103", "eln")
    ]
    assert [(p.line, p.rule) for p in roster.problems] == [(6, "canvas-test-student")]


def test_a_person_called_test_student_stays() -> None:
    """A student of that name with a SIS id or a login is a person."""
    roster = read(HEADER + '"Student, Test",58,9,tst12,A,\n')
    assert [student.name for student in roster.students] == ["Student, Test"]


@pytest.mark.parametrize(
    ("rows", "ids"),
    [
        (("A,1,s1,l1", "B,2,s2,l2"), ["s1", "s2"]),
        (("A,1,,l1", "B,2,s2,l2"), ["l1", "l2"]),
        (("A,1,,l 1", "B,2,s2,l2"), ["1", "2"]),
    ],
)
def test_which_canvas_column_becomes_the_student_id(rows: list[str], ids: list[str]) -> None:
    """The SIS id where all have one, else a login fit for it, else Canvas's own id."""
    roster = read(HEADER + "".join(f"{row},Sec,\n" for row in rows))
    assert [student.student_id for student in roster.students] == ids


def test_semicolons_split_names_and_formula_guards() -> None:
    """A semicolon export with split names and `="..."` reads like any other."""
    roster = read(
        "LastName;FirstName;ID;SIS Login ID;Section;HW (1);HW (2)\n"
        'Rivera;"=""=Ana""";5;arv;A;9,5;1,00\n'
    )
    assert roster.students[0].name == "Rivera, =Ana"
    assert not roster.problems


def test_a_login_that_everyone_shares_is_not_used() -> None:
    """Shifted columns show as one login on many rows, which is told and left out."""
    roster = read(
        "Student,ID,SIS Login ID,Section,HW\nAnn Lee,1,My course,-,\nBob Roy,2,My course,-,\n"
    )
    assert [student.login for student in roster.students] == [None, None]
    assert rules(roster) == ["roster-alike"]


def test_a_ragged_gradebook_is_refused_row_by_row() -> None:
    """A missing cell is told with its line and never shifts the others."""
    roster = read("Student,ID,SIS Login ID,Section,HW\nAnn,1,Sec,-\nBob,2,Sec,-\n")
    assert [(p.line, p.rule) for p in errors(roster)] == [(2, "csv-ragged"), (3, "csv-ragged")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Student Name,Student ID,Student SIS ID,Email\nAnn Lee,88,013,a@x.edu\n", "013"),
        ("Full name,Sortable name,Canvas user id,Email,SIS Id\nAnn Lee,L,88,a@x.edu,01\n", "01"),
        ("Perm #,Student Last,Student First Middle,Email\n\nA12,LEE,ANN B,a@x.edu\n", "A12"),
        ("Names,Email,SID,Sections\nAnn Lee,a@x.edu,303,s1\n", "303"),
        ("name,email\nAnn Lee,a@x.edu\n", "a"),
        ("name,email\nAnn Lee,a@x.edu\nAnn Roy,a@y.edu\n", "a@x.edu"),
        ("name,email\nSean O'Brien,s.o'brien@x.edu\n", "s.o-brien"),
    ],
)
def test_where_the_student_id_comes_from(text: str, expected: str) -> None:
    """Class lists in the wild give the id of their kind, or the e-mail address for want of one."""
    roster = read(text)
    assert not errors(roster)
    assert roster.students[0].student_id == expected


def test_last_and_first_name_become_one_sortable_name() -> None:
    """Split names are kept apart by a comma, so that neither part is guessed at later."""
    roster = read("Last Name,First Name,id\nDEL PLAYA,LAUREN,1\nSukarno,,2\n")
    assert [student.name for student in roster.students] == ["DEL PLAYA, LAUREN", "Sukarno"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,id\nAnn,7\nBob,8\nCho,7\n", "lines 2 and 4"),
        ("name,email\nAnn,A@x.edu\nBob,a@x.edu\n", "lines 2 and 3"),
        ("name,id,canvas_id\nAnn,1,5\nBob,2,5\n", "lines 2 and 3"),
    ],
)
def test_what_stands_twice_names_both_rows(text: str, words: str) -> None:
    """An id or an address that two rows share is an error that names both."""
    (problem,) = errors(read(text))
    assert words in problem.text


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        (",first,second\nBob,1,2\n", "csv-header", 1),
        ("name,id,id\nAnn,1,2\n", "csv-header", 1),
        ("name,id\nAnn\n", "csv-ragged", 2),
        ("name,id\nAnn,1,2\n", "csv-ragged", 2),
        ("name,id\nAnn,\n", "roster-id", 2),
        ("name,id\nAnn,=1+1\n", "roster-id", 2),
        ("name,id\n,1\n", "roster-name", 2),
        ('name,id\n"A\nB",1\n', "csv-character", 2),
        ("name,id\n", "roster-empty", 1),
        ("name,id,extra_time\nAnn,1,25\n", "roster-extra_time", 2),
        ("name,id,extra_time\nAnn,1,half\n", "roster-extra_time", 2),
        ("name,id,stop_clock\nAnn,1,maybe\n", "roster-stop_clock", 2),
        ("name,id,written\nAnn,1,perhaps\n", "roster-written", 2),
        ("name,id,presented\nAnn,1,a/b\n", "roster-presented", 2),
        ("name,id,assigned\nAnn,1,a b\n", "roster-assigned", 2),
    ],
)
def test_refusals_have_a_place(text: str, rule: str, line: int) -> None:
    """What cannot be right is an error with its line, and nobody is read."""
    (problem,) = errors(read(text))
    assert (problem.rule, problem.line, problem.file) == (rule, line, "list.csv")


def test_another_kind_of_file_is_refused_in_one_message() -> None:
    """Where the header names nobody, nothing is said of the rows: they are no class list's."""
    (problem,) = read("@article{lee,\n title = {A, B},\n}\n@book{kim, year = 2,\n}\n").problems
    assert problem.text.startswith("no column holds the students' names")


def test_warnings_leave_the_students_in() -> None:
    """Look-alikes, damaged ids and unused columns are told and stop nothing."""
    roster = read("name,id,Team\nAnn Lee,007,red\nBob,7,red\nAnn  Lee,1.03E+09,blue\n")
    assert not errors(roster)
    assert [student.student_id for student in roster.students] == ["007", "7", "1.03E+09"]
    assert rules(roster) == ["csv-unused-columns", "csv-damaged-id", "roster-alike", "roster-alike"]


def test_a_lost_leading_zero_is_told() -> None:
    """Ids one digit short of all the others are told as a spreadsheet's doing."""
    rows = "".join(f"S{i},10345{i}2\n" for i in range(8))
    assert rules(read(f"name,id\n{rows}Zoe,345678\n")) == ["csv-short-id"]


@pytest.mark.parametrize("short", [1, 5, 9], ids=["a few", "half", "most"])
def test_lost_zeros_are_told_however_many(short: int) -> None:
    """Of ten ids that began with a zero some lost it: told, with the first of them."""
    whole = [f"0{1 + place % 9}4{place}527" for place in range(10)]
    ids = [one[1:] if place < short else one for place, one in enumerate(whole)]
    rows = "".join(f"S{one},{one}\n" for one in ids)
    (problem,) = read(f"name,id\n{rows}Zoe,0934567\n").problems
    assert problem.rule == "csv-short-id"
    assert problem.text.startswith(f"{short} of the ids, {ids[0]} first")


def test_numbers_that_run_on_have_lost_nothing() -> None:
    """After 99999 comes 100000; and Canvas's own ids never begin with a zero."""
    rows = "".join(f"S{n},{n}\n" for n in range(999_990, 1_000_010))
    assert not read(f"name,id\n{rows}").problems
    assert not read("name,canvas id\nAna,12345\nBo,923456\n").problems


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("03.12.2024", "csv-damaged-id"),
        ("12.Mrz", "csv-damaged-id"),
        ("12. Okt 24", "csv-damaged-id"),
        ("1.234.567", "csv-grouped-id"),
    ],
)
def test_what_other_languages_make_of_ids(text: str, rule: str) -> None:
    """Dates and groups of digits as spreadsheets in Europe write them are told, too."""
    found = read(f"name,student_id,email\nAna,{text},a@x.edu\nBo,b.7,b@x.edu\n")
    assert rule in rules(found)
    assert [one.line for one in found.problems if one.rule == rule] == [2]


def test_a_bad_id_is_told_with_its_column() -> None:
    """An id that is none, and a row without one, are told where they stand and what to do."""
    found = errors(read("name,section,student_id\nAna,A,a b\nBo,A,\n"))
    assert [(one.line, one.column) for one in found] == [(2, 3), (3, 3)]
    assert "letters" in found[0].hint
    assert found[1].hint == "give the student an id, or delete the row"


def test_every_cell_is_unwrapped() -> None:
    """Names and addresses that a system wrapped for spreadsheets are kept bare, as ids are."""
    head = "student_id,name,email\n"
    (student,) = read(f'{head}"=""007""","=""Ana B""","=""a@x.edu"""\n').students
    assert (student.student_id, student.name, student.email) == ("007", "Ana B", "a@x.edu")


def test_a_second_header_and_a_total_are_no_students() -> None:
    """Lists that were put together and sums below them leave no student behind, and are told."""
    rows = "student_id,name\n7,Ana\nstudent_id,name\n8,Bo\n2,Total\n"
    roster = read(rows)
    assert [one.name for one in roster.students] == ["Ana", "Bo"]
    assert list(roster.lines) == [2, 4]
    assert [(one.rule, one.line) for one in roster.problems] == [
        ("roster-no-student", 3),
        ("roster-no-student", 5),
    ]
    assert [one.name for one in read("student_id,name\n7,Ana Total\n").students] == ["Ana Total"]


def test_columns_of_a_gradebook_are_no_news() -> None:
    """The columns of a Canvas export that a roster does not need are passed over silently."""
    header = HEADER.strip() + ",Notes,Current Score,Final Score,Current Score,Final Score\n"
    assert not read(header + "Ann,1,2,a,S,,,,,,\n").problems


def test_a_missing_file_is_a_problem() -> None:
    """A path that cannot be read is an error like any other."""
    (problem,) = errors(read_roster(Path("no") / "such.csv"))
    assert "cannot be read" in problem.text


@pytest.mark.parametrize("name", ["=1+1", "[bold]Bob[/]", "张伟 王芳", "Null", "O'Brien \\ %s {0}"])
def test_names_arrive_exactly(name: str) -> None:
    """A name is data, whatever it looks like."""
    assert read(f"name,id\n{name},1\n").students[0].name == name


HEADERS = ["name", "Student", "ID", "Section", "email", "id", "paper", "Oral (1)", "Timestamp", ""]


@given(
    st.sampled_from(",;\t"),
    st.lists(st.sampled_from(HEADERS), max_size=6),
    st.text(st.sampled_from('ab1,;\t\n\r"= (x)@\0\u202e')),
)
def test_no_text_raises(separator: str, header: list[str], body: str) -> None:
    """Whatever stands in a file comes back as people, rows or problems."""
    data = f"{separator.join(header)}\n{body}".encode()
    roster, reviews = read_roster(data), read_reviews(data)
    assert roster.students or errors(roster)
    assert reviews.rows or reviews.problems


@given(st.binary())
def test_no_bytes_raise(data: bytes) -> None:
    """Bytes of any kind come back as problems."""
    assert read_roster(data).problems
    assert read_reviews(data).problems
