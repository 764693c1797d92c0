"""Reviews are taken into a session whole or not at all, and what was answered is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examrunner.domain.course.matching import OWN
from examrunner.domain.errors import Refused
from examrunner.domain.problems import BadInput
from examrunner.services import import_reviews
from examrunner.services.changes import take_in
from examrunner.services.forget import forget, plan
from examrunner.services.import_reviews import Asked, Preview, answer, look
from examrunner.services.new_list import write, write_begun
from examrunner.services.prepare import prepare
from examrunner.services.roll import find, read_roll
from examrunner.storage.readers.answers import Answered
from tests.classes import close_day, examine
from tests.fakes import FakeClock
from tests.services.desks import write_small

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.desks import Room

HEAD = "student_id,paper,date\n"
SAME = """\
ana,Paper A,2024-10-01
ana,Paper B,2024-10-02
chi,Paper A,2024-10-03
eli,Paper C,
"""


def given(folder: Path, text: str, name: str = "new.csv", **wishes: object) -> Preview:
    """Look at a file with this text."""
    file = folder.parent / name
    file.write_text(text, encoding="utf-8")
    return look(folder, Asked((file,), **wishes))  # type: ignore[arg-type]


def differing(preview: Preview) -> dict[str, tuple[tuple[str, ...], tuple[str, ...], int]]:
    """Return the students whose lists differ."""
    return {
        one.student.student_id: (one.new, one.gone, one.unchanged)
        for one in preview.differences
        if one.new or one.gone
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the small session of Ana, Chi, Eli and Zoe."""
    return write_small(tmp_path)


def test_the_difference_is_shown_and_written(folder: Path) -> None:
    """New, gone and unchanged reviews of each student; the old file is kept beside the backups."""
    old = (folder / "reviews.csv").read_bytes()
    preview = given(folder, HEAD + "ana,Paper A,2024-10-01\nana,Paper C,\nzoe,Paper B,\n")
    assert differing(preview) == {
        "ana": (("paper-c",), ("paper-b",), 1),
        "chi": ((), ("paper-a",), 0),
        "eli": ((), ("paper-c",), 0),
        "zoe": (("paper-b",), (), 0),
    }
    assert (folder / "reviews.csv").read_bytes() == old
    kept = write(preview.new_list, FakeClock(), "ann")
    assert kept is not None
    assert kept.parent == folder / "backups"
    assert kept.read_bytes() == old
    assert prepare(folder).eligible["zoe"].eligible == ("paper-b",)
    assert not look(folder, import_reviews.own_reviews(folder)).changes_something


def test_reviews_are_added(folder: Path) -> None:
    """With `adds` what is there stays; what is in both is no repeat to be told."""
    preview = given(folder, HEAD + "ana,Paper A,2024-10-01\nzoe,Paper C,\n", adds=True)
    assert differing(preview) == {"zoe": (("paper-c",), (), 0)}
    assert "reviewed-twice" not in {one.rule for one in preview.problems}


def test_an_answer_is_asked_once(folder: Path) -> None:
    """What was said of a title and a person counts now and in every later import."""
    text = HEAD + SAME + "zoe,The A thing,\nZoo Jr,Paper B,\nzoe,Quiz,\n"
    preview = given(folder, text)
    assert [one.title for one in preview.titles] == ["The A thing", "Quiz"]
    assert [one.who for one in preview.people] == [("Zoo Jr",)]
    said = Answered({"The A thing": "paper-a", "Quiz": None}, {"Zoo Jr": "zoe"})
    write(answer(preview, said).new_list, FakeClock(), "ann")
    assert prepare(folder).eligible["zoe"].eligible == ("paper-a", "paper-b")
    again = given(folder, text)
    assert not again.titles
    assert not again.people
    assert not again.changes_something


def test_an_unknown_title_never_blocks(folder: Path) -> None:
    """Unanswered it is a reading of its own with a warning, and can be drawn."""
    preview = given(folder, HEAD + SAME + "zoe,A guest talk,\n")
    assert "unknown-title" in {one.rule for one in preview.problems}
    write(preview.new_list, FakeClock(), "ann")
    assert prepare(folder).eligible["zoe"].eligible == ("a-guest-talk",)
    own = answer(
        given(folder, HEAD + SAME + "zoe,A guest talk,\n"), Answered({"A guest talk": OWN}, {})
    )
    assert "unknown-title" not in {one.rule for one in own.problems}


