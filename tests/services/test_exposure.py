"""Questions shown in one session are known in the sessions beside it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from examrunner.domain.exam.events import Verdict
from examrunner.services.checking import check
from examrunner.services.create import course_file, create_session, read_sources
from examrunner.services.exposure import shown_before
from tests.classes import examine, write_files

if TYPE_CHECKING:
    from pathlib import Path

ONLY_ATTENTION = "email,paper\nana@example.edu,Attention Is All You Need\n"


def test_questions_shown_in_another_session_of_the_course_are_known(tmp_path: Path) -> None:
    """A bank whose questions were asked last term is named with the questions; its own are not."""
    roster, reviews = write_files(tmp_path, reviews=ONLY_ATTENTION)
    sources = read_sources(roster, reviews, course_file("cs496"))
    for term in ("spring", "fall"):
        create_session(tmp_path / "sessions" / term, sources)
    examine(tmp_path / "sessions" / "spring", {"ana": Verdict.PASS})
    found = [one for one in check(tmp_path / "sessions" / "fall").problems if one.rule]
    shown = [one for one in found if one.rule == "shown-before"]
    assert len(shown) == 1
    assert shown[0].text.startswith("4 of ")
    assert shown[0].text.endswith("questions on `attention-is-all-you-need` were shown before")
    assert shown[0].hint.count("(1x)") == 4
    assert not shown_before(tmp_path / "sessions" / "spring", "cs496-fall-2024")


def test_a_broken_record_beside_a_session_is_passed_over(tmp_path: Path) -> None:
    """A file that is no record in another session's folder does not stop the check."""
    roster, reviews = write_files(tmp_path, reviews=ONLY_ATTENTION)
    sources = read_sources(roster, reviews, course_file("cs496"))
    create_session(tmp_path / "sessions" / "fall", sources)
    shutil.copytree(tmp_path / "sessions" / "fall", tmp_path / "sessions" / "old")
    (tmp_path / "sessions" / "old" / "exam.db").write_bytes(b"no database" * 100)
    assert check(tmp_path / "sessions" / "fall").is_ok
