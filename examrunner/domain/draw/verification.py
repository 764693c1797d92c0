"""Verifying a published folder: every line is derived again from the commitment and the secret.

Section 3 of examrunner-draw/1. Two more programs do the same, written apart from this one:
`verify.py` and `verify.html` of the proof. All three find the same problems by the same rules:

- commit.json: `version`, `commitment`, `published` (not the published line)
- secret.txt: `secret`; banks.json: `banks` (unreadable), `bank` (one bank is wrong)
- log.jsonl, its first wrong line only: `line-end`, `json`, `number`, `chain`, `kind`, `key`,
  `order`, `sheet`, `derived`; then `end` (no end line) and `receipt` (a head that no line has)
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from examrunner.domain.draw.commitment import commitment_from
from examrunner.domain.draw.limits import is_hex, is_id, is_reason
from examrunner.domain.draw.lines import BadLine, bad_line, read_canonical
from examrunner.domain.draw.log import DrawLog
from examrunner.domain.draw.published import BANKS, COMMIT, LOG, SECRET
from examrunner.domain.draw.sheets import BY_HAND, UNLIMITED_SECONDS, Item, NoSheet
from examrunner.domain.draw.ticket import NONE, VERSION
from examrunner.domain.plain import canonical, sha256
from examrunner.domain.problems import BadInput, Problem, error

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from examrunner.domain.draw.commitment import Commitment
    from examrunner.domain.draw.published import Published

RECORDED = "recorded"
"""P is `-`: what was drawn is on record, but the examiner could have chosen the seed."""
SEALED = "sealed"
"""P is `-`, and C is that of the published line: nothing was chosen after it was published."""
PUBLIC = "public"
"""P is a public value, mixed in after the commitment."""
_HEAD = re.compile(r"[0-9a-f]{8,64}")
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_ITEM_KEYS = {"depth", "group", "id", "sec"}

Banks = dict[str, tuple[Item, ...] | None]
"""Key in banks.json to the items; None for a bank already found wrong."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What the verification of a folder found."""

    problems: tuple[Problem, ...] = ()
    """Each with file, line of the log counted from 1, rule, and what was expected."""
    notes: tuple[str, ...] = ()
    ended: bool = False
    """Whether the log has its end line: nobody is drawn any more."""
    draws: int = 0
    """Draws that were derived again, voided ones included."""
    head: str | None = None
    """Hash of the last line; None unless every line was found right."""
    without_draw: tuple[str, ...] = ()
    """Students who never got a draw, in exam order; empty unless every line was found right."""
    strength: str | None = None
    """`recorded`, `sealed` or `public`; None where the log does not get as far as P."""

    @property
    def ok(self) -> bool:
        """Whether there is no problem."""
        return not self.problems

    def plain(self) -> dict[str, Any]:
        """Return plain data for JSON, in the shape that all three verifiers give."""
        return {
            "ok": self.ok,
            "draws": self.draws,
            "head": self.head,
            "problems": [
                {"file": one.file, "line": one.line, "rule": one.rule, "text": one.text}
                for one in self.problems
            ],
            "notes": list(self.notes),
            "without_draw": list(self.without_draw),
            "strength": self.strength,
        }


def verify(
    published: Published | tuple[Problem, ...],
    *,
    commit: str | None = None,
    heads: Collection[str] = (),
) -> Verified:
    """Verify a published folder, or tell why its files could not be read.

    `commit` is C as it was published, or the whole line that was; `heads` are the first 8 or more
    hex digits of heads on receipts.
    """
    if isinstance(published, tuple):
        return Verified(published)
    try:
        commitment = _commitment(published.commit)
    except BadInput as fault:
        return Verified(fault.problems)
    problems = []
    if commit is not None and _digest(commit) != commitment.hash:
        what = (
            f"the published line names another commitment: that of this file is {commitment.hash}"
        )
        problems.append(error(what, file=COMMIT, rule="published"))
    secret = published.secret[:-1]
    if published.secret[-1:] != "\n" or not is_hex(secret):
        what = "expected 64 hex digits and a line feed"
        return Verified((*problems, error(what, file=SECRET, rule="secret")))
    if sha256(secret) != commitment.secret_sha256:
        what = f"expected the secret whose hash is {commitment.secret_sha256}"
        return Verified((*problems, error(what, file=SECRET, rule="secret")))
    banks, faults = _banks(commitment, published.banks)
    problems += faults
    work = _Work(commitment, secret, banks)
    problems += work.read(published.log)
    problems += _receipts(published.log, heads)
    return work.verified(problems, commit, heads)


