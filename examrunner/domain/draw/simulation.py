"""What a spacing h does to a class: figures from simulated sessions.

Every student is called once, in exam order. The figures are those of section 5.1 of the notes on
examrunner-draw/1: repeats, their distance, and how well an onlooker could guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from examrunner.domain.draw.bulk import Drawn, Numbers, draw_sessions, keys_from
from examrunner.domain.draw.fairness import Fairness
from examrunner.domain.draw.figures import Figures
from examrunner.domain.draw.odds import W
from examrunner.domain.draw.reuse import USES, expected_repeats

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from examrunner.domain.draw.sheets import Item, SheetRule

HALF_HOUR, HOUR = 6, 12
"""Places that five-minute exams take up in so much time."""
_HIGH = 0.95


def simulate(
    lists: Iterable[Collection[str]],
    h: int,
    sessions: int,
    seed: int,
    *,
    banks: Mapping[str, Sequence[Item]] | None = None,
    rule: SheetRule | None = None,
    told: Callable[[int], None] | None = None,
) -> Figures:
    """Return the figures of a class, its lists in exam order; empty lists do not count.

    With `banks` (paper to its questions) and `rule`, repeated questions are counted too. A
    student with a single paper is left out of the best guess, unless everybody has one: that
    paper is known anyway. `told` is called with the number of sessions done so far. Raises
    ValueError where nobody has a paper, for fewer than one session, and for an h below 0.
    """
    counted = [tuple(sorted(set(papers))) for papers in lists if papers]
    if not counted or sessions < 1 or h < 0:
        raise ValueError("a simulation needs a student with a paper, a session, and an h from 0 on")
    tally = _Tally(counted)
    roster = [(f"s{place}", papers) for place, papers in enumerate(counted)]
    for drawn in draw_sessions(roster, h, keys_from(seed, sessions)):
        tally.add(drawn)
        if told:
            told(tally.sessions)
    repeated = None if banks is None or rule is None else tally.repeated(banks, rule, seed)
    return tally.figures(h, repeated)


class _Tally:
    """Counts over the sessions seen so far."""

    def __init__(self, lists: Sequence[Sequence[str]]) -> None:
        self.sessions = 0
        self._lists = lists
        self._names = sorted({paper for papers in lists for paper in papers})
        place = {paper: index for index, paper in enumerate(self._names)}
        self._papers = [np.array([place[paper] for paper in papers]) for papers in lists]
        guessable = [place for place, papers in enumerate(lists) if len(papers) > 1]
        self._guessable = guessable or list(range(len(lists)))
        self._counts = [np.zeros(len(papers), dtype=np.int64) for papers in lists]
        self._exposed = self._near = self._hour = self._clear = 0
        self._nearest: list[Numbers] = []
        self._guesses: list[Numbers] = []
        self._heaviest: list[Numbers] = []
        self._uses: Numbers = np.zeros((len(self._names), 1), dtype=np.int64)
        """Papers x times: in how many sessions a paper was drawn so often."""

    def add(self, drawn: Drawn) -> None:
        """Count the sessions of a chunk."""
        sessions, students = drawn.papers.shape
        self.sessions += sessions
        papers = np.empty((sessions, students), dtype=np.int64)
        for place, names in enumerate(self._papers):
            mine = drawn.papers[:, place]
            self._counts[place] += np.bincount(mine, minlength=len(names))
            papers[:, place] = names[mine]
        self._add_repeats(papers)
        self._add_loads(papers)
        self._guesses.append(drawn.best[:, self._guessable].max(axis=1))

    def _add_repeats(self, papers: Numbers) -> None:
        """Sort each session by paper, then place: repeats lie beside each other."""
        students = papers.shape[1]
        ordered = np.sort(papers * students + np.arange(students), axis=1)
        is_repeat = np.diff(ordered // students, axis=1) == 0
        gaps = np.where(is_repeat, np.diff(ordered, axis=1), students)
        self._exposed += int(is_repeat.sum())
        self._near += int((is_repeat & (gaps <= HALF_HOUR)).sum())
        self._hour += int((is_repeat & (gaps <= HOUR)).sum())
        has_repeat = is_repeat.any(axis=1)
        self._clear += int((~has_repeat).sum())
        if has_repeat.any():
            self._nearest.append(gaps[has_repeat].min(axis=1))

    def _add_loads(self, papers: Numbers) -> None:
        sessions, names = len(papers), len(self._names)
        cells = (papers + np.arange(sessions)[:, None] * names).ravel()
        loads = np.bincount(cells, minlength=sessions * names).reshape(sessions, names)
        self._heaviest.append(loads.max(axis=1))
        width = max(int(loads.max()) + 1, self._uses.shape[1])
        cells = (loads + np.arange(names) * width).ravel()
        uses = np.bincount(cells, minlength=names * width).reshape(names, width)
        uses[:, : self._uses.shape[1]] += self._uses
        self._uses = uses

    def repeated(self, banks: Mapping[str, Sequence[Item]], rule: SheetRule, seed: int) -> float:
        """Return the expected number of questions of a session that are asked again.

        A paper used more often than `reuse.USES` times counts each further use like the last one.
        """
        total = 0.0
        for name, uses in zip(self._names, self._uses, strict=True):
            # Sessions in which the paper had a second use, a third use, ...
            reached = [int(uses[times:].sum()) for times in range(2, len(uses))]
            if not any(reached) or name not in banks:
                continue
            known = expected_repeats(banks[name], rule, uses=USES, seed=seed)[1:]
            for index, count in enumerate(reached):
                total += count * known[min(index, len(known) - 1)]
        return total / self.sessions

    def figures(self, h: int, repeated: float | None) -> Figures:
        """Return the figures of all sessions so far."""
        guesses, heaviest = np.concatenate(self._guesses) / W, np.concatenate(self._heaviest)
        counts: Any = [tuple(map(int, row)) for row in self._counts]
        nearest = float(np.concatenate(self._nearest).mean()) if self._nearest else None
        return Figures(
            h=h,
            sessions=self.sessions,
            students=len(self._lists),
            exposed=self._exposed / self.sessions,
            within_6=self._near / self.sessions,
            within_12=self._hour / self.sessions,
            clear=self._clear / self.sessions,
            nearest=nearest,
            guess=float(guesses.mean()),
            guess_high=float(np.quantile(guesses, _HIGH)),
            load=float(heaviest.mean()),
            load_worst=int(heaviest.max()),
            repeated=repeated,
            fairness=Fairness(self.sessions, tuple(self._lists), tuple(counts)),
        )
