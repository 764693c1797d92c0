"""Banks in and out write new files only, and what does not fit is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from examrunner.domain.bank.banks import State
from examrunner.domain.bank.carrying import ENDINGS, Form
from examrunner.domain.errors import Environment, Refused, WrongUsage
from examrunner.domain.problems import BadInput, Problem, Severity
from examrunner.services.bank_io import (
    Source,
    export_banks,
    find_banks,
    import_bank,
    source_of,
)
from examrunner.services.refs import import_readings
from examrunner.storage.readers.bank_files import read_bank

if TYPE_CHECKING:
    from pathlib import Path

BANK = "reading: bert\nquestions:\n  - {kind: core, say: Why?, look_for: [{must: x}]}\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a course's banks below `questionbanks`."""
    banks = tmp_path / "questionbanks" / "c"
    banks.mkdir(parents=True)
    (banks / "bert.yaml").write_text(BANK)
    (banks / "course.yaml").write_text("id: c\nreadings: [{id: bert, title: BERT}]\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_banks_are_found_by_reading_file_and_folder(place: Path) -> None:
    """One bank named thrice is one file; a reading is looked for here first; none is told."""
    folder = place / "questionbanks" / "c"
    found = find_banks(["bert", "questionbanks/c/bert.yaml", "questionbanks/c"])
    assert [one.resolve() for one in found] == [folder / "bert.yaml"]
    for name in ("gpt", "a/../b"):
        with pytest.raises(WrongUsage, match="There is no bank"):
            find_banks([name])
    (place / "bert.yaml").write_text(BANK)
    assert [str(one) for one in find_banks(["bert"])] == ["bert.yaml"]
    (place / "none").mkdir()
    with pytest.raises(WrongUsage, match="There is no bank in none"):
        find_banks(["none"])


@pytest.mark.parametrize("form", list(Form))
def test_an_export_is_a_new_file(place: Path, form: Form) -> None:
    """Named after the reading, private, and never written over another one."""
    files = find_banks(["bert"])
    done = export_banks(files, form, None)
    assert done.path.name == f"bert{ENDINGS[form]}"
    assert (done.path.stat().st_mode & 0o777, done.questions) == (0o600, 1)
    before = done.path.read_bytes()
    with pytest.raises(Refused, match="is there already"):
        export_banks(files, form, None)
    assert done.path.read_bytes() == before
    with pytest.raises(Environment):
        export_banks(files, form, place / "none" / "x")


def test_a_bank_with_errors_is_not_exported(place: Path) -> None:
    """Its problems are told, and no file is begun."""
    bad = place / "bad.yaml"
    bad.write_text("reading: bad\nquestions: [{kind: core}]\n")
    with pytest.raises(BadInput, match="`say` is missing"):
        export_banks([bad], Form.GIFT, None)
    assert not list(place.glob("*.gift.txt"))


def test_a_bank_comes_back_as_drafts(place: Path) -> None:
    """Out as Moodle XML and in again elsewhere: a bank that reads without a problem."""
    done = export_banks(find_banks(["bert"]), Form.MOODLE, None)
    made = import_bank(done.path, "bert", source=Source.MOODLE, folder=place)
    bank, problems = read_bank(made.path)
    assert (bank, problems) == (made.bank, [])
    assert made.bank.questions == read_bank(find_banks(["questionbanks/c"])[0])[0].questions  # type: ignore[union-attr]
    assert {one.status for one in made.bank.questions} == {State.DRAFT}


def test_only_questions_of_the_reading_are_taken(place: Path) -> None:
    """A file of several readings gives each bank its own, and names the others."""
    other = place / "gpt.yaml"
    other.write_text(BANK.replace("bert", "gpt"))
    done = export_banks([*find_banks(["bert"]), other], Form.GIFT, None)
    assert (done.path.name, done.banks) == ("banks.gift.txt", 2)
    made = import_bank(done.path, "bert", source=Source.GIFT, folder=place)
    assert [one.id for one in made.bank.questions] == ["bert-q1"]
    assert [(one.name, one.why) for one in made.skipped] == [("gpt-q1", "it is about gpt")]


def test_a_bank_that_is_there_is_never_rewritten(place: Path) -> None:
    """The import is refused with the way out, and the file keeps its bytes."""
    folder = place / "questionbanks" / "c"
    file = place / "q.csv"
    file.write_text("question\nHow?\n")
    with pytest.raises(Refused, match="never rewritten") as caught:
        import_bank(file, "bert", source=Source.TABLE, folder=folder)
    assert "--to" in caught.value.hint
    assert (folder / "bert.yaml").read_text() == BANK


def test_a_reading_of_no_catalogue_is_warned_of(place: Path) -> None:
    """The bank is made, and it is said what nobody would find out before the draw."""
    course = place / "questionbanks" / "c" / "course.yaml"
    file = place / "q.csv"
    file.write_text("kind,question\ncore,How?\n")

    def made(reading: str, folder: Path, course: Path | None = None) -> tuple[Problem, ...]:
        return import_bank(
            file, reading, source=Source.TABLE, folder=folder, course=course
        ).problems

    for folder, named in ((course.parent, None), (place / "new" / "one", course)):
        (problem,) = made("bart", folder, named)
        assert (problem.severity, problem.file) == (Severity.WARNING, str(course))
        assert problem.text == "no reading of this course has the id `bart`"
        assert problem.hint == "did you mean `bert`?"
    assert made("bert", place, course) == ()
    assert made("bart", place) == ()
    course.write_text("id: [")
    with pytest.raises(BadInput):
        made("other", place, course)
    assert not (place / "other.yaml").exists()


def test_a_new_folder_is_made_for_what_is_imported(place: Path) -> None:
    """As `bank new` and `carry-over` do; a file in its place is left alone."""
    (place / "refs.bib").write_text("@misc{b, title={GPT}, year=2018}\n")
    (place / "q.csv").write_text("question\nHow?\n")
    deep = place / "a" / "b"
    assert import_readings(place / "refs.bib", folder=deep).path == deep / "refs-readings.yaml"
    made = import_bank(place / "q.csv", "gpt", source=Source.TABLE, folder=deep / "c")
    assert made.path.is_file()
    with pytest.raises(WrongUsage, match="is no folder"):
        import_readings(place / "refs.bib", folder=place / "q.csv")


def test_a_file_without_a_question_of_ours_makes_no_bank(place: Path) -> None:
    """What it holds instead is named, and nothing is written."""
    file = place / "q.txt"
    file.write_text("::a::True?{T}\n")
    with pytest.raises(BadInput, match="no question in this file") as caught:
        import_bank(file, "gpt", source=Source.GIFT, folder=place)
    assert caught.value.problems[-1].hint == "1 other: a: true or false"
    wrong = (("../x", place, "core"), ("course", place, "core"), ("gpt", place / "q.txt", "core"),
             ("gpt", place, ""), ("gpt", place, "a\x1b"))  # fmt: skip
    for reading, folder, kind in wrong:
        with pytest.raises(WrongUsage):
            import_bank(file, reading, source=Source.GIFT, folder=folder, kind=kind)
    assert not list(place.glob("*.yaml"))


def test_the_format_shows_by_the_ending(place: Path) -> None:
    """Or is named; an ending that says nothing asks for it."""
    for name, source in (("a.XML", Source.MOODLE), ("a.gift", Source.GIFT), ("a.ods", Source.TABLE),
                         ("a.bib", Source.BIBTEX)):  # fmt: skip
        assert source_of(place / name) is source
    assert source_of(place / "a.xml", "gift") is Source.GIFT
    with pytest.raises(WrongUsage, match="does not show by its ending"):
        source_of(place / "a.dat")


def test_readings_go_to_a_file_of_their_own(place: Path) -> None:
    """What the catalogue beside it has is left out and named; course.yaml keeps its bytes."""
    folder = place / "questionbanks" / "c"
    before = (folder / "course.yaml").read_bytes()
    file = place / "refs.bib"
    file.write_text("@misc{a, title={BERT}}\n@misc{b, title={GPT}, year=2018}\n")
    done = import_readings(file, folder=folder)
    assert done.course == folder / "course.yaml"
    assert [(one.reading.id, one.other.id, one.why) for one in done.known] == [
        ("a", "bert", "title")
    ]
    assert done.path == folder / "refs-readings.yaml"
    assert "  - id: b\n    title: GPT\n    year: 2018\n" in done.path.read_text()
    assert (folder / "course.yaml").read_bytes() == before
    with pytest.raises(Refused):
        import_readings(file, folder=folder)
    file.write_text("@misc{a, title={BERT}}\n")
    assert import_readings(file, folder=folder, out=place / "new.yaml").path is None
    assert not (place / "new.yaml").exists()
    file.write_text("@misc{a, note={BERT}}\n")
    with pytest.raises(BadInput, match="no entry with a title"):
        import_readings(file, folder=folder, out=place / "new.yaml")
