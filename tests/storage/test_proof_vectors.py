"""The published vectors and random sessions in verify.py and in the page."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examrunner.domain.draw import verification
from examrunner.domain.draw.log import DrawLog
from examrunner.domain.draw.odds import Earlier, odds, pick
from examrunner.domain.draw.published import Published
from examrunner.domain.draw.ticket import ticket, ticket_hash
from examrunner.domain.errors import Refused
from examrunner.domain.plain import sha256
from tests.domain.draw import proofs, vectors
from tests.storage.verifiers import by_page, judged, standalone

if TYPE_CHECKING:
    from pathlib import Path

GOLDEN = {
    0: "80a11c55b098c399a080111690f09cb32dd9a340807d790107614dfaf3811392",
    14: "e275ce4a42ce2f4c2c9b80dd34d191746f2ba763ff0074817ae4c9ccb1f7a16a",
    23: "d8c46f8ea2eaa6bf426c9d2d2cc25ef4b09a97023c011e1f853433f66744afb6",
}
COUPLED = [
    ("bce", "abcd", "a", {"b": 397682156, "c": 397682157, "e": 278377511}),
    ("bce", "abcd", "d", {"b": 397682156, "c": 397682157, "e": 278377511}),
    ("bce", "abcd", "b", {"b": 11362347, "c": 624929102, "e": 437450375}),
    ("bce", "abcd", "c", {"b": 624929102, "c": 11362347, "e": 437450375}),
    ("abc", "cde", "c", {"a": 501079516, "b": 501079517, "c": 71582791}),
    ("abc", "cde", "d", {"a": 286331152, "b": 286331153, "c": 501079519}),
    ("a", "abc", "a", {"a": 2**30}),
]
SHEETS = [
    ("x1", 34, 23, ["q1", "q2", "q4", "q6", "q7"]),
    ("x2", 12, 4, ["q3", "q4", "q6", "q8"]),
    ("x3", 3, 2, ["q1", "q3", "q5", "q7"]),
]
MORE = """
const V = %s, row = (map) => Object.fromEntries([...map].map(([paper, share]) => [paper, Number(share)]));
told.push(row(rules.start([..."abcde"])));
told.push(V.coupled.map(([q, p, j]) => row(rules.couple(rules.start([...q]), rules.start([...p]), j))));
function* words(list) { for (const one of list) yield BigInt("0x" + one); }
told.push([Number(rules.below(10n, words(["f".repeat(64), "0".repeat(63) + "7"]))), Number(rules.below(6n, words([V.abc])))]);
const uses = new Map();
told.push(V.students.map((student) => {
  const made = rules.choose(V.bank, V.rule, uses, rules.wordsOf(V.key, student, 1, "-"));
  for (const id of made.q) uses.set(id, (uses.get(id) ?? 0) + 1);
  return made;
}));
told.push(V.golden.map(({ h, bodies }) => {
  const log = new rules.Log({ roster: V.roster, banks: {}, h }, "", "", null);
  log.key = V.kat;
  try { for (const body of bodies) { log.on_draw(body); log.n++; } } catch (fault) { return String(fault); }
  return log.draws.size;
}));
"""  # noqa: E501


def golden(h: int) -> list[dict[str, Any]]:
    """Return the golden class as contents of draw lines, checked by the published hash."""
    key, transcript = sha256("kat"), ""
    earlier: list[Earlier] = []
    bodies: list[dict[str, Any]] = []
    for place, papers in enumerate(vectors.golden_lists()):
        student = f"s{place:02}"
        row = odds(papers, place, earlier, h)
        number = ticket(ticket_hash(key, student, 1, "-"))
        paper = pick(row, number)
        earlier.append(Earlier(place, row, paper))
        entries = [list(one) for one in row.items()]
        body = {"s": student, "a": 1, "nonce": "-", "odds": entries, "ticket": number}
        bodies.append({**body, "paper": paper})
        shares = " ".join(f"{name}={share}" for name, share in row.items())
        transcript += f"{student} {number} {paper} {shares}\n"
    assert sha256(transcript) == GOLDEN[h]
    return bodies


@pytest.mark.xdist_group("browser")
def test_the_page_knows_the_vectors(tmp_path: Path) -> None:
    """In a real browser V1, V2, V3, V5 for h 0, 14 and 23, and V6 come out as published."""
    lists = enumerate(vectors.golden_lists())
    given = {
        "coupled": [one[:3] for one in COUPLED],
        "abc": hashlib.sha256(b"abc").hexdigest(),
        "students": [one[0] for one in SHEETS],
        "bank": vectors.plain(vectors.BANK),
        "rule": json.loads(vectors.commitment().text)["sheet"],
        "key": vectors.KEY,
        "kat": sha256("kat"),
        "roster": [{"s": f"s{place:02}", "p": papers} for place, papers in lists],
        "golden": [{"h": h, "bodies": golden(h)} for h in GOLDEN],
    }
    told: list[Any] = by_page([], {}, tmp_path, MORE % json.dumps(given))
    start, coupled, below, sheets, transcripts = told
    assert start == {"a": 214748364, **dict.fromkeys("bcde", 214748365)}
    assert coupled == [one[3] for one in COUPLED]
    assert below == [7, 1]
    assert [(one["count"], one["rank"], sorted(one["q"])) for one in sheets] == [
        one[1:] for one in SHEETS
    ]
    assert transcripts == [24, 24, 24]


def test_the_script_knows_the_vectors() -> None:
    """In verify.py V1, V2, V3, V5 and V6 come out as published."""
    script = standalone()
    assert script.start("abcde") == {"a": 214748364, **dict.fromkeys("bcde", 214748365)}
    for q, p, j, expected in COUPLED:
        assert script.couple(script.start(q), script.start(p), j) == expected
    words = iter([2**256 - 1, 7])
    assert script.below(10, words) == 7
    assert script.below(6, iter([int(hashlib.sha256(b"abc").hexdigest(), 16)])) == 1
    uses: dict[str, int] = {}
    rule = json.loads(vectors.commitment().text)["sheet"]
    for student, count, rank, ids in SHEETS:
        tail = (vectors.KEY, student, 1, "-")
        one = int(script.hash_lines("questions", *tail, 0), 16)
        made = script.choose(vectors.plain(vectors.BANK), rule, uses, iter([one]))
        assert (made["count"], made["rank"], sorted(made["q"])) == (count, rank, ids)
        uses.update({name: uses.get(name, 0) + 1 for name in ids})
    roster = [{"s": f"s{n:02}", "p": papers} for n, papers in enumerate(vectors.golden_lists())]
    for h in GOLDEN:
        log = script.PublicLog({"roster": roster, "h": h, "banks": {}}, "", "", None)
        log.key = sha256("kat")
        for body in golden(h):
            log.on_draw(body)
            log.n += 1


ACTS = st.tuples(
    st.sampled_from(["draw", "draw", "draw", "sheet", "void", "add", "list", "absent", "hand"]),
    st.sampled_from(["ann", "bob", "cho", "dee", "eve", "fay"]),
    st.integers(0, 12),
    st.sets(st.sampled_from(proofs.PAPERS), max_size=4),
)


def random_session(h: int, acts: list[tuple[str, str, int, set[str]]]) -> Published:
    """Return the folder of a session in which these acts were tried."""
    log = DrawLog(proofs.commitment(h=h), vectors.SECRET)
    log.start(vectors.PUBLIC)
    for kind, student, number, papers in acts:
        try:
            match kind:
                case "draw":
                    log.draw(student, log.next_attempt(student), str(number))
                case "sheet":
                    log.sheet(number, proofs.items_of(bank(log, number)), {"why": "other"})
                case "hand":
                    items = proofs.items_of(bank(log, number))[:2]
                    log.sheet_by_hand(number, items, "other")
                case "void":
                    log.void(number, papers, "other")
                case "add":
                    log.add(student, papers, "late")
                case "list":
                    log.list(student, papers, "retake")
                case _:
                    log.absent(student, "illness")
        except Refused:
            continue
    log.end()
    return proofs.folder(log, proofs.BY_PAPER)


def bank(log: DrawLog, number: int) -> list[dict[str, Any]]:
    """Return the bank of the paper drawn on a line; Refused if there is no such draw."""
    return proofs.BY_PAPER[log.drawn(number).paper]


@settings(max_examples=40)
@given(h=st.integers(0, 6), acts=st.lists(ACTS, max_size=25))
def test_every_session_that_can_happen_verifies(
    h: int, acts: list[tuple[str, str, int, set[str]]]
) -> None:
    """Whatever was done in a session, package and script find nothing wrong in its folder."""
    folder = random_session(h, acts)
    package = verification.verify(folder).plain()
    assert package["problems"] == []
    assert judged(standalone().check(folder.files())) == judged(package)


FOLDER = proofs.folder(proofs.rich())


@settings(max_examples=300)
@given(name=st.sampled_from(sorted(FOLDER.files())), data=st.data())
def test_no_changed_byte_passes(name: str, data: st.DataObject) -> None:
    """A byte changed, dropped or put in anywhere in a file: both find the same wrong, never none.

    But for the line feed of the last line no change leaves the log right without its head changing.
    """
    whole = FOLDER.files()[name].encode()
    place = data.draw(st.integers(0, len(whole) - 1))
    put = data.draw(
        st.one_of(st.binary(max_size=2), st.sampled_from([b'"', b"0", b" ", b"\r", b"\n"]))
    )
    changed = whole[:place] + put + whole[place + 1 :]
    try:
        text = changed.decode()
    except UnicodeDecodeError:
        return
    files = {**FOLDER.files(), name: text}
    read = Published(
        files["commit.json"], files["log.jsonl"], files["secret.txt"], files["banks.json"]
    )
    package = verification.verify(read, heads=[verification.verify(FOLDER).head or ""]).plain()
    script = standalone().check(files, heads=[verification.verify(FOLDER).head or ""])
    assert judged(script) == judged(package)
    assert package["ok"] is (changed == whole)
