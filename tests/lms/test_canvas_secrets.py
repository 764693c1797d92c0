"""What an errand to Canvas shows, keeps and loads: never the token, nowhere else the package."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from examrunner.main import main
from tests.cli.hearing import heard
from tests.lms.canvas_server import TOKEN, Fault, Recorded
from tests.lms.test_canvas_troubles import LIMIT, Captured, courses

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUG = """
import sys
from examrunner.storage.live import connection
def buggy(self, *rest, **more):
    token = self.access.token
    raise RuntimeError(token)
connection.Connection.request = buggy
from examrunner.main import run
sys.argv[:] = ["examrunner", "canvas", "courses"]
run()
"""


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Let every library log all it can."""
    with caplog.at_level(logging.DEBUG):
        yield caplog


def test_the_token_is_nowhere(
    canvas: Recorded,
    session: Path,
    capsys: Captured,
    everything_logged: pytest.LogCaptureFixture,
) -> None:
    """Neither words, data, log records nor any file of the session hold the token."""
    for errand in (["courses"], ["roster", str(session)], ["reviews", str(session)]):
        main(["canvas", *errand, "--course", "42", *(["--preview"] if errand[1:] else [])])
    for more in ([], ["--json"]):
        main(["canvas", "scores", str(session), "--course", "42", "--yes", "--force", *more])
    told = capsys.readouterr()
    assert TOKEN not in told.out + told.err
    assert TOKEN not in everything_logged.text
    assert "Rivera" not in everything_logged.text
    assert not [
        one for one in session.rglob("*") if one.is_file() and TOKEN.encode() in one.read_bytes()
    ]
    assert all(one.is_known for one in canvas.asked)


def test_the_token_is_in_no_crash_report(canvas: Recorded, tmp_path: Path) -> None:
    """A bug with the token in its message and in its variables tells neither terminal nor file."""
    home = {"XDG_STATE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", BUG],
        env={**os.environ, **home},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "This is a bug of examrunner: RuntimeError" in done.stderr
    reports = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert any("crash" in one.name for one in reports)
    assert TOKEN not in done.stdout + done.stderr
    assert not [one for one in reports if TOKEN.encode() in one.read_bytes()]


def test_a_token_is_no_argument(canvas: Recorded, capsys: Captured) -> None:
    """There is no option that takes the token, whatever it might be called."""
    assert courses("--token", TOKEN) == 2
    assert courses("--help") == 0
    assert "--token" not in capsys.readouterr().out


def test_what_takes_long_says_how_far_it_is(
    canvas: Recorded, session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting and the job are told to whoever looks on, the job with how much of it is done."""
    told = heard(monkeypatch)
    canvas.faults = [Fault("search_users", 403, LIMIT)]
    assert main(["canvas", "scores", str(session), "--course", "42", "--yes"]) == 0
    assert ("Canvas enters the scores", 1.0) in told
    assert ("Canvas lets us wait, 1 s", None) in told


def test_the_help_says_how_far_it_is_tested(capsys: Captured) -> None:
    """Each errand says that it was tested against recorded answers only."""
    for errand in ("courses", "roster", "reviews", "scores"):
        assert main(["canvas", errand, "--help"]) == 0
        told = " ".join(capsys.readouterr().out.split())
        assert "not against a live Canvas" in told


def test_no_other_command_loads_it() -> None:
    """Nothing but an errand to Canvas loads canvasapi or requests, not even a look at the help."""
    program = (
        "import sys, json\nfrom examrunner.main import main\n"
        "main(['--help']); main(['canvas', 'scores', '--help']); main(['export', '--help'])\n"
        "import examrunner.services.canvas_scores, examrunner.services.import_reviews\n"
        "import examrunner.tui.app\n"
        "print(json.dumps(sorted({'canvasapi', 'requests', 'keyring'} & set(sys.modules))))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []
