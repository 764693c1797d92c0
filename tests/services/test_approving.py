"""Approval: bound to what a question says, kept beside the banks, asked for by the session."""

from __future__ import annotations

import stat
import subprocess
import sys
import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.bank.approval import (
    Approval,
    Approvals,
    Judged,
    by_question,
    in_force,
    standing,
)
from examrunner.domain.bank.banks import Bank, Entry, Question, State
from examrunner.domain.bank.content import content_hash
from examrunner.domain.errors import Refused
from examrunner.domain.problems import BadInput
from examrunner.services import draws
from examrunner.services.approving import (
    has_second_reader,
    judge,
    summary,
    waiting_for,
)
from examrunner.services.bank_targets import bank_files
from examrunner.services.prepare import prepare
from examrunner.storage.readers.approval_files import FILE, read_approvals, write_approvals
from examrunner.storage.readers.yaml_tree import USUAL_SIZE
from tests.services.desks import SETTINGS, USUAL_KINDS, Room, bank, write_small
from tests.storage.ledgers import process, say

DAY = date(2024, 12, 2)
QUESTION = Question("q1", "core", "Why no gradient?", 90, 3)
STRICT = f"{SETTINGS}questions: approved\n"


def entry(question: Question, state: Judged, by: str = "ta-2") -> Approval:
    """Return an entry for a question as it stands."""
    return Approval(question.id, state, content_hash(question), by, DAY)


def state(question: Question, *entries: Approval) -> State:
    """Return the state that counts."""
    return standing(question, by_question(entries)).state


# --- what counts ---------------------------------------------------------------------------


def test_the_last_entry_for_what_it_says_counts() -> None:
    """Reviewed, then approved, then sent back: a draft again."""
    entries = [entry(QUESTION, one) for one in (Judged.REVIEWED, Judged.APPROVED, Judged.RETURNED)]
    states = [state(QUESTION, *entries[:n]) for n in range(4)]
    assert states == [State.DRAFT, State.REVIEWED, State.APPROVED, State.DRAFT]


def test_a_review_takes_no_approval_away() -> None:
    """Whoever reads what is approved already adds to it; only sending it back undoes it."""
    entries = [entry(QUESTION, Judged.APPROVED, "ta-1"), entry(QUESTION, Judged.REVIEWED)]
    found = standing(QUESTION, by_question(entries))
    assert (found.state, found.entry, found.readers) == (
        State.APPROVED,
        entries[0],
        ("ta-1", "ta-2"),
    )
    back = [*entries, entry(QUESTION, Judged.RETURNED), entry(QUESTION, Judged.REVIEWED, "ta-3")]
    found = standing(QUESTION, by_question(back))
    assert (found.state, found.readers) == (State.REVIEWED, ("ta-3",))


def test_a_changed_word_makes_it_a_draft() -> None:
    """The hash binds every word; undoing the change brings the approval back."""
    known = by_question([entry(QUESTION, Judged.APPROVED)])
    changed = replace(QUESTION, say="Why no gradient at all?")
    found = standing(changed, known)
    assert (found.state, found.is_changed) == (State.DRAFT, True)
    assert standing(QUESTION, known).state is State.APPROVED


def test_what_a_writer_claims_does_not_approve() -> None:
    """`status: approved` in the bank is a claim; only retiring is the writer's own."""
    assert state(replace(QUESTION, status=State.APPROVED)) is State.DRAFT
    retired = replace(QUESTION, status=State.RETIRED)
    assert state(retired, entry(QUESTION, Judged.APPROVED)) is State.RETIRED


def test_status_and_log_do_not_change_what_was_approved() -> None:
    """A writer who notes the approval in the bank does not lose it."""
    noted = replace(QUESTION, status=State.APPROVED, log=(Entry("ta-1"),))
    assert state(noted, entry(QUESTION, Judged.APPROVED)) is State.APPROVED


def test_a_bank_in_force_differs_in_nothing_but_states() -> None:
    """Questions keep order and words."""
    made = Bank("r", (QUESTION, replace(QUESTION, id="q2")))
    found = in_force(made, by_question([entry(QUESTION, Judged.REVIEWED)]))
    assert [question.status for question in found.questions] == [State.REVIEWED, State.DRAFT]
    assert replace(found, questions=made.questions) == made


# --- the file ------------------------------------------------------------------------------

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1).map(
    partial(unicodedata.normalize, "NFC")
)
"""What every reader of texts gives: NFC, nothing hidden."""


