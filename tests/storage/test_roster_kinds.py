"""Class lists of other systems: what each is recognised as, and any table written as CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from examrunner.domain.course.people import Student
from examrunner.domain.problems import has_errors
from examrunner.domain.text import bad_character, fold, is_blank, is_id, tidy
from examrunner.storage.readers.damage import damage_of
from examrunner.storage.readers.rosters import KIND_WORDS, RosterKind, read_roster
from examrunner.storage.readers.student_ids import all_ids, folded
from examrunner.storage.readers.tables import is_plain, tidied

FIXTURES = Path(__file__).parents[3] / "shared" / "fixtures"
KINDS = {
    "canvas-gradebook-nemogb/canvas_demo_data.csv": (RosterKind.CANVAS, 9),
    "canvas-gradebook-spec/basic_course.csv": (RosterKind.CANVAS, 7),
    "canvas-gradebook-spec/valid_gradebook_contents_with_last_and_first_names.csv": (
        RosterKind.CANVAS,
        7,
    ),
    "rosters-us-frontiers/chico_canvas.csv": (RosterKind.CANVAS_REPORT, 3),
    "rosters-us-frontiers/egrades.csv": (RosterKind.REGISTRAR, 3),
    "gradescope-nemogb/simple_syllabus_data.csv": (RosterKind.GRADESCOPE, 5),
    "oneroster-v1p1-catalyst": (RosterKind.ONEROSTER_1_1, 2),
    "blackboard-nbeaver/01.tsv": (RosterKind.BLACKBOARD, 5),
    "moodle-grade-import/grade_import.csv": (RosterKind.PLAIN, 1),
}


@pytest.mark.parametrize("name", KINDS)
def test_real_files_are_recognised(name: str) -> None:
    """Each real file is told by its header and gives its students."""
    if not (FIXTURES / name).exists():
        pytest.skip(f"{name} does not lie beside this checkout")
    roster = read_roster(FIXTURES / name)
    assert (roster.kind, len(roster.students)) == KINDS[name]
    assert not has_errors(roster.problems)
    assert all(is_id(one.student_id) for one in roster.students)


def test_a_real_grade_file_without_names_is_refused() -> None:
    """A Brightspace file that holds ids and grades alone is no class list, and says why."""
    path = FIXTURES / "brightspace-mapleta" / "d2l_import_3_items_a.csv"
    if not path.exists():
        pytest.skip(f"{path.name} does not lie beside this checkout")
    (problem,) = read_roster(path).problems
    assert "names" in problem.text


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        (
            (
                "Student Name,Student ID,Student SIS ID,Email,Section Name\n"
                "Ann Lee,88,013,a@x.edu,CS 1\n"
            ),
            RosterKind.CANVAS_REPORT,
            Student("013", "Ann Lee", "a@x.edu", "88", "013", section="CS 1"),
        ),
        (
            (
                "Full name,Sortable name,Canvas user id,Overall course grade,Last logged out,Email,"
                'SIS Id\nAnn Lee,"Lee, Ann",88,9,never,a@x.edu,013\n'
            ),
            RosterKind.CANVAS_ANALYTICS,
            Student("013", "Ann Lee", "a@x.edu", "88", "013"),
        ),
        (
            (
                "Enrl Cd,Perm #,Grade,Student Last,Student First Middle,Section,Email\n\n"
                "08235,A12,,LEE,ANN B,0100,a@x.edu\n"
            ),
            RosterKind.REGISTRAR,
            Student("A12", "LEE, ANN B", "a@x.edu", section="0100"),
        ),
        (
            (
                "First Name,Last Name,SID,Email,Sections,Total Score,Max Points,Status\n"
                "Ann,Lee,303,a@x.edu,s1,9,10,Graded\n"
            ),
            RosterKind.GRADESCOPE,
            Student("303", "Lee, Ann", "a@x.edu", section="s1"),
        ),
        (
            (
                "OrgDefinedId,Username,Last Name,First Name,Email,Oral Points Grade,"
                "End-of-Line Indicator\n#0067,#alee,Lee,Ann,a@x.edu,9,#\n"
            ),
            RosterKind.BRIGHTSPACE,
            Student("0067", "Lee, Ann", "a@x.edu", login="alee"),
        ),
        (
            (
                '"Last Name"\t"First Name"\t"Username"\t"Quiz [Total Pts: 10] |6646"\n'
                '"Lee"\t"Ann"\t"alee"\t5\n'
            ),
            RosterKind.BLACKBOARD,
            Student("alee", "Lee, Ann", login="alee"),
        ),
    ],
)
def test_each_kind_is_told_by_its_header(text: str, kind: RosterKind, expected: Student) -> None:
    """The header says whose file it is, and columns that a roster does not need are no news."""
    roster = read_roster(text.encode())
    assert (roster.kind, roster.students, roster.problems) == (kind, (expected,), ())


def test_every_kind_has_words() -> None:
    """Whatever is recognised can be told."""
    assert set(KIND_WORDS) == set(RosterKind)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.03E+09", "longer number"),
        ("1,03e+09", "longer number"),
        ("#NAME?", "error"),
        ("########", "error"),
        ("3-Oct", "date"),
        ("Oct-24", "date"),
        ("10/3/2024", "date"),
        ("2024-10-03", "date"),
        ("12345.0", "decimals"),
    ],
)
def test_what_a_spreadsheet_does_to_ids_is_named(text: str, words: str) -> None:
    """Each kind of damage is told in its own words, with row and column."""
    roster = read_roster(f"name;sis_id;login\nAnn;{text};a1\nBo;77;b2\n".encode(), "list.csv")
    (problem,) = [one for one in roster.problems if one.rule == "csv-damaged-id"]
    assert words in problem.text
    assert (problem.line, problem.column) == (2, 2)


@pytest.mark.parametrize(
    "text", ["1E5", "0012345", "2006.11230", "123-45-6789", "a.1", "1.0", "A123456", "s.lee-2"]
)
def test_ids_that_only_look_odd_are_left_alone(text: str) -> None:
    """What an id may well be is no damage."""
    assert damage_of(text) is None


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,12}", fullmatch=True)
EXTRA = ("Team", "Remarks", "Shoe size")


def _is_name(text: str) -> bool:
    """Say whether a text arrives as a name."""
    return bad_character(text) is None and not is_blank(text) and not text.startswith('="')


@given(st.data())
def test_any_class_reads_back_from_any_csv(data: st.DataObject) -> None:
    """Separator, BOM, line ends, quotes, further columns and their order change no student."""
    names = data.draw(st.lists(NAMES.filter(_is_name), min_size=1, max_size=6))
    ids = data.draw(
        st.lists(
            IDS, min_size=len(names), max_size=len(names), unique_by=lambda text: text.casefold()
        )
    )
    people = [
        Student(text, tidy(name), f"u{place}@x.edu")
        for place, (text, name) in enumerate(zip(ids, names, strict=True))
    ]
    rows = [
        {
            "student_id": one.student_id,
            "name": name,
            "email": one.email or "",
            **dict.fromkeys(EXTRA, data.draw(st.sampled_from(["", "x", 'a "b", c;d']))),
        }
        for one, name in zip(people, names, strict=True)
    ]
    used = data.draw(st.sets(st.sampled_from(EXTRA)))
    header = data.draw(st.permutations(["student_id", "name", "email", *sorted(used)]))
    stream = io.StringIO(newline="")
    writer = csv.writer(
        stream,
        delimiter=data.draw(st.sampled_from(",;\t")),
        lineterminator=data.draw(st.sampled_from(["\n", "\r\n", "\r"])),
        quoting=data.draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])),
    )
    writer.writerow(header)
    writer.writerows([[row[name] for name in header] for row in rows])
    text = stream.getvalue()
    assume(header[0] != "name" or not text.startswith("sep="))
    mark = data.draw(st.sampled_from(["", "\ufeff"]))
    roster = read_roster(f"{mark}{text}".encode())
    assert roster.students == tuple(people)


TEXTS = st.lists(st.text(st.sampled_from("aB0.-_@ \t\u00e9e\u0301\u00df,x\u00a0\u202e\x00")))


@given(TEXTS)
def test_whole_columns_are_judged_as_their_cells_are(cells: list[str]) -> None:
    """What is found for a column at once is what each cell alone would give."""
    assert all_ids(cells) is (bool(cells) and all(map(is_id, cells)))
    assert folded(cells) == [fold(cell) for cell in cells]
    assert is_plain("".join(cells)) is all(bad_character(cell) is None for cell in cells)
    if all(bad_character(cell) is None for cell in cells):
        assert tidied(cells) == [tidy(cell) for cell in cells]
