"""Whatever goes wrong on the way to Canvas is one message; the token is in none of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from examrunner.main import main
from examrunner.storage.live.access import Access, read_access
from tests.classes import write_session
from tests.lms.canvas_server import TOKEN, Fault, Recorded

Captured = pytest.CaptureFixture[str]
LIMIT = b"403 Forbidden (Rate Limit Exceeded)"
FIXTURES = Path(__file__).parents[3] / "shared" / "fixtures"
SHAPES = FIXTURES / "canvas-api-canvasapi" / "submission.json"


def courses(*words: str) -> int:
    """Ask for the courses."""
    return main(["canvas", "courses", *words])


def said(capsys: Captured) -> str:
    """Return what was said on stderr, and see that stdout holds nothing."""
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    assert TOKEN not in told.err
    return told.err


# --- address and token ---------------------------------------------------------------------


def test_without_the_optional_part_it_is_told_how_to_get_it(
    canvas: Recorded, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """Without canvasapi one message names the command that installs it."""
    for name in [one for one in sys.modules if one.startswith("examrunner.storage.live.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "canvasapi", None)
    assert courses() == 4
    assert "pip install 'examrunner[canvas]'" in said(capsys)


def test_no_token(canvas: Recorded, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """Without a token it is told where to make one and where to put it; nobody is asked."""
    monkeypatch.delenv("CANVAS_API_TOKEN")
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert courses() == 4
    assert "CANVAS_API_TOKEN" in said(capsys)
    assert canvas.asked == []


def test_a_token_from_the_keyring(canvas: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one in the environment the keyring's token for this host is taken."""
    kept = {("examrunner-canvas", canvas.url.partition("://")[2]): TOKEN}
    ring = SimpleNamespace(get_password=lambda *key: kept.get(key))
    monkeypatch.delenv("CANVAS_API_TOKEN")
    monkeypatch.setitem(sys.modules, "keyring", ring)
    assert courses() == 0
    assert canvas.asked[0].is_known


def test_a_locked_keyring_is_none(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """A keyring that fails is as if there were no token in it."""

    def locked(*_: str) -> str:
        raise RuntimeError("locked")

    monkeypatch.delenv("CANVAS_API_TOKEN", raising=False)
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=locked))
    assert courses("--url", "https://canvas.example.edu") == 4
    assert "There is no token" in said(capsys)


def test_a_netrc_does_not_take_the_tokens_place(
    canvas: Recorded, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A password that the machine keeps for the host is not sent in the token's place."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert courses() == 0
    assert all(one.is_known for one in canvas.asked)


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "naïve"])
def test_a_token_that_is_none_is_not_repeated(
    canvas: Recorded, monkeypatch: pytest.MonkeyPatch, capsys: Captured, token: str
) -> None:
    """A token with letters that no token has is refused before it is sent, without being shown."""
    monkeypatch.setenv("CANVAS_API_TOKEN", token)
    assert courses() == 4
    assert token not in said(capsys)
    assert canvas.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://canvas.example.edu",
        "ftp://canvas.example.edu",
        "https://name:word@canvas.example.edu",
        "https://",
        "https://a b",
        "https://host:port",
        "https://[::1",
    ],
)
def test_an_address_that_could_give_the_token_away_is_refused(
    canvas: Recorded, capsys: Captured, url: str
) -> None:
    """Only https goes, but for this machine itself; the address holds no name or password."""
    assert courses("--url", url) == 2
    assert "https://" in said(capsys)


