"""Changes that nobody thought of, chained anew: three verifiers, one verdict."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.domain.draw.published import Published
from examrunner.domain.draw.verification import verify
from examrunner.domain.plain import canonical, sha256
from tests.domain.draw import proofs
from tests.domain.draw.cases import Case
from tests.domain.draw.proofs import BANKS, COMMIT, LOG, SECRET
from tests.storage.verifiers import by_page, judged, standalone

if TYPE_CHECKING:
    from pathlib import Path

SEED, CHANGES = 20241213, 250
VALUES: list[Any] = [
    None, True, False, 0, 1, 4, 5, -1, 10**15, 10**15 - 1, 2**53, 10**99, 10**100, "", "-", "ann",
    "gus", "clip", "e\u0301", " ", "\U0001fae8", "a\nb", "\x7f", "\\", "x" * 65, [], {}, ["bert"],
    ["clip", "bert"], ["bert", "bert"], [["bert", 2**30]], [["recall", 0, 9]], {"a": 1}, "0" * 64,
]  # fmt: skip
KEYS = ["zz", "why", "bank", "n", "v", "toString", "__proto__", "constructor", "5"]


def changed(value: Any, chance: Random) -> Any:
    """Return plain data with one thing in it changed, left out or put in."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        made, key, what = dict(value), chance.choice(list(value)), chance.random()
        if what < 0.1:
            del made[key]
        elif what < 0.16:
            made[chance.choice(KEYS)] = chance.choice(VALUES)
        else:
            made[key] = changed(value[key], chance)
        return made
    if isinstance(value, list) and value and chance.random() < 0.8:
        items, place, what = list(value), chance.randrange(len(value)), chance.random()
        if what < 0.2:
            items.insert(place, chance.choice(VALUES))
        elif what < 0.4:
            items.append(items.pop(place))
        else:
            items[place] = changed(items[place], chance)
        return items
    if type(value) is int and chance.random() < 0.6:
        return value + chance.choice([-1, 1])
    return chance.choice(VALUES)


def one_case(number: int, chance: Random) -> Case:
    """Return a folder with a change in the log, the commitment or the banks."""
    files, kind = proofs.files(), chance.choice([LOG, LOG, COMMIT, BANKS])
    bodies = proofs.contents()
    if kind == LOG:
        place = chance.randrange(len(bodies))
        body = changed(bodies[place], chance)
        bodies[place] = body if isinstance(body, dict) else {}
    else:
        files[kind] = canonical(changed(json.loads(files[kind]), chance))
    files[LOG] = proofs.chained(bodies, sha256(files[COMMIT]))
    return Case(str(number), files, ())


@pytest.mark.xdist_group("browser")
def test_three_verifiers_agree_on_random_changes(tmp_path: Path) -> None:
    """Package, script and page give one verdict on changes drawn at random, each chained anew."""
    chance = Random(SEED)
    cases = [one_case(number, chance) for number in range(CHANGES)]
    pages = by_page(cases, proofs.files(), tmp_path)
    rules = set()
    for case, page in zip(cases, pages, strict=True):
        files = case.files
        read = Published(files[COMMIT], files[LOG], files[SECRET], files[BANKS])
        package = verify(read).plain()
        assert judged(standalone().check(files)) == judged(package), files
        assert isinstance(page, dict), (page, files)
        assert judged(page) == judged(package), files
        rules |= {one["rule"] for one in package["problems"]}
    assert rules >= {"commitment", "key", "kind", "derived", "bank", "order", "sheet", "json"}
