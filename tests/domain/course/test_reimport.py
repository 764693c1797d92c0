"""A class list against the one before it: joined by what is shared, never by guess."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.course.people import Student
from examrunner.domain.course.reimport import Compared, compare

ALL = frozenset(("student_id", "name", "email", "canvas_id", "sis_id", "login", "section"))
CANVAS = ALL - {"student_id", "email"}
ANA = Student("ana", "Ana Rivera", "ana@x.edu", extra_time=Decimal("1.5"), say_name="AH-na")


def one_of(*before: Student, after: Student, given: frozenset[str] = CANVAS) -> Compared:
    """Compare a list with one of a single student."""
    return compare(before, [after], given)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Student("7", "Ana"), Student("7", "Anna")),
        (Student("ana", "Ana", canvas_id="5"), Student("0103", "Anna", canvas_id="5")),
        (Student("ana", "Ana", sis_id="0103"), Student("0103", "Anna", sis_id="0103")),
        (Student("ana", "Ana", login="Ar1"), Student("0103", "Anna", login="ar1")),
        (Student("5", "Ana"), Student("0103", "Anna", canvas_id="5", sis_id="0103")),
        (Student("ana", "Ana", "A@x.edu"), Student("0103", "Anna", "a@x.edu")),
        (Student("ana", "Lee, Ana"), Student("0103", "Ana Lee", sis_id="0103")),
    ],
    ids=["id", "canvas", "sis", "login", "id in another column", "e-mail", "name"],
)
def test_each_way_of_joining(before: Student, after: Student) -> None:
    """An id, an id in another column, an address or the name joins; the old id stays."""
    found = one_of(before, after=after)
    assert (found.added, found.gone, found.clashes) == ((), (), ())
    assert found.students[0].student_id == before.student_id


def test_what_the_new_list_has_no_column_for_stays() -> None:
    """Extra time and how to say a name survive a list that knows nothing of them."""
    found = one_of(ANA, after=Student("ana", "Ana Rivera", section="B"))
    assert found.students == (
        Student("ana", "Ana Rivera", "ana@x.edu", section="B", extra_time=Decimal("1.5"),
                say_name="AH-na"),
    )  # fmt: skip
    assert found.changed[0].fields == ("section",)


def test_an_empty_cell_of_a_column_takes_away() -> None:
    """Where the list has a column, it counts, and the change is told."""
    found = one_of(ANA, after=Student("ana", "Ana Rivera"), given=ALL)
    assert found.changed[0].fields == ("email",)
    assert found.students[0].email is None


def test_a_name_the_other_way_round_is_no_change() -> None:
    """`Rivera, Ana` is `Ana Rivera`; another accent is a correction."""
    assert one_of(ANA, after=Student("ana", "Rivera, Ana")).unchanged == 1
    assert one_of(ANA, after=Student("ana", "Ána Rivera")).changed[0].fields == ("name",)


def test_those_who_stay_keep_their_order() -> None:
    """New students come last, whatever the new list's order is."""
    before = [Student(text, text) for text in "abc"]
    found = compare(before, [Student(text, text) for text in "dcab"], ALL)
    assert [one.student_id for one in found.students] == ["a", "b", "c", "d"]
    assert [one.student_id for one in found.added] == ["d"]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (
            (Student("1", "Ana", canvas_id="5"), Student("2", "Bo", login="b")),
            Student("9", "Ana", canvas_id="5", login="b"),
            "could mean Ana (1) or Bo (2)",
        ),
        (
            (Student("1", "Ana"), Student("2", "Bo", "b@x.edu")),
            Student("1", "Ana", "b@x.edu"),
            "the id of this row is that of Ana (1), the e-mail address that of Bo (2)",
        ),
        (
            (Student("1", "Ana Lee"), Student("2", "Ana Lee")),
            Student("x", "Ana Lee", sis_id="x"),
            "the name of Ana Lee could mean",
        ),
        (
            (Student("1", "Ana Lee", sis_id="77"),),
            Student("78", "Ana Lee", sis_id="78"),
            "another id or address",
        ),
        ((Student("0012345", "Ana"),), Student("12345", "Ana"), "dropped zeros"),
    ],
    ids=["two ids", "id against address", "two of a name", "other id", "lost zeros"],
)
def test_what_is_not_certain_is_a_clash(
    before: tuple[Student, ...], after: Student, words: str
) -> None:
    """What points to two students, or to one with another id, is told and not joined."""
    found = one_of(*before, after=after, given=ALL)
    (clash,) = found.clashes
    assert words in clash.text
    assert clash.is_error


