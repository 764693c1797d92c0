"""What still fits the time left: a suggestion that keeps its laws whatever is open."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.exam.fitting import NEVER_DROPPED, Open, fit

KINDS = st.sampled_from(["opening", "core", "detail", "critique"])
OPEN = st.builds(Open, KINDS, st.integers(0, 120))
CORE, DETAIL, CRITIQUE = Open("core", 90, is_current=True), Open("detail", 60), Open("critique", 75)


@st.composite
def sheets(draw: st.DrawFn) -> list[Open]:
    """Return open questions of which at most one is the current one."""
    listed = draw(st.lists(OPEN, max_size=6))
    place = draw(st.none() | st.integers(0, 5))
    return [replace(one, is_current=number == place) for number, one in enumerate(listed)]


def test_the_usual_sheet() -> None:
    """With time all fit; then the critique goes; detail never goes, and is told to be short."""
    asked = [CORE, DETAIL, CRITIQUE]
    plenty, less, little = (fit(asked, left) for left in (225.0, 224.0, 40.0))
    assert plenty is not None
    assert (plenty.kept, plenty.dropped, plenty.is_short) == ((DETAIL, CRITIQUE), (), False)
    assert less is not None
    assert (less.kept, less.dropped, less.needed) == ((DETAIL,), (CRITIQUE,), 225)
    assert little is not None
    assert (little.kept, little.dropped, little.is_short) == ((DETAIL,), (CRITIQUE,), True)


def test_nothing_is_suggested_without_a_limit_or_without_a_choice() -> None:
    """No limit, time up, nothing open or only the current question: no words."""
    assert fit([CORE, DETAIL], None) is None
    assert fit([CORE, DETAIL], 0) is None
    assert fit([CORE, DETAIL], -3) is None
    assert fit([], 100) is None
    assert fit([CORE], 100) is None


@given(sheets(), st.floats(0.01, 900))
def test_nothing_is_lost_and_the_current_question_stays(asked: list[Open], left: float) -> None:
    """Kept, dropped and current make up the sheet; no detail question is ever dropped."""
    found = fit(asked, left)
    if found is None:
        return
    ahead = [one for one in asked if not one.is_current]
    assert sorted(found.kept + found.dropped, key=repr) == sorted(ahead, key=repr)
    assert not any(one.kind == NEVER_DROPPED or one.is_current for one in found.dropped)
    assert found.needed == sum(one.seconds for one in asked)


@given(sheets(), st.floats(0.01, 900))
def test_what_is_kept_fits_unless_it_is_told_to_be_short(asked: list[Open], left: float) -> None:
    """What stays takes no more than the time left; only what may never go makes it short."""
    found = fit(asked, left)
    if found is None:
        return
    takes = found.needed - sum(one.seconds for one in found.dropped)
    assert (takes > left) is found.is_short
    if found.is_short:
        assert all(one.kind == NEVER_DROPPED for one in found.kept)
    if found.dropped:
        assert found.needed > left


@given(sheets(), st.floats(0.01, 900), st.floats(0, 100))
def test_more_time_never_drops_more(asked: list[Open], left: float, more: float) -> None:
    """With more time left at most as much is dropped, and nothing else."""
    less, rather = fit(asked, left), fit(asked, left + more)
    if less is not None and rather is not None:
        assert set(map(id, rather.dropped)) <= set(map(id, less.dropped))
