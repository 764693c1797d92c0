"""Problems, each with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.problems import BadInput, Problem, Severity, error, has_errors, warning
from tests.strategies import values_of


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (error("no such key"), "error: no such key"),
        (warning("no source", rule="B17"), "warning: no source [B17]"),
        (error("bad", file="a.yaml"), "a.yaml: error: bad"),
        (error("bad", file="a.yaml", line=12), "a.yaml:12: error: bad"),
        (error("bad", file="a.yaml", line=12, column=3), "a.yaml:12:3: error: bad"),
        (error("bad", "quote it", file="a", rule="yaml"), "a: error: bad [yaml]\n    quote it"),
    ],
)
def test_a_problem_reads_as_place_severity_text_rule_and_hint(problem: Problem, text: str) -> None:
    """Editors and people find the place at the front and the advice below."""
    assert str(problem) == text


def test_errors_and_warnings_differ_in_severity_only() -> None:
    """The two ways to make a problem take the same words."""
    one, other = (make("t", "h", file="f", line=1, column=2, rule="r") for make in (error, warning))
    assert one.severity is Severity.ERROR
    assert other == Problem(Severity.WARNING, "t", "h", "f", 1, 2, "r")
    assert (one.text, one.hint, one.rule) == (other.text, other.hint, other.rule)


@given(st.lists(values_of(Problem)))
def test_only_errors_make_the_day_impossible(problems: list[Problem]) -> None:
    """Any number of warnings blocks nothing."""
    severities = {problem.severity for problem in problems}
    assert has_errors(problems) is (Severity.ERROR in severities)


@given(st.lists(values_of(Problem), max_size=4))
def test_bad_input_tells_every_problem(problems: list[Problem]) -> None:
    """Nothing that was found is kept back."""
    failure = BadInput(iter(problems))
    assert failure.problems == tuple(problems)
    assert str(failure) == "\n".join(map(str, problems))
