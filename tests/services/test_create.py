"""A new session from two files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examrunner.domain.errors import Environment, Refused
from examrunner.domain.problems import BadInput
from examrunner.services import create
from examrunner.services.demo import shipped_course
from examrunner.services.prepare import prepare
from tests.classes import REVIEWS, ROSTER, ROSTER_ERROR, write_files

if TYPE_CHECKING:
    from pathlib import Path

TWICE = """\
email,paper
ana@example.edu,LoRA: Low-Rank Adaptation of Large Language Models
ana@example.edu,LoRA Low Rank Adaptation of Large Language Model
chi@example.edu,LoRA Low Rank Adaptation of Large Language Model
"""
TITLES = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30)


def made(tmp_path: Path, reviews: str = REVIEWS, course: Path | None = None) -> Path:
    """Make a session. Returns its folder."""
    sources = create.read_sources(*write_files(tmp_path, reviews=reviews), course)
    create.create_session(tmp_path / "made", sources)
    return tmp_path / "made"


def lists(folder: Path) -> dict[str, set[str]]:
    """Return the titles of each student's readings, as a session has them."""
    prepared = prepare(folder)
    found: dict[str, set[str]] = {}
    for review in prepared.reviews:
        title = prepared.readings[review.reading_id].title
        found.setdefault(review.student_id, set()).add(title)
    return found


def test_a_new_session_holds_what_the_files_held(tmp_path: Path) -> None:
    """Students, titles and dates come back from the session as they went in."""
    folder = made(tmp_path)
    prepared = prepare(folder)
    assert prepared.students[0].name == "Rivera, Ana"
    assert lists(folder)["ana"] == {"Attention Is All You Need", "Image GPT"}
    assert lists(folder)["eli"] == {"VQ-VAE: Neural Discrete Representations, Learned"}
    assert sum(review.submitted_on is not None for review in prepared.reviews) == 4
    assert prepared.settings.session == "made"


def test_a_new_session_is_private(tmp_path: Path) -> None:
    """Only the user may enter the folder and read its files."""
    folder = made(tmp_path)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert {file.name for file in folder.iterdir()} == {"session.yaml", "roster.csv", "reviews.csv"}


def test_known_titles_become_ids_and_own_titles_stay(tmp_path: Path) -> None:
    """With a course, its readings are written by id and others by the title they had."""
    reviews = REVIEWS + "zoe@example.edu,A Paper of My Own,\n"
    folder = made(tmp_path, reviews, shipped_course())
    text = (folder / "reviews.csv").read_text(encoding="utf-8")
    assert "attention-is-all-you-need" in text
    assert "A Paper of My Own" in text
    assert lists(folder)["zoe"] == {"Image GPT", "A Paper of My Own"}


def test_the_course_is_found_from_the_session(tmp_path: Path) -> None:
    """The path of the course is relative, and the folder of its banks is named beside it."""
    prepared = prepare(made(tmp_path, course=shipped_course()))
    assert prepared.course is not None
    assert prepared.settings.course is not None
    assert not prepared.settings.course.startswith("/")
    assert "attention-is-all-you-need" in prepared.banks


def test_a_course_without_banks_beside_it_names_none(tmp_path: Path) -> None:
    """The course's folder counts as a folder of banks only if it holds one."""
    course = tmp_path / "course.yaml"
    course.write_bytes(shipped_course().read_bytes())
    assert prepare(made(tmp_path, course=course)).settings.banks == ()


