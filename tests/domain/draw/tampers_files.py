"""Changes to how the files are written, to the commitment, the secret and the banks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from examrunner.domain.plain import canonical, sha256
from tests.domain.draw import proofs, vectors
from tests.domain.draw.cases import Case, bytes_of, case, edited
from tests.domain.draw.proofs import (
    BANKS,
    COMMIT,
    LOG,
    SECRET,
    Files,
    contents,
    files,
    place,
    recommitted,
    rich,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def texts() -> Iterator[Case]:
    """Change how the log is written, without chaining it anew."""
    lines = rich().lines
    whole = files()[LOG]

    def log(text: str | bytes) -> Files:
        return files() | {LOG: text}

    def line(index: int, text: str) -> Files:
        return log("".join(f"{text if n == index else one}\n" for n, one in enumerate(lines)))

    yield case("no lines", log(""), (LOG, 1, "end"))
    yield case("an empty line", log("\n"), (LOG, 1, "json"))
    yield case("cut in a line", log(whole[:-30]), (LOG, 24, "line-end"))
    yield case("no last line feed", log(whole[:-1]), (LOG, 24, "line-end"))
    yield case("CR LF", log(whole.replace("\n", "\r\n")), (LOG, 1, "line-end"))
    yield case("CR LF once", log(whole.replace("\n", "\r\n", 1)), (LOG, 1, "line-end"))
    yield case("CR LF, the last LF gone", log(f"{whole[:-1]}\r"), (LOG, 24, "line-end"))
    yield case("a byte order mark", log("\ufeff" + whole), (LOG, 1, "json"))
    yield case(
        "not UTF-8", log(whole.encode().replace(b"late", b"l\xffte", 1)), (LOG, None, "utf-8")
    )
    yield case("a space behind", line(3, lines[3] + " "), (LOG, 4, "json"))
    yield case("spaces inside", line(3, json.dumps(contents()[3])), (LOG, 4, "json"))
    yield case(
        "a key twice", line(3, lines[3].replace('"cost":0', '"cost":0,"cost":0')), (LOG, 4, "json")
    )
    unsorted = '{"n":0,"e":"list"' + lines[0][len('{"e":"list","n":0') :]
    yield case("keys unsorted", line(0, unsorted), (LOG, 1, "json"))
    yield case("a fraction", line(3, lines[3].replace('"cost":0', '"cost":0.0')), (LOG, 4, "json"))
    yield case("minus nought", line(3, lines[3].replace('"cost":0', '"cost":-0')), (LOG, 4, "json"))
    yield case(
        "a leading nought", line(3, lines[3].replace('"cost":0', '"cost":00')), (LOG, 4, "json")
    )
    for escape in ("\\ud800", "\\u0041", "\\/", "\\u000a", "\\u000A", "\\u001F", "\\x"):
        text = lines[5].replace("interrupted", escape)
        yield case(f"the escape {escape}", line(5, text), (LOG, 6, "json"))
    yield case(
        "a written control character", line(5, lines[5].replace("int", "\\u001f")), (LOG, 6, "key")
    )
    yield case("a deep line", line(5, "[" * 5000), (LOG, 6, "json"))
    yield case("a list for a line", line(5, "[]"), (LOG, 6, "json"))
    yield case(
        "lines swapped", log("".join(f"{lines[n]}\n" for n in (0, 2, 1))), (LOG, 2, "number")
    )
    yield case("a line dropped", line(3, lines[4]), (LOG, 4, "number"))
    yield case("a line twice", log(f"{lines[0]}\n{lines[0]}\n"), (LOG, 2, "number"))
    yield case("a log of another session", log(vector_log()), (LOG, 1, "chain"))


def vector_log() -> str:
    """Return the log of another session, with its end."""
    log = vectors.started()
    log.end()
    return "".join(f"{line}\n" for line in log.lines)


def commitments() -> Iterator[Case]:
    """Change the commitment; where that is said, the log is chained to it."""
    wrong = (COMMIT, None, "commitment")

    def to(key: str, value: Any) -> Files:
        return recommitted(lambda body: body.__setitem__(key, value))

    def row(**changes: Any) -> Files:
        return recommitted(lambda body: body["roster"][0].update(changes))

    def rule(key: str, value: Any) -> Files:
        return recommitted(lambda body: body["sheet"].__setitem__(key, value))

    depth = [["recall", 1, 2], ["recall", 1, 2]]
    yield case("commit: a line feed", edited(COMMIT, '"v":', '"v": '), wrong)
    yield case("commit: behind it a line feed", bytes_of(COMMIT, lambda b: b + b"\n"), wrong)
    yield case("commit: byte order mark", bytes_of(COMMIT, lambda b: b"\xef\xbb\xbf" + b), wrong)
    yield case(
        "commit: not UTF-8", bytes_of(COMMIT, lambda b: b + b"\xc3"), (COMMIT, None, "utf-8")
    )
    yield case("commit: empty", files() | {COMMIT: ""}, wrong)
    yield case("commit: a list", files() | {COMMIT: "[]"}, wrong)
    yield case("commit: a foreign version", to("v", "examrunner-draw/2"), (COMMIT, None, "version"))
    yield case("commit: a version that is no text", to("v", 1), (COMMIT, None, "version"))
    yield case("commit: no version", recommitted(lambda body: body.pop("v")), wrong)
    yield case("commit: another key", to("x", 1), wrong)
    yield case("commit: session with a space", to("session", "a b"), wrong)
    yield case("commit: no words for P", to("public", " "), wrong)
    yield case("commit: words not NFC", to("public", "e\u0301"), wrong)
    yield case("commit: no roster", recommitted(lambda body: body.pop("roster")), wrong)
    yield case("commit: roster is an object", to("roster", {}), wrong)
    yield case("commit: a student twice", row(s="bob"), wrong)
    yield case("commit: a student with a space", row(s="a b"), wrong)
    yield case("commit: a student is a number", row(s=1), wrong)
    yield case("commit: a list unsorted", row(p=["clip", "bert"]), wrong)
    yield case("commit: a list is null", row(p=None), wrong)
    yield case("commit: a paper is no id", row(p=["\u00e9"]), wrong)
    yield case("commit: a row with another key", row(x=1), wrong)
    yield case("commit: h below nought", to("h", -1), wrong)
    yield case("commit: h is true", to("h", bool(1)), wrong)
    yield case("commit: h is too large", to("h", 10**100), wrong)
    yield case("commit: n is null", to("n", None), wrong)
    yield case("commit: why is empty", to("why", ""), wrong)
    yield case("commit: banks is a list", to("banks", []), wrong)
    yield case("commit: a bank is no hash", to("banks", {"bert": "x"}), wrong)
    yield case("commit: sheet is null", to("sheet", None), wrong)
    yield case("commit: sheet with another key", rule("x", 1), wrong)
    yield case("commit: a kind twice", rule("depth", depth), wrong)
    yield case("commit: a kind without bounds", rule("depth", [["recall"]]), wrong)
    yield case("commit: depth is an object", rule("depth", {}), wrong)
    yield case("commit: a bound is a text", rule("tmax", "300"), wrong)
    first = place("draw")
    chained = (LOG, first + 1, "derived")
    yield case("another h, chained anew", to("h", 2), chained)
    yield case("a huge h, chained anew", to("h", 10**99), chained)
    yield case("another h", edited(COMMIT, '"h":3', '"h":4'), (LOG, 1, "chain"))
    empty = row(p=[])
    yield case("a list emptied, chained anew", empty, (LOG, first + 1, "order"))
    milder = rule("nmin", 0)
    yield case("another sheet rule, chained anew", milder, chained)


def other_files() -> Iterator[Case]:
    """Change the secret and the banks, or take a file away."""
    secret, bank = (SECRET, None, "secret"), (BANKS, None, "bank")
    for name in (COMMIT, LOG, SECRET, BANKS):
        yield case(f"no {name}", files() | {name: None}, (name, None, "file"))
        flipped = bytes_of(name, lambda data: bytes([data[0] ^ 1]) + data[1:])
        rule = {COMMIT: "commitment", LOG: "json", SECRET: "secret", BANKS: "banks"}[name]
        yield case(f"a bit of {name}", flipped, (name, 1 if name == LOG else None, rule))
    yield case(
        "two files gone",
        files() | {LOG: None, BANKS: None},
        (LOG, None, "file"),
        (BANKS, None, "file"),
    )
    for text in ("", "\n", "0" * 64 + "\n", vectors.SECRET, f"{vectors.SECRET}\n\n",
                 f"{vectors.SECRET} \n",
                 f"{vectors.SECRET.upper()}\n", f"{vectors.SECRET}\r\n"):  # fmt: skip
        yield case(f"secret {text[-4:]!r} {len(text)}", files() | {SECRET: text}, secret)
    for text in ("", "null", "[]", files()[BANKS] + "\n", "{} "):
        yield case(f"banks {text[-4:]!r}", files() | {BANKS: text}, (BANKS, None, "banks"))
    yield case("a bank's seconds", edited(BANKS, '"sec":40', '"sec":41'), bank)
    yield case("a bank's group", edited(BANKS, '"group":"a.q2"', '"group":null'), bank)
    yield case("a bank's text", edited(BANKS, '"text":"', '"text":"0'), bank)
    late = next(key for key in proofs.rich_banks() if key not in proofs.BY_PAPER)
    banks = proofs.rich_banks()
    one = {**banks, late: banks["bert"]}
    yield case("another late bank", files() | {BANKS: canonical(one)}, bank)
    for name, changed in {
        "a bank missing": {key: value for key, value in banks.items() if key != "glide"},
        "an extra bank": {**banks, "other": banks["bert"]},
        "a bank is null": {**banks, "bert": None},
        "a bank in another order": {**banks, "bert": banks["bert"][::-1]},
    }.items():
        yield case(name, files() | {BANKS: canonical(changed)}, bank)
    without = {key: value for key, value in banks.items() if key != late}
    where = place("sheet", 5) + 1
    yield case(
        "the late bank missing", files() | {BANKS: canonical(without)}, (LOG, where, "sheet")
    )
    for name, shape in {
        "numbers": [1, 2],
        "text": "q1",
        "nothing": {},
        "no text": "",
        "no sec": [{"depth": "a", "group": None, "id": "q1"}],
        "sec below nought": [{"depth": "a", "group": None, "id": "q1", "sec": -1}],
        "sec beyond 30 years": [{"depth": "a", "group": None, "id": "q1", "sec": 10**9 + 1}],
        "group a number": [{"depth": "a", "group": 1, "id": "q1", "sec": 1}],
        "an id twice": [{"depth": "a", "group": None, "id": "q1", "sec": 1}] * 2,
    }.items():
        text = canonical({**banks, sha256(canonical(shape)): shape})
        yield case(f"a bank of {name} with its hash", files() | {BANKS: text}, bank)
