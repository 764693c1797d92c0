"""The program as a whole: which words lead where, and what is loaded on the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examrunner import __version__
from examrunner import main as program
from examrunner.cli.output import Output
from examrunner.cli.parser import COMMANDS
from examrunner.domain.errors import Refused
from examrunner.main import main
from tests.classes import write_session

if TYPE_CHECKING:
    from examrunner.services.ports import Way

Captured = pytest.CaptureFixture[str]
CHECKOUT = Path(__file__).parents[2]


def modules(*words: str) -> set[str]:
    """Return the modules that a fresh program has loaded once it has done this."""
    code = (
        "import sys\n"
        "from examrunner.main import main\n"
        f"main({list(words)!r})\n"
        "print('loaded', *sys.modules, file=sys.stderr)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-S", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=CHECKOUT,
    )
    (line,) = [line for line in ran.stderr.splitlines() if line.startswith("loaded ")]
    return set(line.split())


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let stdin and stdout be a terminal."""
    monkeypatch.setattr(Output, "is_terminal", lambda _: True)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, terminal: None) -> list[Path]:
    """Catch the folders for which the app would be started."""
    folders: list[Path] = []

    def open_session(folder: Path, way: Way) -> int:
        folders.append(folder)
        return 0

    monkeypatch.setattr(program, "_open_session", open_session)
    return folders


# --- what is loaded ------------------------------------------------------------------------


def test_version_loads_next_to_nothing() -> None:
    """--version answers without the modules that cost time."""
    loaded = modules("--version")
    assert not loaded & {"dataclasses", "yaml", "textual", "importlib.metadata", "argparse"}


def test_help_loads_no_world() -> None:
    """The help needs no storage and no app."""
    loaded = modules("--help")
    assert not loaded & {"yaml", "textual", "sqlalchemy", "numpy", "pydantic", "csv"}


def test_the_way_to_the_app_loads_no_reader(tmp_path: Path) -> None:
    """Up to the moment when the app is loaded, `open` needs no YAML, CSV or database."""
    loaded = modules("open", str(write_session(tmp_path / "small")))
    assert not loaded & {"yaml", "textual", "sqlalchemy", "numpy", "pydantic", "csv"}


def test_version_is_one_line(capsys: Captured) -> None:
    """--version prints name and version."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"examrunner {__version__}\n"


# --- the first word ------------------------------------------------------------------------


def test_every_command_has_a_help_text(capsys: Captured) -> None:
    """The help names each command once, and each explains itself."""
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for command in COMMANDS:
        assert f"\n    {command} " in text
        assert main([command, "--help"]) == 0
        assert f"usage: examrunner {command}" in capsys.readouterr().out


def test_a_word_that_is_no_command_is_opened(tmp_path: Path, opened: list[Path]) -> None:
    """`examrunner FOLDER` is `examrunner open FOLDER`."""
    folder = write_session(tmp_path / "small")
    assert main([str(folder)]) == 0
    assert main(["open", str(folder)]) == 0
    assert opened == [folder, folder]


def test_a_mistyped_command_is_recognised(capsys: Captured) -> None:
    """A word that is no folder either is held against the commands."""
    assert main(["chekc"]) == 2
    assert "did you mean the command check?" in capsys.readouterr().err


def test_alone_without_a_terminal_it_prints_help(capsys: Captured) -> None:
    """Without a terminal the bare program explains itself."""
    assert main([]) == 0
    assert "usage: examrunner" in capsys.readouterr().out


def test_alone_on_a_terminal_it_welcomes(terminal: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the bare program opens the welcome."""
    monkeypatch.setattr(program, "_welcome", lambda: 7)
    assert main([]) == 7


# --- which session -------------------------------------------------------------------------


def test_the_only_session_need_not_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: list[Path]
) -> None:
    """With one session below sessions it is the one that is meant."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sessions").mkdir()
    write_session(tmp_path / "sessions" / "only")
    (tmp_path / "sessions" / "notes").mkdir()
    assert main(["open"]) == 0
    assert opened == [Path("sessions", "only")]


def test_of_several_sessions_one_must_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: list[Path], capsys: Captured
) -> None:
    """With several sessions and none named the usage is wrong, and they are listed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sessions").mkdir()
    for name in ("one", "two"):
        write_session(tmp_path / "sessions" / name)
    assert main(["open"]) == 2
    said = capsys.readouterr().err
    assert str(Path("sessions", "one")) in said
    assert str(Path("sessions", "two")) in said
    assert main(["open", "two"]) == 0
    assert opened == [Path("sessions", "two")]


def test_the_folder_one_stands_in_counts_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: list[Path]
) -> None:
    """Inside a session's folder none need be named."""
    monkeypatch.chdir(write_session(tmp_path / "small"))
    assert main(["open"]) == 0
    assert opened == [Path()]