def test_an_id_of_another_column_joins_nobody_of_another_name() -> None:
    """Canvas calls Okafor 101, and so does the roster Rivera: neither gets the other's reviews."""
    ana, chi = Student("101", "Rivera, Ana"), Student("102", "Okafor, Chi")
    rows = [
        Student("205", "Rivera, Ana", canvas_id="205"),
        Student("101", "Okafor, Chi", canvas_id="101"),
    ]
    found = compare([ana, chi], rows, CANVAS)
    assert (found.added, found.gone, found.clashes) == ((), (), ())
    assert [(one.student_id, one.canvas_id) for one in found.students] == [
        ("101", "205"),
        ("102", "101"),
    ]


def test_a_new_student_does_not_inherit_an_id() -> None:
    """Where the only id of a new row is the id of somebody else, a person has to settle it."""
    after = Student("101", "Okafor, Chi", canvas_id="101")
    (clash,) = one_of(Student("101", "Rivera, Ana"), after=after).clashes
    assert clash.text == "the id 101 of Okafor, Chi is that of Rivera, Ana (101)"
    assert clash.is_error


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Student("7003", "Ana Rivera", "arv@x.edu"), Student("arv", "Rivera, Ana M", login="Arv")),
        (Student("7003", "Ana Rivera", login="arv"), Student("arv", "Ana M Rivera", "ARV@x.edu")),
        (Student("arv", "Ana Rivera"), Student("9", "Ana M Rivera", "arv@x.edu", sis_id="9")),
    ],
)
def test_the_local_part_of_an_address_is_a_login(before: Student, after: Student) -> None:
    """`arv@x.edu` in one list and the login `arv` in the other are one student."""
    found = one_of(before, after=after)
    assert (found.added, found.gone, found.clashes) == ((), (), ())
    assert found.students[0].student_id == before.student_id


def test_two_of_a_name_are_told_apart_by_their_logins() -> None:
    """Both are called Li Wei; the addresses of the one list are the logins of the other."""
    before = [Student("1", "Li Wei", "liw1@x.edu"), Student("2", "Li Wei", "liw2@x.edu")]
    rows = [Student(login, "Wei, Li", login=login) for login in ("liw2", "liw1")]
    found = compare(before, rows, CANVAS)
    assert (found.added, found.gone, found.clashes) == ((), (), ())
    assert [one.login for one in found.students] == ["liw1", "liw2"]


@pytest.mark.parametrize("count", [1, 2])
def test_a_namesake_of_students_who_stay_is_new(count: int) -> None:
    """Where other rows mean all those of a name by their ids, a further id is somebody else."""
    kims = [Student(f"{n}", "Lee, Kim", sis_id=f"{n}") for n in (1, 2, 3)]
    found = compare(kims[:count], kims[count::-1], ALL)
    assert (found.added, found.gone, found.clashes) == ((kims[count],), (), ())
    assert found.students == tuple(kims[: count + 1])


def test_two_rows_that_mean_one_student_are_a_clash() -> None:
    """The second row is told, with the student whom both mean."""
    rows = [Student("1", "Ana"), Student("x", "Anna", canvas_id="5")]
    (clash,) = compare([Student("1", "Ana", canvas_id="5")], rows, CANVAS).clashes
    assert (clash.place, clash.is_error) == (1, True)


def test_an_id_that_the_file_gives_anew_is_told() -> None:
    """Joined by address, the old id stays, and a warning names both."""
    found = one_of(ANA, after=Student("303", "Ana Rivera", "ana@x.edu"), given=ALL)
    (clash,) = found.clashes
    assert not clash.is_error
    assert "stays ana; the file says 303" in clash.text


CLASSES = st.lists(
    st.builds(
        Student,
        st.text("123", min_size=1, max_size=3),
        st.sampled_from(["Ana Lee", "Lee, Ana", "Bo", "Cy"]),
        st.none() | st.sampled_from(["a@x.edu", "A@x.edu", "b@x.edu"]),
        st.none() | st.text("12", min_size=1, max_size=2),
    ),
    max_size=5,
    unique_by=lambda one: one.student_id,
)


@given(CLASSES)
def test_the_same_list_again_changes_nothing(before: list[Student]) -> None:
    """A list against itself has no difference wherever its ids are each one's own."""
    found = compare(before, before, ALL)
    if not found.clashes:
        assert found.students == tuple(before)
        assert (found.added, found.gone, found.changed) == ((), (), ())


@given(CLASSES, CLASSES)
def test_nobody_is_counted_twice_or_lost(before: list[Student], after: list[Student]) -> None:
    """Each old student stays or is gone, each new row is one student or a clash."""
    found = compare(before, after, CANVAS)
    stay = len(found.changed) + found.unchanged
    assert stay + len(found.gone) == len(before)
    assert stay + len(found.added) + sum(one.is_error for one in found.clashes) == len(after)
    assert len(found.students) == stay + len(found.added)
