"""The simulation of a session: from its files, and from its record once it is committed."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.draw.fairness import Fairness
from examrunner.domain.draw.simulation import simulate
from examrunner.domain.errors import ExamError, WrongUsage
from examrunner.services.commit import spacing_of
from examrunner.services.prepare import prepare
from examrunner.services.simulate import material_of, simulated, spacing_figures
from tests.bench.sessions import folder_of
from tests.services.desks import write_small

if TYPE_CHECKING:
    from tests.services.desks import Room

DEMO = Path(__file__).parents[2] / "sessions" / "demo"


def demo_lists() -> list[tuple[str, ...]]:
    """Return the lists of the shipped class."""
    return [papers for papers in prepare(DEMO).lists().values() if papers]


def test_a_draft_is_simulated_from_its_files(folder: Path) -> None:
    """Three of four students have papers; each paper has the questions its sheet comes from."""
    found = material_of(folder)
    assert found.students == ("ana", "chi", "eli")
    assert found.lists == (("paper-a", "paper-b"), ("paper-a",), ("paper-c",))
    assert (found.without, found.is_committed) == (1, False)
    assert [item.id for item in found.banks["paper-a"]] == [f"a{n}" for n in range(1, 9)]
    assert {item.id.split("-")[0] for item in found.banks["paper-c"]} == {"fallback"}
    assert found.h == spacing_of(prepare(folder))


def test_a_committed_session_is_simulated_from_its_record(room: Room) -> None:
    """What the files say later changes nothing; the material is what it was before the commit."""
    before = material_of(room.folder)
    room.decided()
    (room.folder / "reviews.csv").write_text("student_id,paper\nzoe,Paper B\n", encoding="utf-8")
    after = material_of(room.folder)
    assert after.is_committed
    for name in ("session", "students", "lists", "h", "rule", "without", "assigned"):
        assert getattr(after, name) == getattr(before, name)
    assert {paper: after.banks[paper] for paper in before.banks} == before.banks


def test_no_spacing_the_own_and_the_widest_are_shown(folder: Path) -> None:
    """The three usual spacings and those asked for, each once, none beyond the widest."""
    found = simulated(material_of(folder), sessions=20)
    assert [one.h for one in found.figures] == sorted({0, found.material.h, 2})
    asked = simulated(material_of(folder), sessions=20, spacings=(1, 2, 99))
    assert [one.h for one in asked.figures] == [0, 1, 2]
    assert all(one.sessions == 20 for one in asked.figures)
    assert (asked.omitted, asked.fairness) == (None, None)


def test_the_widest_spacing_of_a_large_class_waits_to_be_asked_for(tmp_path: Path) -> None:
    """200 students: every pair would have to be worked out, so that is said and left out."""
    session = folder_of(tmp_path, "large", 200)
    found = simulated(material_of(session), sessions=2)
    assert found.omitted == 199
    assert found.figures[-1].h == found.material.h < 199


def test_fairness_is_of_the_own_spacing(folder: Path) -> None:
    """Asked for, it comes with as many sessions as said, or with more than figures have."""
    found = simulated(material_of(folder), sessions=50, fairness=True)
    own = next(one for one in found.figures if one.h == found.material.h)
    assert found.fairness == own.fairness
    more = simulated(material_of(folder), fairness=True)
    assert more.fairness is not None
    assert more.fairness.sessions == 20_000
    assert more.figures[0].sessions == 400


def test_progress_counts_all_spacings(folder: Path) -> None:
    """The sessions told grow to their whole number, fairness included."""
    told: list[tuple[int, int]] = []
    simulated(
        material_of(folder), fairness=True, told=lambda done, total: told.append((done, total))
    )
    spacings = len({0, material_of(folder).h, 2})
    assert [done for done, _ in told[:spacings]] == [400 * n for n in range(1, spacings + 1)]
    assert all(a < b for (a, _), (b, _) in pairwise(told))
    assert {total for _, total in told} == {400 * spacings + 20_000} == {told[-1][0]}
    told.clear()
    simulated(
        material_of(folder),
        sessions=7,
        fairness=True,
        told=lambda done, total: told.append((done, total)),
    )
    assert told[-1] == (7 * spacings, 7 * spacings)


def test_figures_of_given_lists() -> None:
    """A caller with lists of its own gets figures by spacing, the smallest first."""
    figures = spacing_figures(["abc", "abd", "bcd"], [2, 0, 2], 30, 5)
    assert [one.h for one in figures] == [0, 2]
    assert figures[1] == simulate(["abc", "abd", "bcd"], 2, 30, 5)


def test_nobody_to_draw_for_is_told(tmp_path: Path) -> None:
    """A class of which nobody reviewed, and a folder that is no session, give one message."""
    with pytest.raises(ExamError, match="nobody to draw for") as told:
        simulated(material_of(write_small(tmp_path, reviews="student_id,paper\nghost,Paper A\n")))
    assert told.value.exit_code == 1
    with pytest.raises(WrongUsage):
        material_of(tmp_path / "nowhere")


def test_the_shipped_class_is_fair() -> None:
    """20,000 sessions at the default spacing: neither too uneven for chance nor too even."""
    lists = demo_lists()
    found = simulate(lists, spacing_of(prepare(DEMO)), 20_000, 2024).fairness
    assert found.freedom == found.cells - 24 > 400
    assert 0.005 < found.p < 0.995
    worst = found.worst()
    assert worst is not None
    assert abs(worst.errors) < 4.2


def test_the_same_test_rejects_least_used_first() -> None:
    """Drawing among the papers used least so far is thrown out with a tenth of the sessions."""
    lists, sessions, chance = [sorted(papers) for papers in demo_lists()], 2_000, random.Random(1)
    counts = [Counter[str]() for _ in lists]
    for _ in range(sessions):
        uses: Counter[str] = Counter()
        for papers, mine in zip(lists, counts, strict=True):
            least = min(uses[paper] for paper in papers)
            paper = chance.choice([paper for paper in papers if uses[paper] == least])
            uses[paper] += 1
            mine[paper] += 1
    table = [[mine[paper] for paper in papers] for papers, mine in zip(lists, counts, strict=True)]
    found = Fairness(sessions, lists, table)
    assert found.p < 1e-9
    assert found.chi_square > 1.5 * found.freedom