class _Work:
    """The log while it is read, and what there is to tell about it."""

    def __init__(self, commitment: Commitment, secret: str, banks: Banks | None) -> None:
        self.commitment = commitment
        self.banks = banks
        self.log = DrawLog(commitment, secret)
        self.is_right = True
        self.body: Mapping[str, Any] = {}
        """Content of the line that is being read."""
        self.changes = {"add": 0, "list": 0, "void": 0}
        self.notes: list[str] = []
        self.before = 0
        """The last attempt of the student who is drawn on that line."""
        self.sheeted: set[int] = set()
        self.named: set[str] = set()

    def read(self, text: str) -> Iterator[Problem]:
        """Read the lines up to the first that is wrong; yields what is wrong."""
        lines = _split(text)
        for number, line in enumerate(lines, 1):
            try:
                if line.endswith("\r"):
                    raise bad_line(number - 1, "it ends with CR LF, expected LF alone", "line-end")
                if number == len(lines) and not text.endswith("\n"):
                    what = "it has no line feed at its end: the log may have been cut"
                    raise bad_line(number - 1, what, "line-end")
                self.log.read(line, self._judge)
                self._tell(self.body)
            except BadLine as fault:
                self.is_right = False
                what = f"n {fault.n}: {fault.what}"
                yield error(what, file=LOG, line=number, rule=fault.rule)
                return
        if not self.log.ended:
            what = "expected an end line as the last one: lines may have been cut off"
            yield error(what, file=LOG, line=max(1, len(lines)), rule="end")

    def _judge(self, body: Mapping[str, Any]) -> None:
        """Judge the choice of a sheet. Raises BadLine."""
        self.body = body
        if body["e"] == "draw":
            self.before = self.log.next_attempt(body["s"]) - 1
        items = self._bank_of(body) if body["e"] == "sheet" else None
        if items is not None:
            self._judge_choice(body, items)

    def _tell(self, body: Mapping[str, Any]) -> None:
        """Keep what is worth a note in a line that was found right."""
        if body["e"] in self.changes:
            self.changes[body["e"]] += 1
        if body["e"] == "draw" and body["a"] > self.before + 1:
            self.notes.append(
                f"Line {body['n'] + 1}: attempt {body['a']} follows {self.before}: ask what became "
                "of those left out, since each gives another ticket."
            )
        if body["e"] != "sheet":
            return
        place, why = f"Line {body['n'] + 1}", body.get("why")
        if body["relaxed"] == BY_HAND:
            self.notes.append(f"{place}: sheet chosen by hand: {why}.")
        if body["draw"] in self.sheeted:
            drawn = body["draw"] + 1
            self.notes.append(f"{place}: another sheet for the draw on line {drawn}: {why}.")
        if "bank" in body:
            bank = body["bank"][:8]
            self.notes.append(f"{place}: sheet from bank {bank}, not the committed one: {why}.")
            self.named.add(body["bank"])
        self.sheeted.add(body["draw"])

    def _bank_of(self, body: Mapping[str, Any]) -> tuple[Item, ...] | None:
        """Return the bank that a sheet was chosen from; None if it is wrong and has been told."""
        if self.banks is None:
            return None
        paper = self.log.drawn(body["draw"]).paper
        key = body.get("bank", paper)
        if key not in self.banks or ("bank" not in body and paper not in self.commitment.banks):
            raise bad_line(body["n"], f"its bank {key} is not in {BANKS}", "sheet")
        return self.banks[key]

    def _judge_choice(self, body: Mapping[str, Any], items: tuple[Item, ...]) -> None:
        n, known = body["n"], {item.id for item in items}
        if body["relaxed"] == BY_HAND:
            if unknown := [name for name in body["q"] if name not in known]:
                raise bad_line(n, f"question {unknown[0]} is not in its bank", "sheet")
            return
        try:
            sheet = self.log.sheet_for(body["draw"], items)
        except NoSheet:
            raise bad_line(n, "its bank gives no sheet that keeps the rule", "sheet") from None
        expected = {
            "count": sheet.count,
            "q": list(sheet.ids),
            "rank": sheet.rank,
            "relaxed": sheet.relaxed,
        }
        if any(body[key] != value for key, value in expected.items()):
            raise bad_line(n, f"another sheet was to be chosen: {canonical(expected)}", "sheet")

    def verified(
        self, problems: Sequence[Problem], commit: str | None, heads: Collection[str]
    ) -> Verified:
        """Return the whole of what was found."""
        log = self.log
        drawn = {draw.student for draw in log.draws}
        is_published = None
        if commit is not None:
            is_published = not any(one.rule == "published" for one in problems)
        return Verified(
            problems=tuple(problems),
            notes=tuple(self._notes(heads, is_published=is_published)),
            ended=log.ended,
            draws=len(log.draws),
            head=log.head if self.is_right else None,
            without_draw=tuple(name for name in log.students if name not in drawn)
            if self.is_right
            else (),
            strength=self._strength(is_published=is_published),
        )

    def _strength(self, *, is_published: bool | None) -> str | None:
        public = self.log.public
        if public is None:
            return None
        if public != NONE:
            return PUBLIC
        return SEALED if is_published else RECORDED

    def _notes(self, heads: Collection[str], *, is_published: bool | None) -> Iterator[str]:
        public, commitment = self.log.public, self.commitment
        if public == NONE:
            yield "P is -: the examiner could have chosen the seed."
        elif public is not None:
            yield f'P is "{public}". The commitment said how to obtain it: {commitment.public}.'
        if is_published is None:
            yield "C was not compared with the published line: all this could be made afterwards."
        elif is_published:
            yield "C is the published one: a proof only if it was published before P was known."
        if not heads:
            yield "No receipt was compared: the log could be made anew after the session."
        if any(draw.nonce != NONE for draw in self.log.draws):
            yield "Only the students know whether they said the numbers that stand at their draws."
        if commitment.n is not None or commitment.why is not None:
            yield f"The commitment replaces earlier ones: {commitment.why or '-'}."
        added, listed, void = self.changes.values()
        if added or listed or void:
            yield (
                "Since the commitment, with reasons in the log:"
                f" students added {added}, lists changed {listed}, draws void {void}."
            )
        yield from self.notes
        unnamed = set(self.banks or ()) - set(commitment.banks) - self.named
        if unnamed and self.is_right:
            yield f"Banks that were not committed and that no sheet names: {len(unnamed)}."


