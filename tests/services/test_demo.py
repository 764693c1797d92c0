"""The demo: the shipped course and session, copied to a folder of one's own."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from examrunner.domain.errors import Environment, Refused
from examrunner.domain.problems import has_errors
from examrunner.services import demo
from examrunner.services.prepare import prepare

CHECKOUT = Path(__file__).parents[2]


def test_the_copy_is_a_session_without_errors(tmp_path: Path) -> None:
    """The copied session finds its course and its banks, and can be examined."""
    folder = demo.copy_demo(tmp_path / "look")
    prepared = prepare(folder)
    assert folder == tmp_path / "look" / "sessions" / "demo"
    assert not has_errors(prepared.problems)
    assert prepared.course is not None
    assert prepared.banks
    assert len(prepared.students) == 24


def test_the_copy_holds_only_what_ships(tmp_path: Path) -> None:
    """Nothing that a live session leaves beside the shipped files is copied."""
    folder = demo.copy_demo(tmp_path / "look")
    names = {file.name for file in folder.iterdir()}
    assert names == {"session.yaml", "roster.csv", "reviews.csv"}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_copy_that_is_there_is_kept(tmp_path: Path) -> None:
    """A second demo opens the first as it stands."""
    folder = demo.copy_demo(tmp_path / "look")
    (folder / "roster.csv").write_text("mine", encoding="utf-8")
    assert demo.copy_demo(tmp_path / "look") == folder
    assert (folder / "roster.csv").read_text(encoding="utf-8") == "mine"


def test_another_folder_is_left_alone(tmp_path: Path) -> None:
    """A folder that holds something else is refused and unchanged."""
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Refused):
        demo.copy_demo(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_copy_is_made_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk fills up half-way nothing is left behind."""

    def full(path: Path, *_: object, **__: object) -> None:
        if path.name == "reviews.csv":
            raise OSError(28, "No space left on device")
        path.write_bytes(b"")

    monkeypatch.setattr(demo, "write_atomically", full)
    with pytest.raises(Environment, match="No space left"):
        demo.copy_demo(tmp_path / "look")
    assert list(tmp_path.iterdir()) == []


def test_the_installed_files_are_found_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an installed package the demo stands inside it; what is in the package says so."""
    package = tmp_path / "examrunner"
    demo.copy_demo(package / "shipped")
    monkeypatch.setattr(demo, "_package", lambda: package)
    assert demo.shipped() == package / "shipped"
    assert demo.is_in_package(demo.shipped_course())
    assert demo.copy_demo(tmp_path / "look").is_dir()


def test_an_installation_without_the_demo_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the files are missing the message says what to do."""
    monkeypatch.setattr(demo, "_package", lambda: tmp_path / "examrunner")
    with pytest.raises(Environment, match="lacks the demo"):
        demo.shipped()


@pytest.mark.skipif(find_spec("hatchling") is None, reason="needs the build backend, hatchling")
def test_a_wheel_carries_the_demo(tmp_path: Path) -> None:
    """What `demo` copies travels inside the package."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    shipped = {str(name) for name, _ in demo._shipped_files(demo.shipped())}
    assert {f"examrunner/shipped/{name}" for name in shipped} <= names
    assert not any("exam.db" in name for name in names)
