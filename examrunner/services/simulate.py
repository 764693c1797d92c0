"""What a spacing does to this class: figures from simulated sessions, for several spacings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from examrunner.domain.bank.fallback import questions_for
from examrunner.domain.draw.commitment import questions_in
from examrunner.domain.draw.fairness import Fairness
from examrunner.domain.draw.figures import Figures
from examrunner.domain.draw.sheets import Item, SheetRule, items_of, rule_for
from examrunner.domain.errors import ExamError
from examrunner.domain.exam.rules import sheet_talk
from examrunner.services import committed
from examrunner.services.folders import demand_session, has_record
from examrunner.storage.readers.session_files import demand_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from pathlib import Path

    from examrunner.domain.exam.settings import Settings
    from examrunner.services.prepare import Prepared

SESSIONS = 400
"""Simulated sessions for figures: a class of 24 takes a fraction of a second."""
FAIR_SESSIONS = 20_000
"""Simulated sessions for fairness, which asks for more."""
_PAIRS = 6_000
"""The widest spacing is shown unasked where so many pairs of students, or fewer, lie within it."""
_UPDATES = 6_000_000
"""Fairness simulates fewer sessions where more pairs than these would have to be worked out."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a simulation is made from, whether it stands in files or in the record."""

    session: str
    students: tuple[str, ...]
    """Ids of those who can be drawn for, in exam order."""
    lists: tuple[tuple[str, ...], ...]
    """Their papers."""
    h: int
    """The session's spacing."""
    banks: Mapping[str, tuple[Item, ...]]
    """Paper to the questions that its sheet is chosen from."""
    rule: SheetRule
    without: int
    """Students without a paper that may be drawn; they are left out."""
    assigned: int
    """Students of the lists who have a paper assigned: they are simulated as if drawn for."""
    is_committed: bool


@dataclass(frozen=True, slots=True)
class Simulated:
    """Figures of a session for several spacings."""

    material: Material
    figures: tuple[Figures, ...]
    """From the smallest spacing to the widest."""
    omitted: int | None
    """The widest spacing, where it was left out because it takes long."""
    fairness: Fairness | None
    """Of the session's own spacing, if it was asked for."""


def material_of(folder: Path) -> Material:
    """Return what a session draws from; a committed session's is that of its record.

    Raises WrongUsage where the folder is no session, BadInput where its files cannot be read.
    """
    demand_session(folder)
    settings = demand_settings(folder)
    if has_record(folder / settings.database):
        found = _from_record(folder, settings)
        if found is not None:
            return found
    from examrunner.services.prepare import prepare

    return prepared_material(prepare(folder))


def prepared_material(prepared: Prepared) -> Material:
    """Return what a prepared session draws from."""
    from examrunner.services.commit import spacing_of

    settings, lists = prepared.settings, prepared.lists()
    minutes = settings.exam.minutes
    talk = int(minutes.total_seconds()) if minutes else None
    banks = {}
    for paper in {paper for papers in lists.values() for paper in papers}:
        bank = prepared.banks.get(paper)
        asked, _ = questions_for(bank, prepared.fallback, settings.sheet, settings.questions)
        banks[paper] = items_of(asked)
    drawn = {who: papers for who, papers in lists.items() if papers}
    return Material(
        session=settings.session,
        students=tuple(drawn),
        lists=tuple(drawn.values()),
        h=spacing_of(prepared),
        banks=banks,
        rule=rule_for(settings.sheet, sheet_talk(settings.sheet, talk)),
        without=len(lists) - len(drawn),
        assigned=sum(bool(one.assigned) for one in prepared.students if one.student_id in drawn),
        is_committed=False,
    )


