"""Hostile texts: a small set of our own, and the corpora where they lie beside the checkout."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from examrunner.domain.text import bad_character, is_blank, tidy
from examrunner.storage.readers.tables import MAX_LENGTH

CORPORA = Path(__file__).parents[1].parent / "shared" / "fixtures" / "hostile"
ABSENT = "the hostile corpora do not lie beside this checkout"

SHOWN = {
    "markup": "[bold]Bob[/bold] [red",
    "closing tag": "Ann [/] Lee [/red]",
    "action link": "[@click=app.quit]x[/] [link=http://example.invalid]y[/link]",
    "upper-case tag": "attn[0] [x] [CS496] [$error]",
    "escaped tag": "\\[bold]Ann \\[/]",
    "emoji code": "Ann :smile: Lee",
    "template": "$name ${name} {0} {x!r} {{y}} %s %(z)s $$",
    "joined emoji": "Ann \U0001f469\u200d\U0001f4bb \U0001f468\u200d\U0001f469\u200d\U0001f467 B",
    "emoji style": "\u2764\ufe0f \U0001f44d\U0001f3fd 1\ufe0f\u20e3",
    "flag": "\U0001f1e9\U0001f1ea Ann",
    "wide": "\u738b\u5c0f\u660e \ud55c\uad6d",
    "right to left": "\u0644\u064a\u0644\u0649 \u05d3\u05e0\u05d4",
    "non-joiner": "\u0646\u06cc\u0645\u200c\u0641\u0627\u0635\u0644\u0647",
    "combining flood": "q" + "\u0301\u0302" * 60 + "oe",
    "combining first": "\u0301Ann",
    "soft hyphen": "Schmet\u00adterling",
    "long": "".join(f"Wolf{n}" for n in range(70)),
    "long wide": "".join(map(chr, range(0x4E00, 0x4E00 + 400))),
    "formula": "=1+1",
    "formula at": "@SUM(1,1)",
    "formula minus": "-2+3",
    "full-width formula": "\uff1d1+1",
    "unseen formula": "\u200d=1+1",
    "split formula": "Ann;=1+1;+cmd",
    "command": "=cmd|'/C calc'!A0",
    "quotes": "\"Ann\" 'Bob', O\u2019Brien",
    "query": "x'); DROP TABLE student;--",
    "word": "null",
    "number": "1E5",
    "path": "../../etc/passwd",
    "option": "--help",
    "one letter": "O",
    "markup of pages": "<script>alert(1)</script>&amp;",
    "yaml": "- a: b # c",
    "markdown": "**x** [y](http://example.invalid) `z`",
}
"""What is let in, by its class: shown letter by letter."""
REFUSED = {
    "colour": "Ann\x1b[31m Lee",
    "title": "Ann\x1b]0;owned\x07",
    "clipboard": "Ann\x1b]52;c;eA==\x1b\\",
    "main screen": "Ann\x1b[?1049l",
    "one byte control": "Ann\x9b31m\x9d0;x\x9c",
    "bell": "Ann\x07",
    "backspace": "Ann\b\bBob",
    "carriage return": "Ann\rBob",
    "line feed": "Ann\nBob",
    "tab": "Ann\tBob",
    "delete": "Ann\x7f",
    "NUL": "Ann\0Bob",
    "next line": "Ann\x85Bob",
    "line separator": "Ann\u2028Bob",
    "override": "Ann\u202enoB",
    "isolate": "Ann\u2066Bob",
    "mark": "Ann\u200fBob",
    "zero width space": "An\u200bn",
    "byte order mark": "An\ufeffn",
    "tags": "Ann\U000e0041\U000e0042",
    "noncharacter": "Ann\ufffe",
    "surrogate": "Ann\ud800",
    "unseen": "\u200c\u200d\u00ad",
    "marks only": "\u0301\u0302\u0323",
    "fillers": "\u3164\u115f\u2800",
    "too long": "N" * 20_000,
    "empty": "   ",
}
"""What never gets in as a name or a title."""


def corpus(name: str) -> Any:
    """Return what a JSON corpus holds; nothing where it is absent."""
    path = CORPORA / name
    return json.loads(path.read_text("utf-8")) if path.exists() else []


def content(case: dict[str, Any]) -> bytes:
    """Return the bytes of a case: given as text, as base64 or as a recipe."""
    for key in ("yaml", "csv"):
        if key in case:
            return str(case[key]).encode("utf-8", "surrogatepass")
    if "b64" in case:
        return base64.b64decode(case["b64"])
    made = case["gen"]
    times = made["times"]
    if "unit_indent" in made:
        return "".join(f"{' ' * n}{made['unit_indent']}\n" for n in range(times)).encode()
    if "unit_indexed" in made:
        body = "".join(made["unit_indexed"].replace("%d", str(n)) for n in range(times))
    else:
        body = made["unit"] * times + made.get("close", "") * times
    return f"{made.get('prefix', '')}{body}{made.get('suffix', '')}".encode()


def texts() -> list[str]:
    """Return every single hostile text there is, each once: ours, and those of the corpora."""
    found = [*SHOWN.values(), *REFUSED.values()]
    found += [str(case["value"]) for case in corpus("names.json")]
    ids = corpus("ids.json")
    found += [str(case["value"]) for case in (ids["values"] if ids else [])]
    found += corpus("blns.json")
    payloads = CORPORA / "csv_injection_payloads.txt"
    found += payloads.read_text("utf-8").splitlines() if payloads.exists() else []
    found += [text for case in corpus("bank_yaml.json") if (text := str(case.get("yaml", "")))]
    return list(dict.fromkeys(found))


def kept(text: str) -> str | None:
    """Return a text as it must arrive from a file; None where it must be refused."""
    if bad_character(text) is not None or is_blank(text) or len(text) > MAX_LENGTH:
        return None
    return tidy(text)


def let_in() -> list[str]:
    """Return the texts that must arrive, as they must arrive."""
    return list(dict.fromkeys(found for text in texts() if (found := kept(text)) is not None))


def refused() -> list[str]:
    """Return the texts that must be refused."""
    return [text for text in texts() if kept(text) is None]