def test_a_course_inside_the_package_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes away with the installation stands in the session itself."""
    monkeypatch.setattr(create, "is_in_package", lambda _: True)
    folder = made(tmp_path, course=shipped_course())
    assert (folder / "course" / "course.yaml").is_file()
    prepared = prepare(folder)
    assert prepared.settings.course == "course/course.yaml"
    assert "attention-is-all-you-need" in prepared.banks


def test_a_course_may_be_named(tmp_path: Path) -> None:
    """A course is meant by its file, by its folder, or by the name of the shipped one."""
    assert create.course_file("cs496") == shipped_course()
    assert create.course_file(str(tmp_path)) == tmp_path / "course.yaml"
    assert create.course_file("some.yaml").name == "some.yaml"


def test_every_problem_of_all_files_is_told_at_once(tmp_path: Path) -> None:
    """Missing files and bad rows are reported together, and nothing is written."""
    roster, _ = write_files(tmp_path, ROSTER_ERROR)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BadInput) as bad:
        create.read_sources(roster, tmp_path / "no.csv", tmp_path / "no.yaml")
    files = {problem.file for problem in bad.value.problems}
    assert files == {str(roster), str(tmp_path / "no.csv"), str(tmp_path / "no.yaml")}
    assert sorted(tmp_path.iterdir()) == before


def test_files_that_share_nobody_make_no_session(tmp_path: Path) -> None:
    """Where no review belongs to anybody the day is impossible, and that is an error."""
    files = write_files(tmp_path, reviews="email,paper\nwho@example.edu,Some Paper\n")
    with pytest.raises(BadInput, match="no review belongs to anybody"):
        create.read_sources(*files)


@pytest.mark.parametrize("there", ["session.yaml", "roster.csv", "notes.txt"])
def test_what_stands_there_is_left_alone(tmp_path: Path, there: str) -> None:
    """A folder that holds a session, or anything else, is refused and unchanged."""
    sources = create.read_sources(*write_files(tmp_path))
    folder = tmp_path / "made"
    folder.mkdir()
    (folder / there).write_text("mine", encoding="utf-8")
    with pytest.raises(Refused):
        create.create_session(folder, sources)
    assert [file.read_text(encoding="utf-8") for file in folder.iterdir()] == ["mine"]


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    """An empty folder of that name is no obstacle."""
    (tmp_path / "made").mkdir()
    assert (made(tmp_path) / "session.yaml").is_file()


def test_a_session_is_made_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk fills up half-way nothing is left behind."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    sources = create.read_sources(*write_files(tmp_path))
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(create, "write_reviews", full)
    with pytest.raises(Environment, match="No space left"):
        create.create_session(tmp_path / "made", sources)
    assert sorted(tmp_path.iterdir()) == before


def test_two_spellings_may_be_one_reading(tmp_path: Path) -> None:
    """Titles taken for one are one reading, for every student, also when read again."""
    sources = create.read_sources(*write_files(tmp_path, reviews=TWICE))
    (pair,) = create.doubles(sources)
    same = create.with_same(sources, [pair])
    assert same.reviewed == 1
    assert not create.doubles(same)
    create.create_session(tmp_path / "made", same)
    found = lists(tmp_path / "made")
    assert found["ana"] == found["chi"]
    assert len(found["ana"]) == 1


def test_a_reading_of_the_course_is_the_one_that_stays(tmp_path: Path) -> None:
    """A title taken for a reading of the course becomes that reading."""
    files = write_files(tmp_path, reviews=TWICE)
    sources = create.read_sources(*files, shipped_course())
    same = create.with_same(sources, create.doubles(sources))
    assert same.own_titles() == {}
    assert {review.reading_id for review in same.matched.reviews} == {"lora"}


@given(titles=st.lists(TITLES, min_size=1, max_size=8))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_titles_come_back_as_the_same_readings(
    tmp_path_factory: pytest.TempPathFactory, titles: list[str]
) -> None:
    """Without a course each student has the same readings after the round trip."""
    folder = tmp_path_factory.mktemp("titles")
    quoted = "".join('ana@example.edu,"{}"\n'.format(t.replace('"', '""')) for t in titles)
    files = write_files(folder, ROSTER, "email,paper\nana@example.edu,Kept\n" + quoted)
    sources = create.read_sources(*files)
    create.create_session(folder / "made", sources)
    again = prepare(folder / "made")
    assert {(r.student_id, r.reading_id) for r in again.reviews} == {
        (r.student_id, r.reading_id) for r in sources.matched.reviews
    }
