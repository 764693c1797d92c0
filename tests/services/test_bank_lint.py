"""Which banks are meant, ids across files, sessions, approvals, watching, sharing the work."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.domain.bank.approval import Approval, Approvals
from examrunner.domain.bank.approval import Judged as Said
from examrunner.domain.bank.content import content_hash
from examrunner.domain.bank.lint.rules import Demands
from examrunner.domain.errors import WrongUsage
from examrunner.domain.problems import Problem, Severity
from examrunner.services import bank_lint
from examrunner.services.bank_lint import Linter, changes
from examrunner.storage.readers import bank_judge
from examrunner.storage.readers.approval_files import read_approvals, write_approvals
from examrunner.storage.readers.bank_files import read_bank
from examrunner.storage.readers.bank_judge import Judged, judge_file
from tests.banks import clean_bank

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examrunner.services.bank_lint import Linted

COURSE = "id: c\nreadings: [{id: trees, title: On Trees}, {id: bushes, title: On Bushes}]\n"
BUSHES = clean_bank().replace("reading: trees", "reading: bushes").replace("trees-", "bushes-")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a course and two banks, below the working directory."""
    monkeypatch.chdir(tmp_path)
    folder = Path("questionbanks", "woods")
    folder.mkdir(parents=True)
    (folder / "course.yaml").write_text(COURSE)
    (folder / "trees.yaml").write_text(clean_bank())
    (folder / "bushes.yaml").write_text(BUSHES)
    return folder


def rules(found: Linted) -> list[tuple[str, str]]:
    """Return the file's name and the rule of each problem."""
    return [(Path(one.file or "").name, one.rule) for one in found.problems]


def session(folder: Path, more: str = "") -> Path:
    """Write a session that uses the banks; return its folder."""
    place = Path("sessions", "final")
    place.mkdir(parents=True)
    text = f"session: final\nbanks: [../../{folder.as_posix()}]\n{more}"
    (place / "session.yaml").write_text(text)
    (place / "roster.csv").write_text("student_id,name\nann,Ann van Dale\n")
    (place / "reviews.csv").write_text("student_id,reading_id\nann,trees\n")
    return place


def test_without_paths_all_shelves_are_meant(shelf: Path) -> None:
    """Every folder below questionbanks is judged: its banks, and its course as a course."""
    found = Linter(approval=True).run()
    assert (found.files, found.banks, found.questions, found.problems) == (3, 2, 26, ())
    (shelf / "course.yaml").write_text("id: c\nreadings: [{id: trees}]\n")
    assert rules(Linter().run())[0] == ("course.yaml", "schema")
    for name in ("approvals", "exposure"):
        (shelf / f"{name}.yaml").write_text(f"{name}_version: x\n")
    kept = [one for one in rules(Linter().run()) if one[0] in ("approvals.yaml", "exposure.yaml")]
    assert kept == [("approvals.yaml", "schema"), ("exposure.yaml", "schema")]


def test_where_nothing_is_meant_the_usage_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without paths, session or shelves there is nothing to judge; a wrong path is a problem."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WrongUsage, match="No bank is named"):
        Linter().run()
    found = Linter([Path("gone.yaml")]).run()
    assert [(one.rule, one.severity) for one in found.problems] == [("unreadable", Severity.ERROR)]


def test_a_folder_without_banks_is_an_error(shelf: Path) -> None:
    """A check that looked at nothing is not passed; what can be named instead is said."""
    place = session(shelf)
    Path("pages").mkdir()
    wanted = {
        Path(): f"name {shelf} or {place}",
        shelf.parent: f"name {shelf}",
        place.parent: f"name {place}",
        Path("pages"): "name banks, a folder of them or a session",
    }
    for path, hint in wanted.items():
        (problem,) = Linter([path]).run().problems
        told = (problem.severity, problem.text, problem.file, problem.hint)
        assert told == (Severity.ERROR, "there is no bank in this folder", str(path), hint)
    (place / "session.yaml").write_text("session: final\n")
    assert [one.text for one in Linter([place]).run().problems] == ["this session has no bank"]
    (place / "session.yaml").write_text("session: [")
    assert rules(Linter([place]).run()) == [("session.yaml", "yaml")]
    (Path("pages") / "course.yaml").write_text(COURSE)
    (problem,) = Linter([Path("pages")]).run().problems
    assert (problem.severity, problem.text) == (Severity.WARNING, "there is no bank in this folder")