@pytest.mark.parametrize("words", [[], ["nowhere"], ["."]])
def test_no_session_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: list[Path], words: list[str]
) -> None:
    """Where there is no session nothing is opened."""
    monkeypatch.chdir(tmp_path)
    assert main(["open", *words]) == 2
    assert opened == []


def test_the_app_needs_a_terminal(tmp_path: Path, capsys: Captured) -> None:
    """Without a terminal `open` ends with exit code 4 before anything is loaded."""
    assert main(["open", str(write_session(tmp_path / "small"))]) == 4
    assert "needs a terminal" in capsys.readouterr().err


# --- demo ----------------------------------------------------------------------------------


def test_demo_copies_and_opens(tmp_path: Path, opened: list[Path]) -> None:
    """The copy is opened as `open` would, a second time as it stands."""
    folder = tmp_path / "look"
    assert main(["demo", str(folder)]) == 0
    assert main(["demo", str(folder)]) == 0
    assert opened == [folder / "sessions" / "demo"] * 2


def test_demo_may_only_copy(tmp_path: Path, opened: list[Path], capsys: Captured) -> None:
    """--no-open says what to type instead."""
    folder = tmp_path / "look"
    assert main(["demo", str(folder), "--no-open"]) == 0
    assert f"examrunner open {folder / 'sessions' / 'demo'}" in capsys.readouterr().out
    assert opened == []


# --- how it ends ---------------------------------------------------------------------------


def failing(monkeypatch: pytest.MonkeyPatch, failure: BaseException) -> None:
    """Let every command fail in this way."""

    def fail(*_: object) -> int:
        raise failure

    monkeypatch.setattr(program, "_run", fail)


def test_a_refusal_is_told_on_stderr(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """Message and hint go to stderr, without control characters, and the code is the error's."""
    failing(monkeypatch, Refused("No \x1b[2J.", "Do that."))
    assert main(["check"]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "No \u241b[2J.\n  Do that.\n"


def test_a_refusal_as_data(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """With --json the same failure is a document on stdout."""
    failing(monkeypatch, Refused("No.", "Do that."))
    assert main(["check", "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is False
    assert found["problems"][0]["text"] == "No."
    assert found["problems"][0]["rule"] == "refused"


@pytest.mark.parametrize("words", [["--what"], ["plan", "a", "b"], ["export"], ["new"]])
def test_wrong_usage_is_exit_code_2(words: list[str], capsys: Captured) -> None:
    """What argparse finds wrong is told like any other failure, also as data."""
    assert main(words) == 2
    assert "--help" in capsys.readouterr().err
    assert main([*words, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["problems"][0]["rule"] == "usage"


def test_an_interrupt_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """Control-C ends with exit code 130 and no traceback."""
    failing(monkeypatch, KeyboardInterrupt())
    assert main(["check"]) == 130
    assert capsys.readouterr().err == ""


def test_a_reader_that_leaves_is_no_failure(tmp_path: Path) -> None:
    """`examrunner results | head` ends without a traceback."""
    folder = write_session(tmp_path / "small")
    with subprocess.Popen(
        [sys.executable, "-m", "examrunner", "results", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=CHECKOUT,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(30) == 141
        assert process.stderr.read() == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told_of(tmp_path: Path) -> None:
    """Output that cannot be written ends with exit code 4 and one message."""
    folder = write_session(tmp_path / "small")
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "examrunner", "results", str(folder)],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=CHECKOUT,
            check=False,
        )
    assert ran.returncode == 4
    assert ran.stderr == b"The output cannot be written: No space left on device.\n"


def test_a_terminal_without_unicode_still_shows_everything(tmp_path: Path) -> None:
    """Letters that the encoding lacks come out as escapes, not as a traceback."""
    folder = write_session(tmp_path / "small")
    ran = subprocess.run(
        [sys.executable, "-m", "examrunner", "results", str(folder)],
        capture_output=True,
        cwd=CHECKOUT,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert rb"Zo\xeb N\xfa\xf1ez" in ran.stdout


def test_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    """The program starts with umask 077."""
    code = "import os, examrunner.main as m; m.main = lambda _: os.umask(0); m.run()"
    ran = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, check=False)
    assert ran.returncode == 0o077


def test_a_folder_that_may_not_be_entered_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """What the system refuses is an Environment that names the path, not a traceback."""
    folder = write_session(tmp_path / "locked")

    def refused(path: Path, **_: object) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", refused)
    assert main(["check", str(folder)]) == 4
    assert capsys.readouterr().err.startswith(f"{folder}: Permission denied.")