def test_answers_for_what_is_gone_are_asked_again(folder: Path) -> None:
    """An answer whose reading or student does not exist any more means nothing."""
    (folder / "answers.csv").write_text("title,reading_id,who,student_id\nX,gone,,\n,,Y,gone\n")
    preview = given(folder, HEAD + SAME + "zoe,X,\nY,Paper A,\n")
    assert len(preview.titles) == len(preview.people) == 1


def test_a_bad_file_changes_nothing(folder: Path) -> None:
    """Every problem comes with its row, and no file of the session is touched."""
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with pytest.raises(BadInput) as bad:
        given(folder, HEAD + "ana,Paper\x07A,\n1E+9,Paper B,\nchi\n")
    assert {one.line for one in bad.value.problems} >= {2, 4}
    assert before == {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_nobody_on_the_roster_is_an_error_unless_it_can_be_asked(folder: Path) -> None:
    """A file in which nobody is known gives questions, with whoever is nearest."""
    preview = given(folder, HEAD + "Zoey,Paper A,\n")
    assert [one.who for one in preview.people] == [("Zoey",)]
    assert preview.matched.reviews == ()


def test_a_list_that_changed_meanwhile_is_not_overwritten(folder: Path) -> None:
    """reviews.csv edited between looking and writing stays as it was edited."""
    preview = given(folder, HEAD + "zoe,Paper C,\n")
    (folder / "reviews.csv").write_text(HEAD + "eli,Paper A,\n")
    with pytest.raises(Refused, match="changed meanwhile"):
        write(preview.new_list, FakeClock(), "ann")
    assert not (folder / "answers.csv").exists()


def test_the_review_rule_is_told_with_what_follows(tmp_path: Path) -> None:
    """Each student who is short of reviews is named, with the papers that the draw goes over."""
    settings = "session: small\ncourse: course.yaml\nbanks: [banks]\nreviews: {required: 2}\n"
    preview = given(write_small(tmp_path, settings), HEAD + SAME)
    short = [one for one in preview.problems if one.rule == "too-few-reviews"]
    assert [one.text for one in short] == [
        "Chi has 1 of 2 reviews",
        "Eli has 1 of 2 reviews",
        "Zoe has 0 of 2 reviews",
    ]
    assert short[0].hint == "the draw has only one paper to give"


def test_a_day_that_has_begun_takes_it_as_events(room: Room) -> None:
    """Corrected lists join the record by events, and a drawn paper stays."""
    room.decided("ana")
    preview = given(room.folder, HEAD + SAME + "zoe,Paper B,\n")
    kept, changes = write_begun(preview.new_list, room.desk)
    assert kept is not None
    assert changes.to_take == 1
    assert take_in(room.desk, changes) == 1
    key = next(row.key for row in room.desk.rows() if row.student.student_id == "zoe")
    assert room.desk.stored_session().eligible[key] == ("paper-b",)


def test_an_open_session_is_not_written_behind_its_back(room: Room) -> None:
    """While the app holds the session an import from outside is refused."""
    preview = given(room.folder, HEAD + SAME + "zoe,Paper B,\n")
    with pytest.raises(Refused):
        write(preview.new_list, FakeClock(), "ann")


def test_forgetting_reaches_answers_and_old_lists(folder: Path) -> None:
    """Forget takes a student's answers and the replaced lists away, and leaves those of others."""
    text = HEAD + SAME + "Zoo Jr,Paper B,\nElly,Paper A,\nzoe,Quiz,\n"
    said = Answered({"Quiz": None}, {"Zoo Jr": "zoe", "Elly": "eli"})
    write(answer(given(folder, text), said).new_list, FakeClock(), "ann")
    write(given(folder, HEAD + SAME + "zoe,Paper A,\n").new_list, FakeClock(), "ann")
    roll = read_roll(folder)
    forget(plan(roll, (find(roll, "zoe"),)), FakeClock(), "ann")
    assert not [path for path in (folder / "backups").rglob("*.csv") if b"zoe" in path.read_bytes()]
    kept = (folder / "answers.csv").read_text()
    assert "Quiz,skip" in kept
    assert "Elly,eli" in kept
    assert "Zoo" not in kept


def test_a_closed_day_changes_no_more(tmp_path: Path) -> None:
    """After the end of the day reviews are refused."""
    folder = write_small(tmp_path)
    examine(folder, {"ana": None})
    close_day(folder)
    with pytest.raises(Refused, match="closed"):
        write(given(folder, HEAD + "zoe,Paper A,\n").new_list, FakeClock(), "ann")