def _commitment(text: str) -> Commitment:
    """Read commit.json; raises BadInput with one problem."""
    try:
        body = read_canonical(text)
        has_version = not isinstance(body, dict) or body.get("v", VERSION) == VERSION
        rule, what = ("commitment", "") if has_version else ("version", f"expected {VERSION}")
        commitment = commitment_from(text)
        tags = [tag for tag, _, _ in commitment.sheet.depth]
        if len(tags) == len(set(tags)):
            return commitment
        what = "the sheet rule names a kind twice"
    except BadInput as fault:
        what = what or fault.problems[0].text
    except ValueError:
        rule, what = "commitment", "expected canonical JSON, without a line feed"
    raise BadInput([error(what, file=COMMIT, rule=rule)])


def _banks(commitment: Commitment, text: str) -> tuple[Banks | None, list[Problem]]:
    """Return the banks by key, and what is wrong with them; None if there are none to read."""
    try:
        body = read_canonical(text)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        what = "expected a canonical JSON object, without a line feed"
        return None, [error(what, file=BANKS, rule="banks")]
    banks: Banks = {}
    problems = []
    for key in sorted({*body, *commitment.banks}):
        expected = commitment.banks.get(key, key)
        if key not in body:
            what = f"bank {key} is missing"
        elif not is_hex(expected):
            what = f"{key!r} is neither a committed reading nor a hash"
        elif sha256(canonical(body[key])) != expected:
            what = f"bank {key} is another one: expected the hash {expected}"
        elif not _is_bank(body[key]):
            what = f"bank {key} is not a list of questions, each with depth, group, id and sec"
        else:
            banks[key] = tuple(
                Item(one["id"], one["depth"], one["sec"], one["group"]) for one in body[key]
            )
            continue
        banks[key] = None
        problems.append(error(what, file=BANKS, rule="bank"))
    return banks, problems


def _is_bank(value: Any) -> bool:
    """Say whether a value is a canonical bank: items sorted by id, each once."""
    if not isinstance(value, list) or not all(map(_is_item, value)):
        return False
    ids = [item["id"] for item in value]
    return ids == sorted(set(ids))


def _is_item(value: Any) -> bool:
    if not isinstance(value, dict) or not value.keys() >= _ITEM_KEYS:
        return False
    name, depth, sec, group = value["id"], value["depth"], value["sec"], value["group"]
    return (
        isinstance(name, str)
        and is_id(name)
        and isinstance(depth, str)
        and is_reason(depth)
        and type(sec) is int
        and 0 <= sec <= UNLIMITED_SECONDS
        and (group is None or (isinstance(group, str) and is_id(group)))
    )


def _split(text: str) -> list[str]:
    """Return the lines of a log, without line feeds; the last may have had none."""
    lines = text.split("\n")
    return lines if lines[-1] else lines[:-1]


def _digest(text: str) -> str | None:
    """Return the 64 hex digits in a published line."""
    found = _DIGEST.search(text.lower())
    return found and found[0]


def _receipts(log: str, heads: Collection[str]) -> Iterator[Problem]:
    """Yield each head on a receipt that no line has."""
    lines = (line.encode("utf-8", "surrogatepass") for line in _split(log)) if heads else ()
    known = [hashlib.sha256(line).hexdigest() for line in lines]
    for given in heads:
        head = given.strip().lower()
        if not _HEAD.fullmatch(head):
            what = f"{given!r} is no head: expected 8 to 64 hex digits"
        elif any(one.startswith(head) for one in known):
            continue
        else:
            what = f"no line has the head {head}: the log is not the one of the receipt"
        yield error(what, file=LOG, rule="receipt")