def test_without_shelves_the_banks_one_stands_in_are_meant(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standing among banks, nobody needs to name them; other files in YAML are no banks."""
    (shelf.parent / "later").mkdir()
    assert Linter().run().banks == 2
    monkeypatch.chdir(shelf)
    assert Linter().run().banks == 2
    Path("trees.yaml").write_text("services: [{image: web}]\n")
    Path("bushes.yaml").unlink()
    with pytest.raises(WrongUsage, match="No bank is named"):
        Linter().run()


def test_an_id_of_another_bank_is_found_in_both(shelf: Path) -> None:
    """Ids are unique across files: each place is told; named alone, a file is told of the other."""
    (shelf / "bushes.yaml").write_text(BUSHES.replace("bushes-c2", "trees-c2"))
    assert rules(Linter([shelf]).run()) == [("bushes.yaml", "B01"), ("trees.yaml", "B01")]
    alone = Linter([shelf / "bushes.yaml"]).run()
    assert rules(alone) == [("bushes.yaml", "B01")]
    assert "trees.yaml" in alone.problems[0].text


def test_a_session_says_by_what_its_banks_are_judged(shelf: Path) -> None:
    """Its sheet, minutes, names of students, and whether drafts are judged strictly."""
    (shelf / "trees.yaml").write_text(
        clean_bank()
        .replace("by: ta-1", "by: Ann van Dale")
        .replace("      weak: It is", "      x:")
    )
    place = session(shelf, "sheet: {opening: 1, core: 2}\nexam: {minutes: 3}\n")
    found = Linter([place]).run()
    assert ("trees.yaml", "B30") in rules(found)
    assert {"B26", "B28"} <= {rule for _, rule in rules(found)}
    strict = clean_bank().replace("      weak: It is green.\n", "", 1)
    (shelf / "trees.yaml").write_text(strict)
    assert Linter([place]).run().errors == 0
    with (place / "session.yaml").open("a") as file:
        file.write("questions: reviewed\n")
    problems = Linter([place]).run().problems
    assert [one.severity for one in problems if one.rule == "B24"] == [Severity.ERROR]


def test_ten_marks_belong_to_the_usual_sheet(shelf: Path) -> None:
    """A session without critique makes seven marks; one with the usual kinds, in any order, ten."""
    (shelf / "trees.yaml").write_text(clean_bank().replace("marks: 2", "marks: 1"))
    place = session(shelf, "sheet: {opening: 1, core: 1, detail: 1}\n")
    assert [rule for _, rule in rules(Linter([place]).run()) if rule == "B25"] == []
    text = (place / "session.yaml").read_text()
    usual = "sheet: {critique: 1, core: 1, detail: 1, opening: 1}"
    (place / "session.yaml").write_text(
        text.replace("sheet: {opening: 1, core: 1, detail: 1}", usual)
    )
    assert ("trees.yaml", "B25") in rules(Linter([place]).run())


def test_approvals_make_strict_and_are_lost_by_a_change(shelf: Path) -> None:
    """An approved question is judged strictly; one whose words changed since is told of."""
    bank, _ = read_bank(shelf / "trees.yaml")
    assert bank is not None
    entries = tuple(
        Approval(one.id, Said.APPROVED, content_hash(one), "ta-2", date(2024, 12, 2))
        for one in bank.questions[:2]
    )
    write_approvals(shelf / "approvals.yaml", Approvals(entries))
    assert Linter([shelf]).run().problems == ()
    (shelf / "trees.yaml").write_text(clean_bank().replace("acorn next", "acorn close", 1))
    problem = Linter([shelf]).run().problems[0]
    assert (problem.rule, problem.line, problem.column) == ("B30", 11, 9)


@pytest.mark.parametrize(
    ("state", "people", "log", "found"),
    [
        (Said.APPROVED, ["ta-1"], "", [Severity.ERROR]),
        (Said.APPROVED, [" TA-1"], "", [Severity.ERROR]),
        (Said.REVIEWED, ["Ta-1"], "", [Severity.ERROR]),
        (Said.RETURNED, ["ta-1"], "", []),
        (Said.APPROVED, ["ta-2"], "", []),
        (Said.APPROVED, ["ta-2", "ta-1"], "", []),
        (Said.APPROVED, ["ta-1"], "log: [{state: reviewed, by: ta-2}]", []),
        (Said.APPROVED, ["ta-1"], "log: [{state: reviewed, by: TA-1}]", [Severity.ERROR]),
        (Said.APPROVED, ["ta-1"], "log: [{state: draft, by: ta-3}]", []),
    ],
)
def test_what_counts_as_approved_has_a_second_reader(
    shelf: Path, state: Said, people: list[str], log: str, found: list[Severity]
) -> None:
    """An approval by the author alone is told of, however the name is written."""
    text = clean_bank().replace("status: draft", log or "status: draft", 1)
    (shelf / "trees.yaml").write_text(text)
    bank, _ = read_bank(shelf / "trees.yaml")
    assert bank is not None
    one = bank.questions[0]
    given = [Approval(one.id, state, content_hash(one), by, date(2024, 12, 2)) for by in people]
    write_approvals(shelf / "approvals.yaml", Approvals(tuple(given)))
    problems = Linter([shelf]).run().problems
    assert [(p.severity, p.rule, p.line) for p in problems] == [(s, "B30", 11) for s in found]


def test_approvals_are_read_once_for_all_banks_beside_them(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many banks ask what was approved, the file is read once for each state of it."""
    write_approvals(shelf / "approvals.yaml", Approvals())
    read: list[Path] = []

    def counted(path: Path) -> tuple[Approvals, list[Problem]]:
        read.append(path)
        return read_approvals(path)

    monkeypatch.setattr(bank_judge, "read_approvals", counted)
    assert judge_file(shelf / "trees.yaml", Demands(approvals=True)).problems == ()
    assert judge_file(shelf / "bushes.yaml", Demands(approvals=True)).problems == ()
    assert len(read) == 1
    bank, _ = read_bank(shelf / "trees.yaml")
    assert bank is not None
    one = Approval(bank.questions[0].id, Said.APPROVED, "0" * 64, "ta-2", date(2024, 12, 2))
    write_approvals(shelf / "approvals.yaml", Approvals((one,)))
    (changed,) = judge_file(shelf / "trees.yaml", Demands(approvals=True)).problems
    assert changed.rule == "B30"
    assert len(read) == 2


def test_only_what_changes_is_told_while_watching(shelf: Path) -> None:
    """A saved file, a new one and one that is gone are each answered by the next look."""
    looks: Iterator[str] = iter(["", "edit", "", "add", "remove", "course"])

    def wait(_seconds: float) -> None:
        match next(looks):
            case "edit":
                (shelf / "trees.yaml").write_text(clean_bank().replace("edition: first\n", ""))
            case "add":
                (shelf / "ferns.yaml").write_text("reading: ferns\n")
            case "remove":
                (shelf / "ferns.yaml").unlink()
            case "course":
                (shelf / "course.yaml").write_text(COURSE.replace("trees", "tree"))

    seen = changes(Linter([shelf], approval=True), wait)
    assert next(seen).problems == ()
    assert rules(next(seen)) == [("trees.yaml", "B02")]
    assert ("ferns.yaml", "B01") in rules(next(seen))
    assert rules(next(seen)) == [("trees.yaml", "B02")]
    assert rules(next(seen)) == [("trees.yaml", "B02"), ("trees.yaml", "B01")]


def test_without_a_catalogue_any_reading_may_be_a_post(shelf: Path) -> None:
    """Whether a heading is a place depends on what is read, which only the catalogue knows."""
    text = clean_bank().replace("at: Section 10", "at: somewhere")
    (shelf / "trees.yaml").write_text(text.replace("      - {at: Section 11, what: the", "#", 1))
    assert [rule for _, rule in rules(Linter([shelf]).run())] == ["B17", "B17"]
    (shelf / "course.yaml").unlink()
    (problem,) = Linter([shelf]).run().problems
    assert problem.text == "no place in the paper is named"


def test_nothing_to_watch_is_told_once(shelf: Path) -> None:
    """A bank that is not there, or is away for a moment, is told of once, not at every look."""
    bank, aside = shelf / "trees.yaml", shelf / "trees.old"
    looks: Iterator[str] = iter(["", "away", "", "", "back", "", "end"])

    def wait(_seconds: float) -> None:
        match next(looks):
            case "away":
                bank.rename(aside)
            case "back":
                aside.rename(bank)
            case "end":
                raise KeyboardInterrupt

    seen: list[Linted] = []
    with pytest.raises(KeyboardInterrupt):
        seen.extend(changes(Linter([bank], approval=True), wait))
    assert [rules(one) for one in seen] == [[], [("trees.yaml", "unreadable")], []]


def test_files_that_did_not_change_are_not_read_again(
    shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While watching, one saved file means that one file is judged."""
    linter = Linter([shelf])
    linter.run()
    judged: list[str] = []

    def counted(path: Path, *more: Any) -> Judged:
        judged.append(path.name)
        return judge_file(path, *more)

    monkeypatch.setattr(bank_lint, "judge_file", counted)
    assert linter.refresh() is None
    (shelf / "trees.yaml").write_text(clean_bank() + "\n")
    assert linter.refresh() is not None
    assert judged == ["trees.yaml"]


def test_two_processes_say_what_one_says(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the work is shared out, problems and their order are the same."""
    for n in range(6):
        text = BUSHES.replace("bushes", f"b{n}").replace("edition: first\n", "")
        (shelf / f"b{n}.yaml").write_text(text)
    monkeypatch.setattr(bank_lint, "FEWEST_TO_SHARE", 2)
    one, two = (Linter([shelf], workers=count).run() for count in (1, 2))
    assert one == two
    assert len(one.problems) == 12


def test_a_fifo_and_a_folder_are_no_banks(shelf: Path) -> None:
    """What is no file is passed over in a folder, and nothing waits for it."""
    (shelf / "folder.yaml").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(shelf / "pipe.yaml")
    assert Linter([shelf]).run().problems == ()
