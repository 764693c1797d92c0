"""What all tests share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.classes import GRADEBOOK, VERDICTS, examine, write_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


settings.register_profile(
    "steady",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
    print_blob=True,
)
settings.load_profile("steady")
"""No law depends on how busy the machine is. In CI the examples are the same each time, so that a
change fails there by what it changed; everywhere else new ones are looked for."""


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests, and the programs they start, out of the user's cache and state."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME"):
            patch.setenv(name, str(home / name))
        yield


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """Return a session in which everyone has been called."""
    folder = write_session(tmp_path / "small")
    examine(folder, VERDICTS)
    return folder


@pytest.fixture
def gradebook(tmp_path: Path) -> Path:
    """Return the class's Canvas export."""
    file = tmp_path / "gradebook.csv"
    file.write_text(GRADEBOOK, encoding="utf-8")
    return file


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the faults that were caused, each with its count and its seed."""
    told = [
        str(words)
        for reports in terminalreporter.stats.values()
        for one in reports
        if isinstance(one, pytest.TestReport) and one.when == "call"
        for name, words in one.user_properties
        if name == "fault"
    ]
    if told:
        terminalreporter.section("faults caused")
        for words in sorted(told):
            terminalreporter.write_line(f"fault {words}")
