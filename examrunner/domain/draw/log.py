"""The public log: what has been drawn, what may be drawn next, and on which line.

Section 3.8 of examrunner-draw/1 and "One log, not two" of the design. Lines are made and read
by the same code: a line that is read must be the one that would have been made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examrunner.domain.draw import ticket as tickets
from examrunner.domain.draw.limits import (
    checked_nonce,
    checked_papers,
    checked_public,
    checked_reason,
    is_id,
)
from examrunner.domain.draw.lines import (
    COMMON,
    KINDS,
    Drawn,
    Logged,
    SheetLogged,
    bad_line,
    parse,
)
from examrunner.domain.draw.odds import pick
from examrunner.domain.draw.sheets import BY_HAND, Sheet, choose
from examrunner.domain.draw.state import LogState
from examrunner.domain.errors import Refused
from examrunner.domain.plain import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from examrunner.domain.draw.commitment import Commitment
    from examrunner.domain.draw.sheets import Item


class _BadSheet(Refused):
    """A sheet line that breaks a rule of its own."""


class DrawLog(LogState):
    """The log of one session, in memory. Every method that makes a line also appends it.

    Whoever must store a line before it counts makes it on a `copy` and keeps the copy once the
    line is stored. Methods raise Refused where a rule of the log says no, and then change nothing.
    """

    @classmethod
    def replay(cls, commitment: Commitment, secret: str, lines: Iterable[str]) -> DrawLog:
        """Return the log after these lines; raises BadInput naming the first that is wrong."""
        log = cls(commitment, secret)
        for line in lines:
            log.read(line)
        return log

    def start(self, public: str) -> Logged:
        """Fix P, given without spaces around it (`-` for none), and so K. Only once."""
        return self._append(self._start(public))

    def draw(self, student: str, attempt: int, nonce: str = tickets.NONE) -> Drawn:
        """Draw a paper. Refused while an earlier draw of the student stands.

        The attempt, from 1, must be above those of the student's earlier draws; a gap stands for
        attempts whose paper was not drawn.
        """
        return self._draws[self._append(self._draw(student, attempt, nonce)).n]

    def sheet_for(self, draw: int, items: Iterable[Item]) -> Sheet:
        """Return the sheet of the draw on line `draw`, chosen from the items, without logging it.

        Raises NoSheet if even the most relaxed rule cannot be kept.
        """
        drawn = self.drawn(draw)
        words = tickets.words(self._started(), drawn.student, drawn.attempt, drawn.nonce)
        return choose(items, self.commitment.sheet, self._uses, words)

    def sheet(
        self, draw: int, items: Iterable[Item], extra: Mapping[str, str | int] | None = None
    ) -> SheetLogged:
        """Choose and log the sheet of a draw; raises NoSheet as `sheet_for` does.

        A second sheet of the same draw needs `why` among the extra keys.
        """
        return self._log_sheet(draw, self.sheet_for(draw, items), extra)

    def sheet_by_hand(
        self,
        draw: int,
        items: Sequence[Item],
        why: str,
        extra: Mapping[str, str | int] | None = None,
    ) -> SheetLogged:
        """Log the questions that a person chose, in the order they are asked, and why."""
        ids = tuple(item.id for item in items)
        seconds = sum(item.sec for item in items)
        cost = sum(self._uses.get(name, 0) for name in ids)
        sheet = Sheet(ids, rank=0, count=0, cost=cost, relaxed=BY_HAND, seconds=seconds)
        return self._log_sheet(draw, sheet, {**(extra or {}), "why": why})

    def void(self, draw: int, exclude: Iterable[str], why: str) -> Logged:
        """Take a draw back; the papers in `exclude` are never drawn again for this student."""
        return self._append(self._void_draw(draw, tuple(exclude), why))

    def add(self, student: str, papers: Iterable[str], why: str) -> Logged:
        """Add a late student at the end of the exam order."""
        return self._append(self._add(student, tuple(papers), why))

    def list(self, student: str, papers: Iterable[str], why: str) -> Logged:
        """Replace a student's list before the next draw: an error, a further paper or a retake.

        Refused if a draw of the student stands and the list names a paper that the student has.
        """
        return self._append(self._list(student, tuple(papers), why))

    def absent(self, student: str, why: str) -> Logged:
        """Note that a student was not there; no odds change."""
        return self._append(self._absent(student, why))

    def end(self) -> Logged:
        """End the log: no line may follow. Refused before the start."""
        return self._append(self._end())

    def read(self, text: str, judge: Callable[[Mapping[str, Any]], None] | None = None) -> Logged:
        """Append a line that was made before.

        Raises BadLine, naming the line, unless the state so far gives the same line: chain,
        odds, ticket, paper, position and cost are derived anew. The choice of a sheet is not, since
        the banks are not here: `judge` gets the content of each line that may come next and raises
        what it has against it.
        """
        n = len(self._lines)
        body = parse(text, n, self.head)
        try:
            self._open()
            expected = self._again(body)
        except Refused as refusal:
            rule = "sheet" if isinstance(refusal, _BadSheet) else "order"
            raise bad_line(n, refusal.message, rule) from refusal
        if judge is not None:
            judge(body)
        wrong = [key for key, value in expected.items() if body[key] != value]
        if wrong:
            told = ", ".join(f"{key} {canonical(expected[key])}" for key in wrong)
            what = f"{', '.join(wrong)} cannot follow from the lines above it: expected {told}"
            raise bad_line(n, what, "derived")
        return self._append(body)

    def _again(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the keys that a line of this kind would get if it were made now."""
        match body["e"]:
            case "start":
                return self._start(body["public"])
            case "draw":
                return self._draw(body["s"], body["a"], body["nonce"])
            case "sheet":
                return self._sheet(body)
            case "void":
                return self._void_draw(body["draw"], tuple(body["exclude"]), body["why"])
            case "add":
                return self._add(body["s"], tuple(body["p"]), body["why"])
            case "list":
                return self._list(body["s"], tuple(body["p"]), body["why"])
            case "absent":
                return self._absent(body["s"], body["why"])
        return self._end()

    def _end(self) -> dict[str, Any]:
        self._started()
        return {"e": "end"}

    def _start(self, public: str) -> dict[str, Any]:
        if self._key is not None:
            raise Refused("the draw has already started")
        return {"e": "start", "public": checked_public(public)}

    def _draw(self, student: str, attempt: int, nonce: str) -> dict[str, Any]:
        key = self._started()
        seat = self._seat(student)
        if seat.standing is not None:
            raise Refused(
                f"{student} was already drawn on line {seat.standing + 1}",
                "void that draw, or change the list before a further paper",
            )
        if attempt <= seat.attempt:
            raise Refused(
                f"the next draw of {student} is attempt {seat.attempt + 1} or a later one"
            )
        if not seat.papers:
            raise Refused(f"{student} has no paper that may be drawn")
        row = self.odds(student)
        number = tickets.ticket(tickets.ticket_hash(key, student, attempt, checked_nonce(nonce)))
        return {
            "e": "draw",
            "s": student,
            "a": attempt,
            "nonce": nonce,
            "odds": [list(entry) for entry in row.items()],
            "ticket": number,
            "paper": pick(row, number),
        }

    def _sheet(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self.drawn(body["draw"])
        relaxed, again = body["relaxed"], body["draw"] in self._sheeted
        if "why" not in body and (relaxed == BY_HAND or again or "bank" in body):
            raise _BadSheet("a reason must be given")
        if "why" in body:
            checked_reason(body["why"])
        if relaxed > BY_HAND:
            raise _BadSheet(f"there is no relaxation {relaxed}")
        if relaxed < BY_HAND and body["rank"] >= body["count"]:
            raise _BadSheet("the rank of the sheet is not below its count")
        if relaxed == BY_HAND and (body["rank"] or body["count"]):
            raise _BadSheet("a sheet by hand has rank 0 and count 0")
        keys = {key: body[key] for key in KINDS["sheet"]}
        cost = sum(self._uses.get(name, 0) for name in body["q"])
        return {**keys, "e": "sheet", "cost": cost}

    def _void_draw(self, draw: int, exclude: tuple[str, ...], why: str) -> dict[str, Any]:
        self.drawn(draw)
        papers = list(checked_papers(exclude))
        return {"e": "void", "draw": draw, "exclude": papers, "why": checked_reason(why)}

    def _add(self, student: str, papers: tuple[str, ...], why: str) -> dict[str, Any]:
        if not is_id(student):
            raise Refused(f"{student!r} cannot be the key of a student in the draw")
        if student in self._seats:
            raise Refused(f"{student} is already in the draw")
        return {
            "e": "add",
            "s": student,
            "p": list(checked_papers(papers)),
            "pos": len(self._seats),
            "why": checked_reason(why),
        }

    def _list(self, student: str, papers: tuple[str, ...], why: str) -> dict[str, Any]:
        seat = self._seat(student)
        listed = list(checked_papers(papers))
        if seat.standing is not None and (again := self.kept(student) & set(listed)):
            raise Refused(
                f"{student} already has {', '.join(sorted(again))}",
                "a list before a further paper leaves out the earlier ones; or void the draw",
            )
        return {"e": "list", "s": student, "p": listed, "why": checked_reason(why)}

    def _absent(self, student: str, why: str) -> dict[str, Any]:
        self._seat(student)
        return {"e": "absent", "s": student, "why": checked_reason(why)}

    def _log_sheet(
        self, draw: int, sheet: Sheet, extra: Mapping[str, str | int] | None
    ) -> SheetLogged:
        own = {
            "e": "sheet",
            "draw": draw,
            "rank": sheet.rank,
            "count": sheet.count,
            "cost": sheet.cost,
            "relaxed": sheet.relaxed,
            "q": list(sheet.ids),
        }
        extra = extra or {}
        if taken := sorted({*own, *COMMON} & set(extra)):
            raise ValueError(f"a sheet line has keys of its own: {', '.join(taken)}")
        body = {**own, **extra}
        self._sheet(body)
        made = self._append(body)
        return SheetLogged(made.n, made.line, made.head, draw, sheet)
