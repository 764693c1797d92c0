"""The facts of the published test vectors of examrunner-draw/1, for the tests beside it."""

from __future__ import annotations

from dataclasses import replace

from examrunner.domain.draw.commitment import Commitment, bank_hash, secret_hash
from examrunner.domain.draw.log import DrawLog
from examrunner.domain.draw.sheets import Item, SheetRule

SECRET = "".join(f"{byte:02x}" for byte in range(32))
PUBLIC = "4 2 6 1 1 3"
RULE = SheetRule(
    depth=(("recall", 1, 2), ("explain", 1, 2), ("apply", 1, 2), ("critique", 0, 1)),
    nmin=3,
    nmax=6,
    tmin=240,
    tmax=300,
)
BANK = (
    Item("q1", "recall", 40),
    Item("q2", "explain", 60, "g1"),
    Item("q3", "explain", 70, "g1"),
    Item("q4", "apply", 80),
    Item("q5", "critique", 90),
    Item("q6", "recall", 30),
    Item("q7", "apply", 75),
    Item("q8", "explain", 65),
)
COMMIT_HASH = "573f3a26c711fb15337ed63a0e0c1913e0e051bc55dd1db04705ea85e9ec066f"
KEY = "be56a6c38edeeff7e148091b7c15551bcf310485f0a1478da5de193c7767691b"
ROSTER = (
    ("ann", ("attention", "bert", "clip", "dalle")),
    ("bob", ("bert", "clip", "dalle", "vqvae")),
    ("cho", ("attention", "clip", "glide", "vqvae")),
    ("dee", ("attention", "bert", "dalle", "glide", "vqvae")),
)


def plain(items: tuple[Item, ...]) -> list[dict[str, object]]:
    """Return items as the plain data of a canonical bank without words."""
    return [
        {"depth": item.depth, "group": item.group, "id": item.id, "sec": item.sec} for item in items
    ]


def commitment(**changes: object) -> Commitment:
    """Return the commitment of vector V4, with changes."""
    made = Commitment(
        session="cs496-demo",
        roster=ROSTER,
        banks={"vqvae": bank_hash(plain(BANK))},
        h=3,
        public="six dice rolled at 09:00",
        secret_sha256=secret_hash(SECRET),
        sheet=RULE,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def started() -> DrawLog:
    """Return the log of vector V4 after its start line."""
    log = DrawLog(commitment(), SECRET)
    log.start(PUBLIC)
    return log


def golden_lists() -> list[tuple[str, ...]]:
    """Return the lists of the 24 students of vector V5, in exam order."""
    return [
        tuple(
            sorted(
                {f"c{c:02}" for c in range(24) if (7 * i + 5 * c) % 24 < 15}
                | {f"r{(11 * i + 28 * m) % 140:03}" for m in range(5)}
            )
        )
        for i in range(24)
    ]
