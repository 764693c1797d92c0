"""The public log: the published lines, and what each kind of line demands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from examrunner.domain.draw.log import DrawLog
from examrunner.domain.draw.odds import W
from examrunner.domain.errors import Refused
from examrunner.domain.problems import BadInput
from tests.domain.draw.vectors import (
    BANK,
    COMMIT_HASH,
    KEY,
    PUBLIC,
    SECRET,
    commitment,
    started,
)

if TYPE_CHECKING:
    from collections.abc import Callable

DRAWS = [
    (
        ("ann", 1, "-"),
        672053539,
        [268435456, 268435456, 268435456, 268435456],
        "clip",
        "fa64c3fb6a113e2994ffce506342db085f9c7c2a738e2fbba57285eefaf9635f",
    ),
    (
        ("bob", 1, "17"),
        587972659,
        [392194659, 1743088, 392194660, 287609417],
        "dalle",
        "c94ed672824fda39e248065f575e99cb42212514615ef6185d6435d412697766",
    ),
    (
        ("dee", 1, "-"),
        389176022,
        [248185808, 395464761, 5525949, 182873754, 241691552],
        "bert",
        "087e061d7acf56ef3983def073db0f1bc14d2fa0ed1ae2a3a0f9b374d684fd3e",
    ),
    (
        ("cho", 1, "-"),
        98711693,
        [392449010, 5852941, 247076672, 428363201],
        "attention",
        "83a9263981a255be8fa6b39b1a66f8784fb5abf05cddd317e5c1ce7930d66da6",
    ),
    (
        ("cho", 2, "-"),
        576950940,
        [25959379, 317598854, 730183591],
        "vqvae",
        "a205c862e1978c444b16b935a53dca3606356924a29b275c3f5425b4602ab1ff",
    ),
    (
        ("eve", 1, "-"),
        216036428,
        [164221919, 228924534, 680595371],
        "bert",
        "28a26b8484a3e69e7f0cfb71171c2b756080106a316d8dba18545039bd2050cf",
    ),
]
HEAD_AFTER_START = "67319304ef3f3238c0f682b69df3d78b97673b4e9eed56d0a9fdf0c022c09036"
HEAD_AFTER_VOID = "4921ea9d54ef4b254b742c29bc301998283c445b489673cd5732ee2266484275"
HEAD_AFTER_ADD = "5cb15dcbe20fa658914b9709feca3b5f474a9668d2f89b690c2e3d1b02682859"


def published() -> DrawLog:
    """Return the log of vector V4 with all nine lines, checking each on the way."""
    log = DrawLog(commitment(), SECRET)
    assert log.start(PUBLIC).head == HEAD_AFTER_START
    for (student, attempt, nonce), ticket, odds, paper, head in DRAWS:
        if (student, attempt) == ("cho", 2):
            made = log.void(4, ["attention"], "examiner co-authored this paper")
            assert (made.n, made.head) == (5, HEAD_AFTER_VOID)
        if student == "eve":
            made = log.add("eve", ["attention", "bert", "clip"], "late registration")
            assert (made.n, made.head) == (7, HEAD_AFTER_ADD)
        drawn = log.draw(student, attempt, nonce)
        assert (drawn.ticket, list(drawn.odds.values()), drawn.paper) == (ticket, odds, paper)
        assert drawn.head == log.head == head
    return log


def test_log_matches_v4() -> None:
    """Every line of the published session comes out with its ticket, odds, paper and head."""
    log = published()
    assert len(log.lines) == 9
    assert log.key == KEY


def test_the_start_line_matches_v4_byte_for_byte() -> None:
    """Line 0 holds exactly the published keys."""
    expected = f'{{"e":"start","n":0,"prev":"{COMMIT_HASH}","public":"4 2 6 1 1 3"}}'
    assert started().lines == (expected,)


def test_a_draw_tells_all_that_a_receipt_shows() -> None:
    """A draw names its line, student, attempt, nonce, position, odds, ticket, paper and head."""
    log = started()
    drawn = log.draw("bob", 1, "17")
    assert (drawn.n, drawn.student, drawn.attempt, drawn.nonce, drawn.position) == (
        1,
        "bob",
        1,
        "17",
        1,
    )
    assert list(drawn.odds) == ["bert", "clip", "dalle", "vqvae"]
    assert sum(drawn.odds.values()) == W
    assert json.loads(drawn.line)["paper"] == drawn.paper
    assert drawn.head == log.head
    assert log.draws == (drawn,)


def test_there_is_no_key_before_the_start() -> None:
    """K and P are None until the public value is fixed."""
    log = DrawLog(commitment(), SECRET)
    assert (log.key, log.public, log.head) == (None, None, COMMIT_HASH)


def test_another_secret_is_refused() -> None:
    """A secret that was not committed to opens no log."""
    with pytest.raises(BadInput):
        DrawLog(commitment(), "0" * 64)


def test_odds_before_a_draw_are_those_of_the_draw() -> None:
    """The odds that are shown before a draw are the odds that the draw then has."""
    log = started()
    log.draw("ann", 1)
    shown = log.odds("bob")
    assert log.draw("bob", 1).odds == shown


REFUSED: list[tuple[str, Callable[[DrawLog], object]]] = [
    ("has already started", lambda log: log.start(PUBLIC)),
    ("is not in the draw", lambda log: log.draw("zoe", 1)),
    ("attempt 1 or a later one", lambda log: log.draw("ann", 0)),
    ("must be 1 to 32", lambda log: log.draw("ann", 1, "")),
    ("must be 1 to 32", lambda log: log.draw("ann", 1, "a b")),
    ("must be 1 to 32", lambda log: log.draw("ann", 1, "7\n")),
    ("must be 1 to 32", lambda log: log.draw("ann", 1, "1" * 33)),
    ("is not a draw", lambda log: log.void(0, [], "other")),
    ("is not a draw", lambda log: log.sheet(7, BANK)),
    ("reason must be given", lambda log: log.absent("ann", "")),
    ("reason must be given", lambda log: log.absent("ann", "a\nb")),
    ("is not in the draw", lambda log: log.absent("zoe", "other")),
    ("is already in the draw", lambda log: log.add("ann", ["bert"], "late")),
    ("cannot be the key", lambda log: log.add("a b", ["bert"], "late")),
    ("cannot be the id", lambda log: log.add("zoe", ["a b"], "late")),
    ("reason must be given", lambda log: log.add("zoe", ["bert"], "\u202e")),
    ("is not in the draw", lambda log: log.list("zoe", ["bert"], "other")),
    ("cannot be the id", lambda log: log.list("ann", [""], "other")),
]


@pytest.mark.parametrize(("message", "act"), REFUSED)
def test_refusals_change_nothing(message: str, act: Callable[[DrawLog], object]) -> None:
    """What a rule of the log forbids raises Refused and leaves no line."""
    log = started()
    with pytest.raises(Refused, match=message):
        act(log)
    assert len(log.lines) == 1


def test_no_draw_before_the_start() -> None:
    """Without P there is no draw."""
    log = DrawLog(commitment(), SECRET)
    with pytest.raises(Refused, match="has not started"):
        log.draw("ann", 1)


@pytest.mark.parametrize("public", ["", "  ", "é", "a\tb", "x" * 201])
def test_the_public_value_is_plain_text(public: str) -> None:
    """P must be 1 to 200 printable ASCII characters."""
    with pytest.raises(Refused, match="public value"):
        DrawLog(commitment(), SECRET).start(public)


@pytest.mark.parametrize("public", ["-", "x" * 200, " 4 2 6 "])
def test_the_public_value_is_trimmed(public: str) -> None:
    """P loses the spaces around it; a dash stands for none."""
    log = DrawLog(commitment(), SECRET)
    log.start(public)
    assert log.public == public.strip()


def test_nothing_follows_the_end() -> None:
    """After the end line every kind of line is refused."""
    log = started()
    log.draw("ann", 1)
    log.end()
    acts: list[Callable[[], object]] = [
        lambda: log.draw("bob", 1),
        lambda: log.sheet(1, BANK),
        lambda: log.void(1, [], "other"),
        lambda: log.add("zoe", [], "late"),
        lambda: log.list("bob", [], "other"),
        lambda: log.absent("bob", "other"),
        lambda: log.start(PUBLIC),
        log.end,
    ]
    for act in acts:
        with pytest.raises(Refused):
            act()
    assert log.ended
    assert len(log.lines) == 3


def test_a_standing_draw_is_not_repeated() -> None:
    """A student who was drawn is drawn again only after a void or a changed list."""
    log = started()
    first = log.draw("ann", 1)
    with pytest.raises(Refused, match="already drawn on line 2"):
        log.draw("ann", 2)
    log.void(first.n, [], "interrupted")
    assert log.draw("ann", 2).attempt == 2


def test_an_attempt_number_is_used_once() -> None:
    """Attempt numbers rise, so no ticket comes twice; a gap is an attempt that was not drawn."""
    log = started()
    log.void(log.draw("ann", 2).n, [], "interrupted")
    assert log.next_attempt("ann") == 3
    with pytest.raises(Refused, match="attempt 3 or a later one"):
        log.draw("ann", 2)


def test_a_void_excludes_papers_for_good() -> None:
    """Every paper that was excluded stays away, even after a changed list names it again."""
    log = started()
    log.void(log.draw("ann", 1).n, ["clip", "dalle"], "other")
    assert log.papers("ann") == ("attention", "bert")
    log.list("ann", ["clip", "bert", "vqvae"], "import-error")
    assert log.papers("ann") == ("bert", "vqvae")
    log.void(log.draw("ann", 2).n, ["vqvae"], "other")
    assert log.draw("ann", 3).odds == {"bert": W}


def test_a_draw_is_void_once() -> None:
    """A void draw can neither be void again nor get a sheet."""
    log = started()
    log.void(log.draw("ann", 1).n, [], "other")
    with pytest.raises(Refused, match="is void"):
        log.void(1, [], "other")
    with pytest.raises(Refused, match="is void"):
        log.sheet(1, BANK)
    assert log.voided == {1}


def test_a_void_of_an_earlier_draw_leaves_the_later_one_standing() -> None:
    """Voiding attempt 1 after attempt 2 was drawn does not open attempt 3."""
    log = started()
    log.draw("ann", 1)
    log.list("ann", ["bert", "dalle"], "second-paper")
    log.draw("ann", 2)
    log.void(1, [], "other")
    with pytest.raises(Refused, match="already drawn on line 4"):
        log.draw("ann", 3)


def test_a_list_is_changed_before_each_draw_of_a_student() -> None:
    """A changed list counts from the next draw on, and may come before any of them."""
    log = started()
    log.list("ann", ["bert", "attention", "bert"], "import-error")
    assert list(log.draw("ann", 1).odds) == ["attention", "bert"]
    log.list("ann", ["vqvae"], "second-paper")
    assert log.draw("ann", 2).paper == "vqvae"


def test_a_student_without_papers_is_not_drawn() -> None:
    """An empty list means Refused, and the odds are empty."""
    log = started()
    log.list("ann", [], "not-eligible")
    assert log.odds("ann") == {}
    with pytest.raises(Refused, match="no paper"):
        log.draw("ann", 1)


def test_lists_may_change_before_the_start() -> None:
    """Adding, changing lists and absence need no P."""
    log = DrawLog(commitment(), SECRET)
    log.add("eve", ["bert"], "late")
    log.list("ann", ["bert"], "import-error")
    log.absent("bob", "illness")
    log.start(PUBLIC)
    assert log.draw("ann", 1).paper == "bert"


def test_late_students_take_the_next_positions() -> None:
    """The first and second late student get the first two unused integers."""
    log = started()
    log.add("eve", ["bert"], "late")
    log.add("flo", ["bert"], "late")
    assert (log.position("eve"), log.position("flo")) == (4, 5)
    assert log.students == ("ann", "bob", "cho", "dee", "eve", "flo")


def test_absence_changes_no_odds() -> None:
    """A student who was absent is called later at the odds of everyone else's draws."""
    log, other = started(), started()
    log.absent("bob", "illness")
    for one in (log, other):
        one.draw("ann", 1)
    assert log.odds("bob") == other.odds("bob")


def test_void_draws_still_move_the_odds_of_others() -> None:
    """A paper that was shown stays shown: the neighbours' odds keep counting a void draw."""
    log, other = started(), started()
    for one in (log, other):
        one.draw("ann", 1)
    log.void(1, ["clip"], "other")
    assert log.odds("bob") == other.odds("bob")


def test_own_draws_do_not_move_the_odds() -> None:
    """A student's own earlier draw leaves the next row equal."""
    log = started()
    log.draw("ann", 1)
    log.list("ann", ["attention", "bert"], "second-paper")
    assert log.odds("ann") == {"attention": W // 2, "bert": W // 2}


def test_a_copy_goes_its_own_way() -> None:
    """Lines made on a copy leave the log as it was, and the copy makes the same lines."""
    log = started()
    twin = log.copy()
    first = twin.sheet(twin.draw("ann", 1).n, BANK)
    assert (len(log.lines), log.draws, log.uses()) == (1, (), {})
    log.draw("ann", 1)
    assert log.sheet(1, BANK) == first


def test_the_same_choices_give_the_same_bytes() -> None:
    """Two runs of one session make the same log: nothing but the arguments counts."""
    assert published().lines == published().lines