def test_no_address(canvas: Recorded, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """Without an address it is told where to say it."""
    monkeypatch.delenv("CANVAS_API_URL")
    assert courses() == 2
    assert "--url" in said(capsys)


@pytest.mark.parametrize(
    "url",
    [
        "https://Canvas.Example.edu/courses/42/grades?x=1",
        "canvas.example.edu",
        "https://canvas.example.edu/api/v1/",
    ],
)
def test_any_page_of_canvas_is_its_address(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Of an address only scheme and host count; the token does not show in what is printed."""
    monkeypatch.setenv("CANVAS_API_TOKEN", TOKEN)
    assert read_access(url) == Access("https://canvas.example.edu", TOKEN)
    assert TOKEN not in repr(read_access(url))


# --- what Canvas answers -------------------------------------------------------------------


def test_a_wrong_token(canvas: Recorded, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """A token that Canvas does not know is a refusal, asked once."""
    monkeypatch.setenv("CANVAS_API_TOKEN", "other")
    assert courses() == 3
    assert "does not know this token" in said(capsys)
    assert len(canvas.asked) == 1


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (Fault("", 401, b'{"errors": []}', times=9), 3, "does not let this token use"),
        (Fault("", 403, b"{}", times=9), 3, "does not let this token use"),
        (Fault("", 404, times=9), 2, "or does not show it"),
        (Fault("", 200, b"<html>Log in</html>", times=9), 4, "does not answer as Canvas does"),
        (Fault("", 200, b"[1, 2]", times=9), 4, "does not answer as Canvas does"),
        (Fault("", 401, b"<html>", times=9), 4, "does not answer as Canvas does"),
        (Fault("", 400, f"bad {TOKEN}\x1b[31m".encode(), times=9), 3, "Canvas refuses this"),
        (Fault("", 503, b"", times=9), 4, "trouble of its own"),
        (Fault("", 403, LIMIT, times=9), 4, "less haste"),
        (Fault("", 429, b"", times=9), 4, "less haste"),
        (Fault("", 0, is_lost=True, times=9), 4, "was lost"),
    ],
)
def test_each_answer_is_one_message(
    canvas: Recorded, capsys: Captured, fault: Fault, code: int, words: str
) -> None:
    """Refusals, other programs' answers and lost connections each end in one message and a code."""
    canvas.faults = [fault]
    assert courses() == code
    told = capsys.readouterr()
    assert words in told.err
    assert "Traceback" not in told.err
    assert len(told.err.splitlines()) <= 2
    assert TOKEN not in told.err
    assert "\x1b" not in told.err


def test_a_course_that_is_not_there(canvas: Recorded, capsys: Captured) -> None:
    """A course that Canvas does not have or show is wrong usage; no id at all is not even asked."""
    assert courses("--course", "43") == 2
    assert "no course 43" in said(capsys)
    before = len(canvas.asked)
    assert courses("--course", "CS 496") == 2
    assert "no id of a Canvas course" in said(capsys)
    assert len(canvas.asked) == before


def test_nobody_at_the_address(canvas: Recorded, capsys: Captured, naps: list[float]) -> None:
    """Offline it is told at once; the rest of the program does not need it."""
    canvas.close()
    assert courses() == 4
    assert "cannot be reached" in said(capsys)
    assert naps == []


def test_nothing_is_half_written(canvas: Recorded, tmp_path: Path, capsys: Captured) -> None:
    """When Canvas fails on the second page the session's files are as they were."""
    folder = write_session(tmp_path / "small")
    before = {one: one.read_bytes() for one in folder.iterdir()}
    for errand in ("roster", "reviews"):
        canvas.most = 2
        canvas.faults = [Fault("submissions" if errand == "reviews" else "search_users", 403)]
        words = ["--assignment", "21"] if errand == "reviews" else []
        assert main(["canvas", errand, str(folder), "--course", "42", "--yes", *words]) == 3
        assert "does not let this token" in said(capsys)
    assert {one: one.read_bytes() for one in folder.iterdir()} == before


# --- patience ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        (Fault("", 403, LIMIT, times=2), [1.0, 2.0]),
        (Fault("", 429, b"", {"Retry-After": "7"}, times=2), [7.0, 7.0]),
        (Fault("", 429, b"", {"Retry-After": "9999"}), [30.0]),
        (Fault("", 502, b"<html>", times=3), [1.0, 2.0, 4.0]),
        (Fault("", 0, is_lost=True, times=2), [1.0, 2.0]),
    ],
)
def test_a_passing_fault_is_waited_out(
    canvas: Recorded, capsys: Captured, naps: list[float], fault: Fault, waited: list[float]
) -> None:
    """Too much haste, a server's fault and a lost connection are tried again, ever later."""
    canvas.faults = [fault]
    assert courses() == 0
    assert "Deep Learning" in capsys.readouterr().out
    assert naps == waited


def test_little_left_to_ask_means_going_slowly(canvas: Recorded, naps: list[float]) -> None:
    """When Canvas says that little is left, each request is followed by a breath."""
    canvas.headers = {"X-Rate-Limit-Remaining": "12.5"}
    assert courses() == 0
    assert naps == [1.0]


def test_scores_are_sent_again_only_where_they_did_not_arrive(
    canvas: Recorded, session: Path, naps: list[float]
) -> None:
    """Too much haste is waited out, since nothing was taken; a server's fault is not."""
    words = ["canvas", "scores", str(session), "--course", "42", "--yes"]
    canvas.faults = [Fault("update_grades", 403, LIMIT)]
    assert main(words) == 0
    assert len(canvas.posts()) == 2
    canvas.faults = [Fault("update_grades", 502, b"<html>")]
    assert main([*words, "--force"]) == 4
    assert len(canvas.posts()) == 3


def test_pages_that_lead_elsewhere_are_not_followed(canvas: Recorded, capsys: Captured) -> None:
    """A next page on another host ends the command: the token goes nowhere else."""
    link = {"Link": '<https://elsewhere.example.edu/api/v1/courses?page=2>; rel="next"'}
    canvas.faults = [Fault("", 200, b"[]", link)]
    assert courses() == 4
    assert "does not answer as Canvas does" in said(capsys)


def test_another_host_is_not_told_the_token(canvas: Recorded, capsys: Captured) -> None:
    """A redirect to another host is followed without the token."""
    other = Recorded()
    try:
        place = other.url.replace("127.0.0.1", "localhost")
        canvas.faults = [Fault("", 302, b"", {"Location": f"{place}/api/v1/courses?per_page=9"})]
        assert courses() == 3
        assert [one.is_known for one in other.asked] == [False]
    finally:
        other.close()


# --- shapes recorded by others -------------------------------------------------------------


@pytest.mark.skipif(not SHAPES.exists(), reason="the shared fixtures are not beside the checkout")
def test_shapes_recorded_by_others(canvas: Recorded) -> None:
    """Submissions as canvasapi's own tests record them are understood, attachments included."""
    from examrunner.storage.live.connection import Connection
    from examrunner.storage.live.course import Live
    from examrunner.storage.live.shapes import Assignment

    shapes = json.loads(SHAPES.read_text(encoding="utf-8"))
    listed = [
        *shapes["list_submissions"]["data"],
        shapes["get_by_id_with_attachments"]["data"],
        shapes["edit"]["data"],
    ]
    with Connection(read_access()) as connection:
        live = Live(connection, "42")
        body = json.dumps(listed).encode()
        canvas.faults = [Fault("students/submissions", 200, body)]
        found = live.submissions([Assignment("1", "Paper")])
    assert [(one.user, one.assignment) for one in found] == [
        ("1", "1"), ("2", "1"), ("1", "1"), ("1", "1"),
    ]  # fmt: skip
    assert found[2].files == ("attachment.jpeg",)
    assert (found[3].is_excused, found[3].cell) == (True, "EX")