@given(
    st.lists(
        st.builds(
            Approval,
            question=st.from_regex(r"[a-z][a-z0-9-]{0,10}", fullmatch=True),
            state=st.sampled_from(Judged),
            sha256=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
            by=TEXTS.filter(str.strip).map(str.strip),
            on=st.dates(),
            note=st.none() | TEXTS.filter(str.strip).map(str.strip),
        ),
        max_size=4,
    )
)
def test_what_is_written_reads_back(
    tmp_path_factory: pytest.TempPathFactory, given: list[Approval]
) -> None:
    """Whatever names and notes hold, the file is read as it was meant."""
    path = tmp_path_factory.mktemp("approvals") / FILE
    write_approvals(path, Approvals(tuple(given)))
    assert read_approvals(path) == (Approvals(tuple(given)), [])


def test_a_file_that_has_grown_for_many_terms_is_read(tmp_path: Path) -> None:
    """Entries are only ever added: fifteen thousand are more than a file of people may hold."""
    given = Approvals((entry(QUESTION, Judged.APPROVED),) * 15_000)
    write_approvals(tmp_path / FILE, given)
    assert (tmp_path / FILE).stat().st_size > USUAL_SIZE.bytes
    assert read_approvals(tmp_path / FILE) == (given, [])


def test_a_broken_file_is_told_with_its_place(tmp_path: Path) -> None:
    """A hash that is none is named with line and column, and nothing counts."""
    path = tmp_path / FILE
    path.write_text(
        "approvals:\n  - {question: q1, state: approved, sha256: abc, by: x, on: 2024-12-02}\n"
    )
    found, (problem,) = read_approvals(path)
    assert found == Approvals()
    assert (problem.line, problem.text) == (2, "this is no SHA-256")


# --- judging -------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a session that asks for approved questions."""
    text = bank("a", *USUAL_KINDS).replace("reading:", "prepared: {by: ta-1}\nreading:")
    return write_small(tmp_path, STRICT, a=text)


def waiting(folder: Path, wanted: Judged = Judged.APPROVED) -> list[str]:
    """Return the ids that wait."""
    found, problems = waiting_for(bank_files([folder / "banks"]), wanted)
    assert problems == []
    return [one.question.id for one in found]


def approve_all(folder: Path) -> None:
    """Approve every question of a folder."""
    for one in waiting_for(bank_files([folder / "banks"]), Judged.APPROVED)[0]:
        judge(one, Judged.APPROVED, "instructor", DAY)


def test_banks_are_left_as_people_wrote_them(folder: Path) -> None:
    """Approving changes one file, which the program alone writes; others may read it."""
    before = {path: path.read_bytes() for path in (folder / "banks").iterdir()}
    approve_all(folder)
    after = {path: path.read_bytes() for path in (folder / "banks").iterdir()}
    assert {path.name for path in after.keys() - before.keys()} == {FILE}
    assert all(after[path] == data for path, data in before.items())
    assert stat.S_IMODE((folder / "banks" / FILE).stat().st_mode) == 0o644
    assert waiting(folder) == []


def test_a_session_that_asks_for_approval_draws_what_is_approved(folder: Path) -> None:
    """Without approval the bank is empty; approved, it is examined; one word edited, it waits."""
    room = Room(folder)
    with pytest.raises(BadInput, match="no question that may be drawn"):
        room.called()
    approve_all(folder)
    attempt = room.revealed("chi")
    assert {question.id for question in attempt.questions} == {"a1", "a2", "a3", "a4"}
    room.leave()
    path = folder / "banks" / "paper-a.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Why 2?", "Why 2 then?"))
    assert waiting(folder) == ["a2"]
    usable = prepare(folder).banks["paper-a"]
    assert [q.id for q in usable.questions if q.status is State.APPROVED] == ["a1", "a3", "a4"]


def test_the_sheet_says_which_questions_are_not_approved(tmp_path: Path) -> None:
    """Beside an approved question a draft is called so, and one that fits any reading general."""
    folder = write_small(tmp_path, SETTINGS, a=bank("a", "opening", "core", "detail"))
    found, _ = waiting_for(bank_files([folder / "banks"]), Judged.APPROVED)
    judge(found[0], Judged.APPROVED, "instructor", DAY)
    room = Room(folder)
    attempt = room.revealed("chi")
    last = attempt.questions[-1].id
    assert draws.remarks(room.desk, attempt) == {"a2": "draft", "a3": "draft", last: "general"}
    assert last.startswith("fallback-q")
    room.leave()


@pytest.mark.parametrize("paper", ["paper-a", "paper-c"])
def test_without_approvals_nothing_is_said_of_drafts(tmp_path: Path, paper: str) -> None:
    """Where nobody judges, drafts are all there is; without a bank the whole sheet is general."""
    room = Room(write_small(tmp_path))
    attempt = room.revealed("chi", paper)
    assert attempt.is_fallback is (paper == "paper-c")
    assert draws.remarks(room.desk, attempt) == {}
    room.leave()


def test_a_review_is_somebody_elses(folder: Path) -> None:
    """The author cannot review the own question; approval shows whether anybody else did."""
    (one, *_), _ = waiting_for(bank_files([folder / "banks"]), Judged.REVIEWED)
    for name in ("ta-1", "TA-1", " ta-1 "):
        with pytest.raises(Refused, match="wrote this question"):
            judge(one, Judged.REVIEWED, name, DAY)
    assert not has_second_reader(one)
    judge(one, Judged.REVIEWED, "ta-2", DAY)
    again = waiting_for([one.file], Judged.APPROVED)[0][0]
    assert has_second_reader(again)
    assert again.why == "reviewed by ta-2 on 2024-12-02"
    assert one.question.id not in waiting(folder, Judged.REVIEWED)


def test_what_its_author_approved_waits_for_a_review(folder: Path) -> None:
    """Approved by the author alone, it is approved, and still somebody else is to review it."""
    (one, *_), _ = waiting_for(bank_files([folder / "banks"]), Judged.APPROVED)
    judge(one, Judged.APPROVED, "ta-1", DAY)
    assert one.question.id not in waiting(folder)
    assert one.question.id in waiting(folder, Judged.REVIEWED)
    judge(one, Judged.REVIEWED, "ta-2", DAY)
    assert one.question.id not in waiting(folder, Judged.REVIEWED) + waiting(folder)


def test_what_is_sent_back_carries_a_word(folder: Path) -> None:
    """A question goes back with a note, which is the first thing its author sees."""
    (one, *_), _ = waiting_for(bank_files([folder / "banks"]), Judged.APPROVED)
    with pytest.raises(Refused, match="with a word why"):
        judge(one, Judged.RETURNED, "instructor", DAY, " ")
    judge(one, Judged.RETURNED, "instructor", DAY, "too long to say")
    again = waiting_for([one.file], Judged.APPROVED)[0][0]
    assert again.why == "sent back by instructor: too long to say"


def test_what_changed_under_the_reader_is_not_judged(folder: Path) -> None:
    """A question edited while it was on the screen has to be looked at again."""
    (one, *_), _ = waiting_for(bank_files([folder / "banks"]), Judged.APPROVED)
    one.file.write_text(one.file.read_text(encoding="utf-8").replace("Why 1?", "What 1?"))
    with pytest.raises(Refused, match="changed meanwhile"):
        judge(one, Judged.APPROVED, "instructor", DAY)
    assert not (one.file.parent / FILE).exists()
    (fresh, *_), _ = waiting_for([one.file], Judged.APPROVED)
    judge(fresh, Judged.APPROVED, "instructor", DAY)


def judge_often(folder: str, by: str) -> None:
    """Send every question of a folder back, twice over."""
    waits = waiting_for(bank_files([Path(folder)]), Judged.APPROVED)[0]
    say("ready")
    sys.stdin.readline()
    for _ in range(2):
        for one in waits:
            judge(one, Judged.RETURNED, by, DAY, "why")


def test_whatever_several_judge_at_once_is_kept(folder: Path) -> None:
    """Four people at the same banks, by a shared folder: each judgement is an entry."""
    banks = folder / "banks"
    people = [process(judge_often, banks, f"ta-{n}", stdin=subprocess.PIPE) for n in range(4)]
    for one in people:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in people:
        assert one.stdin is not None
        one.stdin.close()
    for one in people:
        with one:
            assert one.wait() == 0
    entries = read_approvals(banks / FILE)[0].approvals
    assert Counter(one.by for one in entries) == {f"ta-{n}": 24 for n in range(4)}
    assert not [path for path in banks.iterdir() if path.suffix != ".yaml"]


def test_a_summary_counts_states_over_banks(folder: Path) -> None:
    """The counts are those of the states that count."""
    files = bank_files([folder / "banks"])
    approve_all(folder)
    assert summary(files)["approved"] == sum(summary(files).values())


def test_a_session_means_its_banks_and_dotfiles_mean_none(folder: Path) -> None:
    """What an open editor leaves beside a bank is no bank; nor is session.yaml."""
    (folder / "banks" / ".#paper-a.yaml").symlink_to("ta@laptop.4711")
    (folder / "banks" / ".paper-a.yaml").write_text("half: [")
    files = bank_files([folder])
    assert files == bank_files([folder / "banks"])
    assert waiting_for(files, Judged.APPROVED)[1] == []


@pytest.mark.parametrize("named", ["", "nowhere", "empty"])
def test_where_there_is_no_bank_it_says_so(folder: Path, named: str) -> None:
    """Nothing to go through is told apart from nothing that waits; folders below are proposed."""
    (folder.parent / "empty").mkdir()
    with pytest.raises(BadInput) as told:
        bank_files([folder.parent / named])
    (problem,) = told.value.problems
    assert problem.text in ("there is no bank in this folder", "there is no such file or folder")
    assert (str(folder) in problem.hint) is (named == "")