def simulated(
    material: Material,
    *,
    sessions: int | None = None,
    seed: int = 0,
    spacings: Collection[int] = (),
    fairness: bool = False,
    told: Callable[[int, int], None] | None = None,
) -> Simulated:
    """Return the figures for no spacing, the session's own, the widest, and any others asked for.

    A spacing beyond the widest means the widest. `sessions` is None for a usual number; `told` is
    called with how many sessions are done and how many there are in all. Raises ExamError where
    nobody can be drawn for.
    """
    students = len(material.lists)
    if not students:
        raise ExamError(
            "There is nobody to draw for: no student has a reviewed paper that may be drawn.",
            "examrunner check tells which reviews are missing or do not count.",
        )
    widest = students - 1
    wanted = {0, min(material.h, widest), *(min(h, widest) for h in spacings)}
    omitted = None
    if widest not in wanted:
        if _pairs(students, widest) <= _PAIRS:
            wanted.add(widest)
        else:
            omitted = widest
    many = _fair_sessions(material) if sessions is None else sessions
    usual = sessions or SESSIONS
    further = many if fairness and many != usual else 0
    total = usual * len(wanted) + further

    def tell(done: int) -> None:
        if told:
            told(done, total)

    figures = spacing_figures(
        material.lists,
        wanted,
        usual,
        seed,
        banks=material.banks,
        rule=material.rule,
        told=tell,
    )
    measured = _fairness(material, many, seed, figures, tell) if fairness else None
    return Simulated(material, tuple(figures), omitted, measured)


def spacing_figures(
    lists: Iterable[Collection[str]],
    spacings: Iterable[int],
    sessions: int,
    seed: int,
    *,
    banks: Mapping[str, Sequence[Item]] | None = None,
    rule: SheetRule | None = None,
    told: Callable[[int], None] | None = None,
) -> list[Figures]:
    """Return the figures of a class for each spacing, the smallest first.

    All spacings see the same tickets, so that they differ by spacing alone. `told` is called with
    the number of sessions done so far, over all spacings. Raises ValueError as `simulate` does.
    """
    from examrunner.domain.draw.simulation import simulate

    listed = [tuple(papers) for papers in lists]
    figures: list[Figures] = []
    for h in sorted(set(spacings)):
        before = len(figures) * sessions

        def tell(done: int, before: int = before) -> None:
            if told:
                told(before + done)

        made = simulate(listed, h, sessions, seed, banks=banks, rule=rule, told=tell)
        figures.append(made)
    return figures


def _fairness(
    material: Material,
    sessions: int,
    seed: int,
    figures: Sequence[Figures],
    tell: Callable[[int], None],
) -> Fairness:
    """Return the fairness of the session's own spacing, from figures at hand where they do."""
    from examrunner.domain.draw.simulation import simulate

    before = sum(one.sessions for one in figures)
    h = min(material.h, len(material.lists) - 1)
    for one in figures:
        if one.h == h and one.sessions == sessions:
            return one.fairness
    made = simulate(material.lists, h, sessions, seed, told=lambda done: tell(before + done))
    return made.fairness


def _fair_sessions(material: Material) -> int:
    pairs = max(1, _pairs(len(material.lists), material.h))
    return min(FAIR_SESSIONS, max(SESSIONS, _UPDATES // pairs))


def _pairs(students: int, h: int) -> int:
    """Return how many pairs of students stand at most h places apart."""
    return sum(min(place, h) for place in range(students))


def _from_record(folder: Path, settings: Settings) -> Material | None:
    from examrunner.storage.database.ledger import Ledger

    with Ledger.open(folder / settings.database, settings.session, create=False) as ledger:
        event = ledger.last("committed")
        if event is None:
            return None
        stored = committed.load(event.what, ledger.document)
        people = {person.key: person.student for person in ledger.people()}
        texts = {sha: ledger.document(sha) for sha in set(stored.banks.values())}
    items = {sha: items_of(questions_in(text).values()) for sha, text in texts.items()}
    roster = stored.commitment.roster
    known = [people.get(key) for key, _ in roster]
    return Material(
        session=stored.settings.session,
        students=tuple(
            one.student_id if one and one.student_id else key
            for (key, _), one in zip(roster, known, strict=True)
        ),
        lists=tuple(papers for _, papers in roster),
        h=stored.commitment.h,
        banks={paper: items[sha] for paper, sha in stored.banks.items()},
        rule=stored.commitment.sheet,
        without=len(people) - len(roster),
        assigned=sum(bool(one.assigned) for one in known if one),
        is_committed=True,
    )
