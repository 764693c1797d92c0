"""Every kind of change to a published folder, and what each verifier has to find.

Not everything can be found in the files alone. Whoever holds the secret can write another valid
folder: another extra key, a void more, another why, another nonce or P, a whole other session.
These are the cases of `with_paper`: they are found by the published C or by heads on receipts.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from examrunner.domain.draw.commitment import bank_hash, secret_hash
from examrunner.domain.draw.log import DrawLog
from examrunner.domain.draw.published import published
from examrunner.domain.plain import canonical, sha256
from tests.domain.draw import proofs, test_log, vectors
from tests.domain.draw.cases import Case, Found, case, set_key
from tests.domain.draw.proofs import (
    BANKS,
    COMMIT,
    LOG,
    SECRET,
    Files,
    contents,
    files,
    place,
    rechained,
    rich,
)
from tests.domain.draw.tampers_files import commitments, other_files, texts

if TYPE_CHECKING:
    from collections.abc import Iterator


def line_kinds() -> Iterator[tuple[str, int]]:
    """Return, for each kind of line, its name and the place of one such line."""
    for kind in ("list", "start", "draw", "sheet", "absent", "void", "add", "end"):
        yield kind, place(kind)


def unchained() -> Iterator[Case]:
    """Change each key of each kind of line and leave the chain as it was."""
    for kind, index in line_kinds():
        body = contents()[index]
        for key in body:
            lines = list(rich().lines)
            value = "x" if key != "e" else "dance"
            lines[index] = canonical({**body, key: value})
            rule = {"n": "number", "prev": "chain", "e": "kind"}.get(key, "key")
            found: Found = (LOG, index + 1, rule)
            if key in ("why", "nonce", "public", "s", "paper"):
                rule = {"s": "order", "paper": "derived"}.get(key, "chain")
                found = (LOG, index + 1 + (rule == "chain"), rule)
                if (kind, key) == ("add", "s"):
                    found = (LOG, index + 2, "chain")
                if (kind, key) == ("draw", "nonce"):
                    found = (LOG, index + 1, "derived")
            changed = files() | {LOG: "".join(f"{line}\n" for line in lines)}
            yield case(f"{kind} {key}, chain left", changed, found)


def keys() -> Iterator[Case]:
    """Leave out each key of each kind of line and chain the log anew."""
    for kind, index in line_kinds():
        for key in contents()[index]:
            if key in ("e", "n", "prev"):
                continue

            def change(bodies: list[dict[str, Any]], index: int = index, key: str = key) -> None:
                del bodies[index][key]

            yield case(f"{kind} without {key}", rechained(change), (LOG, index + 1, "key"))


def values() -> Iterator[Case]:
    """Change a value so that it still means something, and chain the log anew."""
    draw, sheet, void, add = place("draw"), place("sheet"), place("void"), place("add")
    row = contents()[draw]["odds"]
    moved = [[row[0][0], row[0][1] + 1], [row[1][0], row[1][1] - 1], *row[2:]]
    other = next(name for name, _ in row if name != contents()[draw]["paper"])
    asked = contents()[sheet]["q"]
    unasked = [one["id"] for one in proofs.BY_PAPER[contents()[draw]["paper"]]]
    swapped = next(name for name in unasked if name not in asked)
    by_hand, late = place("sheet", 4), place("sheet", 5)
    second = place("draw", 1)
    table: list[tuple[str, int, str, Any, str]] = [
        ("odds moved", draw, "odds", moved, "derived"),
        ("another ticket", draw, "ticket", contents()[draw]["ticket"] + 1, "derived"),
        ("another paper of the row", draw, "paper", other, "derived"),
        ("an attempt higher", draw, "a", 2, "derived"),
        ("an attempt backwards", second, "a", 1, "order"),
        ("a huge attempt", draw, "a", 10**99, "derived"),
        ("another nonce", draw, "nonce", "18", "derived"),
        ("no nonce", draw, "nonce", "-", "derived"),
        ("another student", draw, "s", "bob", "derived"),
        ("a stranger", draw, "s", "zoe", "order"),
        ("sheet rank", sheet, "rank", contents()[sheet]["rank"] + 1, "sheet"),
        ("sheet rank as count", sheet, "rank", contents()[sheet]["count"], "sheet"),
        ("sheet count", sheet, "count", contents()[sheet]["count"] + 1, "sheet"),
        ("sheet count is huge", sheet, "count", 10**99, "sheet"),
        ("sheet cost", sheet, "cost", 1, "derived"),
        ("sheet relaxed", sheet, "relaxed", 1, "sheet"),
        ("sheet relaxed 5", sheet, "relaxed", 5, "sheet"),
        ("sheet by hand without why", sheet, "relaxed", 4, "sheet"),
        ("sheet of a void draw", place("sheet", 1), "draw", draw, "order"),
        ("sheet of no draw", sheet, "draw", 0, "order"),
        ("sheet questions in another order", sheet, "q", asked[::-1], "sheet"),
        ("sheet question swapped", sheet, "q", [swapped, *asked[1:]], "sheet"),
        ("sheet question unknown", by_hand, "q", ["q99"], "sheet"),
        ("sheet by hand with a rank", by_hand, "rank", 1, "sheet"),
        ("sheet by hand with a count", by_hand, "count", 1, "sheet"),
        ("sheet bank not published", late, "bank", "0" * 64, "sheet"),
        ("sheet bank no hash", late, "bank", "clip", "key"),
        ("sheet why hidden", late, "why", "\u202e", "key"),
        ("void of no draw", void, "draw", sheet, "order"),
        ("void exclude unsorted", void, "exclude", ["clip", "bert"], "key"),
        ("late student elsewhere", add, "pos", 5, "derived"),
        ("late student known", add, "s", "bob", "order"),
        ("absent stranger", place("absent"), "s", "zoe", "order"),
        ("list of a stranger", place("list"), "s", "zoe", "order"),
        ("list unsorted", place("list"), "p", ["dalle", "bert"], "key"),
        ("list keeps the drawn paper", place("list", 1), "p", ["attention", "bert"], "order"),
        ("public value with a space", place("start"), "public", "1 ", "key"),
        ("why blank", void, "why", " \u00a0", "key"),
        ("why is not NFC", void, "why", "e\u0301", "json"),
        ("an extra key is a fraction", void, "x", 1.5, "json"),
        ("an extra key is not a number", void, "x", float("nan"), "json"),
        ("an extra key is too large", void, "x", 10**100, "json"),
        ("an extra key is not ASCII", void, "\u00e9", 1, "json"),
        ("an extra key is deep", void, "x", json.loads("[" * 32 + "]" * 32), "json"),
    ]
    for name, index, key, value, rule in table:
        yield case(name, set_key(index, key, value), (LOG, index + 1, rule))


def consequences() -> Iterator[Case]:
    """Change what later lines rest on, and chain the log anew: the first that differs is named."""
    draw, sheet = place("draw"), place("sheet")
    other = next(n for n, _ in contents()[draw]["odds"] if n != contents()[draw]["paper"])

    def consistent(bodies: list[dict[str, Any]]) -> None:
        bodies[draw].update(ticket=0, paper=bodies[draw]["odds"][0][0])

    yield case("ticket and paper agree", rechained(consistent), (LOG, draw + 1, "derived"))
    yield case("another P", set_key(1, "public", "4 2 6 1 1 4"), (LOG, draw + 1, "derived"))
    yield case("P is -", set_key(1, "public", "-"), (LOG, draw + 1, "derived"))
    void = place("void")
    yield case("void excludes nothing", set_key(void, "exclude", []), (LOG, void + 2, "derived"))
    yield case("void excludes another", set_key(void, "exclude", [other]), (LOG, 7, "derived"))
    shorter = ["attention", "bert", "dalle"]
    first_of_dee = place("draw", 5)
    yield case("list before its draw", set_key(0, "p", shorter), (LOG, first_of_dee + 1, "derived"))
    yield case("list emptied", set_key(0, "p", []), (LOG, first_of_dee + 1, "order"))
    added = place("add")
    yield case("late list", set_key(added, "p", ["bert"]), (LOG, place("draw", 4) + 1, "derived"))
    yield case("sheet dropped", rechained(lambda b: b.pop(sheet)), (LOG, 7, "order"))
    yield case("absent dropped", rechained(lambda b: b.pop(4)), (LOG, 7, "order"))
    yield case("void dropped", rechained(lambda b: b.pop(void)), (LOG, void + 1, "order"))
    yield case("start dropped", rechained(lambda b: b.pop(1)), (LOG, 2, "order"))
    yield case("started twice", rechained(lambda b: b.insert(2, b[1])), (LOG, 3, "order"))
    again = rechained(lambda b: b.insert(draw + 1, b[draw]))
    yield case("draw repeated", again, (LOG, draw + 2, "order"))
    swapped = rechained(lambda b: b.insert(6, b.pop(9)))
    yield case("draws in another order", swapped, (LOG, 7, "derived"))
    yield case("line after end", rechained(lambda b: b.append(b[4])), (LOG, 25, "order"))
    yield case("end twice", rechained(lambda b: b.append(b[-1])), (LOG, 25, "order"))
    yield case("end dropped", rechained(lambda b: b.pop()), (LOG, 23, "end"))
    yield case("only an end", rechained(lambda b: b.__delitem__(slice(0, 23))), (LOG, 1, "order"))


def together() -> Iterator[Case]:
    """Change several files: what can still be judged is."""
    sheet, bank = place("sheet"), (BANKS, None, "bank")
    banks = proofs.rich_banks()
    wrong = {BANKS: canonical({**banks, "bert": banks["clip"], "glide": []})}
    skipped = set_key(sheet, "rank", 0) | wrong
    yield case("sheets of wrong banks are not derived", skipped, bank, bank)
    cost = set_key(sheet, "cost", 1) | wrong
    yield case("their cost is", cost, bank, bank, (LOG, sheet + 1, "derived"))
    unread = set_key(sheet, "rank", 0) | {BANKS: "{"}
    yield case("no sheet without banks", unread, (BANKS, None, "banks"))
    line = set_key(place("draw"), "ticket", 0)
    found = ((COMMIT, None, "published"), (LOG, 3, "derived"), (LOG, None, "receipt"))
    yield Case("all at once", line, found, "0" * 64, ("0" * 8,))
    secret = (SECRET, None, "secret")
    foreign = files() | {SECRET: "x", BANKS: "", LOG: ""}
    yield Case("nothing after a wrong secret", foreign, (found[0], secret), "0" * 64)


def with_paper() -> Iterator[Case]:
    """Write another folder that is valid in itself: only C or a receipt tells."""
    head, hashed = sha256(rich().lines[-2]), rich().commit_hash
    receipt = (LOG, None, "receipt")
    foreign = (COMMIT, None, "published")
    extra = set_key(place("draw"), "t", 1734080400)
    void = set_key(place("void"), "why", "other")
    for name, changed in {"an extra key": extra, "another why": void}.items():
        yield Case(f"{name}: nothing in the files tells", changed, ())
        yield Case(f"{name}, chained anew", changed, (receipt,), hashed, (head[:20],))
    yield Case("a line at the end cut off", without_last(), (receipt,), hashed, (head[:8],))
    other = replace(proofs.commitment(), secret_sha256=secret_hash("1" * 64))
    log = DrawLog(other, "1" * 64)
    log.start(vectors.PUBLIC)
    log.end()
    whole = published(other, log.lines, "1" * 64, proofs.BY_PAPER).files()
    yield Case("another secret and folder", dict(whole), (foreign,), hashed)
    yield Case("the whole published line", dict(whole), (foreign,), f"a draw {hashed} b")
    yield from vector_v4()
    yield Case("a short C", files(), (foreign,), hashed[:20])
    yield Case("a short head", files(), (receipt,), hashed, (head[:7],))
    yield Case("a head of words", files(), (receipt,), hashed, ("not a head",))


def vector_v4() -> Iterator[Case]:
    """Give the session of V4 with its C and the heads of its receipts, and with a wrong one."""
    log = test_log.published()
    heads = tuple(line.head[:20] for line in log.draws)
    log.end()
    banks = {"vqvae": vectors.plain(vectors.BANK)}
    whole = dict(published(log.commitment, log.lines, vectors.SECRET, banks).files())
    assert test_log.HEAD_AFTER_VOID in "".join(log.lines)
    yield Case("the session of V4", whole, (), vectors.COMMIT_HASH, heads)
    wrong = (*heads, test_log.HEAD_AFTER_START[:-1])
    found = (LOG, None, "receipt")
    yield Case("a head that V4 lacks", whole, (found,), vectors.COMMIT_HASH, (*wrong, "0" * 20))


def without_last() -> Files:
    """Return the files without the last draw and its sheet, with an end line."""

    def change(bodies: list[dict[str, Any]]) -> None:
        del bodies[-3:-1]

    return rechained(change)


def right() -> Iterator[Case]:
    """Return folders in which there is nothing to find."""
    head = sha256(rich().lines[3])
    yield Case("the rich session", files(), ())
    hashed = rich().commit_hash
    line = f"cs496-demo draw {hashed.upper()} examrunner-draw/1"
    yield Case("with C and a receipt", files(), (), line, (f" {head[:20].upper()} ",))
    recorded = proofs.folder(rich("-")).files()
    yield Case("P is -", dict(recorded), ())
    yield Case("P is -, with C", dict(recorded), (), hashed)
    yield case("attempts left out", skipped())
    for key, value in (("draw", {}), ("draw", []), ("s", []), ("s", {})):
        index = place("absent" if key == "draw" else "void")
        yield case(f"{key} {value} where it means nothing", set_key(index, key, value))
    yield case("a bank of 1,100 questions", large_bank(1100, range(60, 61)))
    yield case("a bank of 60 questions, each of another length", large_bank(60, range(30, 90)))


def skipped() -> Files:
    """Return a session whose examiner took the attempts that suited: 11 first, then 13."""
    log = DrawLog(proofs.commitment(), vectors.SECRET)
    log.start("-")
    log.void(proofs.with_sheet(log, "ann", 11, "5"), [], "other")
    proofs.with_sheet(log, "ann", 10**20)
    log.end()
    return dict(proofs.folder(log).files())


def large_bank(size: int, seconds: range) -> Files:
    """Return a session of one student on a paper with many questions."""
    kinds = ("recall", "explain", "apply", "critique")
    bank = [
        {
            "depth": kinds[number % len(kinds)],
            "group": None,
            "id": f"q{number:04}",
            "sec": seconds[number * 7 % len(seconds)],
        }
        for number in range(size)
    ]
    log = DrawLog(
        proofs.commitment(roster=(("ann", ("bert",)),), banks={"bert": bank_hash(bank)}),
        vectors.SECRET,
    )
    log.start(vectors.PUBLIC)
    log.sheet(log.draw("ann", 1).n, proofs.items_of(bank))
    log.end()
    return dict(proofs.folder(log, {"bert": bank}).files())


def all_cases() -> list[Case]:
    """Return every case."""
    makers = (
        unchained,
        keys,
        values,
        consequences,
        texts,
        commitments,
        other_files,
        together,
        with_paper,
    )
    return [one for maker in (right, *makers) for one in maker()]
