"""What a draw log says so far: who may be drawn, from what, at which odds.

Section 3.8 of examrunner-draw/1. Lines come in through `_append` alone; it trusts them, and
`DrawLog` decides which may come.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from examrunner.domain.draw import ticket as tickets
from examrunner.domain.draw.lines import Drawn, Logged, parse
from examrunner.domain.draw.odds import Earlier, odds
from examrunner.domain.errors import Refused
from examrunner.domain.plain import canonical, sha256
from examrunner.domain.problems import BadInput, error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from examrunner.domain.draw.commitment import Commitment
    from examrunner.domain.draw.odds import Row


@dataclass(frozen=True, slots=True)
class _Seat:
    """What the log says of one student so far."""

    position: int
    listed: tuple[str, ...]
    excluded: frozenset[str] = frozenset()
    attempt: int = 0
    """Attempt number of the last draw, void or not."""
    standing: int | None = None
    """Line of a draw that is neither void nor followed by a changed list."""

    @property
    def papers(self) -> tuple[str, ...]:
        return tuple(paper for paper in self.listed if paper not in self.excluded)


class LogState:
    """The state of one session's log, in memory, folded from its lines."""

    def __init__(self, commitment: Commitment, secret: str) -> None:
        """Begin the log of a commitment with its secret S; raises BadInput if they do not match."""
        if sha256(secret) != commitment.secret_sha256:
            fault = error("the secret does not belong to the commitment", rule="secret")
            raise BadInput([fault])
        self.commitment = commitment
        self._secret = secret
        self._commit_hash = commitment.hash
        self._lines: list[Logged] = []
        self._public: str | None = None
        self._key: str | None = None
        self._ended = False
        self._seats = {
            student: _Seat(position, papers)
            for position, (student, papers) in enumerate(commitment.roster)
        }
        self._draws: dict[int, Drawn] = {}
        self._draws_at: dict[int, tuple[Drawn, ...]] = {}
        self._void: frozenset[int] = frozenset()
        self._sheeted: frozenset[int] = frozenset()
        self._uses: dict[str, int] = {}

    def copy(self) -> Self:
        """Return an independent log in the same state."""
        twin = type(self).__new__(type(self))
        for name, value in vars(self).items():
            setattr(twin, name, value.copy() if isinstance(value, list | dict) else value)
        return twin

    @property
    def commit_hash(self) -> str:
        """C."""
        return self._commit_hash

    @property
    def head(self) -> str:
        """Hash of the last line, C while there is none."""
        return self._lines[-1].head if self._lines else self._commit_hash

    @property
    def lines(self) -> tuple[str, ...]:
        """The text of every line."""
        return tuple(line.line for line in self._lines)

    @property
    def public(self) -> str | None:
        """P, None before the start line."""
        return self._public

    @property
    def key(self) -> str | None:
        """K, None before the start line."""
        return self._key

    @property
    def ended(self) -> bool:
        """Whether the end line stands."""
        return self._ended

    @property
    def draws(self) -> tuple[Drawn, ...]:
        """Every draw in log order, voided ones included."""
        return tuple(self._draws.values())

    @property
    def voided(self) -> frozenset[int]:
        """Line numbers of the draws that are void."""
        return self._void

    def uses(self) -> Mapping[str, int]:
        """Return on how many sheets each question stands, sheets of voided draws included."""
        return dict(self._uses)

    @property
    def students(self) -> tuple[str, ...]:
        """Student keys in exam order."""
        return tuple(self._seats)

    def position(self, student: str) -> int:
        """Return a student's index in the exam order, from 0."""
        return self._seat(student).position

    def papers(self, student: str) -> tuple[str, ...]:
        """Return what the student's next draw chooses from: the list minus excluded papers."""
        return self._seat(student).papers

    def next_attempt(self, student: str) -> int:
        """Return the lowest attempt number that the student's next draw may have."""
        return self._seat(student).attempt + 1

    def standing(self, student: str) -> Drawn | None:
        """Return the student's last draw while it is neither void nor behind a changed list."""
        line = self._seats[student].standing if student in self._seats else None
        return None if line is None else self._draws[line]

    def odds(self, student: str) -> Row:
        """Return the odds in force for the student's next draw; empty if no paper is left."""
        seat = self._seat(student)
        h, top = self.commitment.h, len(self._seats)
        near = [
            drawn
            for position in range(max(0, seat.position - h), min(top, seat.position + h + 1))
            if position != seat.position
            for drawn in self._draws_at.get(position, ())
        ]
        near.sort(key=lambda drawn: drawn.n)
        earlier = (Earlier(drawn.position, drawn.odds, drawn.paper) for drawn in near)
        return odds(seat.papers, seat.position, earlier, h)

    def drawn(self, draw: int) -> Drawn:
        """Return the draw on a line; Refused if there is none or it is void."""
        if draw not in self._draws:
            raise Refused(f"line {draw + 1} of the draw log is not a draw")
        if draw in self._void:
            raise Refused(f"the draw on line {draw + 1} is void")
        return self._draws[draw]

    def kept(self, student: str) -> set[str]:
        """Return the papers of the student's draws that are not void."""
        return {
            drawn.paper
            for drawn in self._draws.values()
            if drawn.student == student and drawn.n not in self._void
        }

    def _open(self) -> None:
        if self._ended:
            raise Refused("the draw log has ended")

    def _started(self) -> str:
        self._open()
        if self._key is None:
            raise Refused("the draw has not started: the public value is not fixed yet")
        return self._key

    def _seat(self, student: str) -> _Seat:
        if student not in self._seats:
            raise Refused(f"{student} is not in the draw")
        return self._seats[student]

    def _append(self, keys: Mapping[str, Any]) -> Logged:
        """Add a line with these keys.

        Raises Refused after the end line, and BadInput if the line could not be read back.
        """
        self._open()
        n = len(self._lines)
        text = canonical({**keys, "n": n, "prev": self.head})
        body = parse(text, n, self.head)
        line = Logged(n, text, sha256(text))
        match body["e"]:
            case "start":
                self._public = body["public"]
                self._key = tickets.key(self._commit_hash, self._secret, body["public"])
            case "draw":
                self._keep_draw(line, body)
            case "sheet":
                self._sheeted |= {body["draw"]}
                for name in body["q"]:
                    self._uses[name] = self._uses.get(name, 0) + 1
            case "void":
                self._keep_void(body["draw"], body["exclude"])
            case "add":
                self._seats[body["s"]] = _Seat(body["pos"], tuple(body["p"]))
            case "list":
                seat = self._seats[body["s"]]
                self._seats[body["s"]] = replace(seat, listed=tuple(body["p"]), standing=None)
            case "end":
                self._ended = True
        self._lines.append(line)
        return line

    def _keep_draw(self, line: Logged, body: Mapping[str, Any]) -> None:
        student = body["s"]
        seat = self._seats[student]
        drawn = Drawn(
            line.n,
            line.line,
            line.head,
            student=student,
            attempt=body["a"],
            nonce=body["nonce"],
            position=seat.position,
            odds=dict(body["odds"]),
            ticket=body["ticket"],
            paper=body["paper"],
        )
        self._draws[line.n] = drawn
        self._draws_at[seat.position] = (*self._draws_at.get(seat.position, ()), drawn)
        self._seats[student] = replace(seat, attempt=body["a"], standing=line.n)

    def _keep_void(self, draw: int, exclude: list[str]) -> None:
        self._void |= {draw}
        student = self._draws[draw].student
        seat = self._seats[student]
        self._seats[student] = replace(
            seat,
            excluded=seat.excluded | set(exclude),
            standing=None if seat.standing == draw else seat.standing,
        )
