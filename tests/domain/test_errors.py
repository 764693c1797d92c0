"""What can go wrong in a way that a person can act on."""

from __future__ import annotations

import pytest

from examrunner.domain.errors import Environment, ExamError, Refused, WrongUsage
from examrunner.domain.problems import BadInput, error

CODES: list[tuple[type[ExamError], int]] = [
    (ExamError, 1),
    (WrongUsage, 2),
    (Refused, 3),
    (Environment, 4),
]


@pytest.mark.parametrize(("kind", "code"), CODES)
def test_each_failure_has_its_exit_code(kind: type[ExamError], code: int) -> None:
    """Scripts may rely on these numbers."""
    assert kind("words").exit_code == code
    assert issubclass(kind, ExamError)


def test_a_message_stands_alone_or_with_what_to_do() -> None:
    """The hint follows on a line of its own, where there is one."""
    assert str(Refused("Another student is with you.")) == "Another student is with you."
    failure = Refused("Another student is with you.", "Finish that attempt first.")
    assert str(failure) == "Another student is with you.\n  Finish that attempt first."
    assert failure.message == "Another student is with you."
    assert failure.hint == "Finish that attempt first."


def test_unusable_files_are_problems_found() -> None:
    """Bad input is told with all its problems and exit code 1."""
    failure = BadInput([error("one"), error("two")])
    assert failure.exit_code == 1
    assert [problem.text for problem in failure.problems] == ["one", "two"]
    assert str(failure) == "error: one\nerror: two"
