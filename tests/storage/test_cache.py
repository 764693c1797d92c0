"""The cache saves work and can be missing, broken or hostile without anybody noticing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from examrunner.domain.bank.banks import Bank
from examrunner.domain.course.catalogue import Course
from examrunner.domain.problems import Problem, warning
from examrunner.storage.readers import cache
from examrunner.storage.readers.bank_files import read_bank

QUESTIONBANKS = Path(__file__).parents[2] / "questionbanks"

READ_ALL = """
import sys
from pathlib import Path
from examrunner.storage.readers.bank_files import read_banks
from examrunner.storage.readers.course_files import read_course
from examrunner.storage.readers.session_files import read_settings
folder, session = Path(sys.argv[1]), Path(sys.argv[2])
found = [read_course(folder / "course.yaml"), read_banks([folder]), read_settings(session)]
assert all(value for value, _ in found), found
print(found)
print(*sorted({"pydantic", "yaml", "numpy", "sqlalchemy"} & set(sys.modules)))
"""


def write(folder: Path, text: str) -> Path:
    """Write a bank file."""
    path = folder / "r1.yaml"
    path.write_text(text)
    return path


def test_a_hit_loads_no_pydantic_and_no_yaml(tmp_path: Path) -> None:
    """A second process reads course, banks and settings alike and loads neither library."""
    (tmp_path / "session.yaml").write_text("session: s1\nexam: {minutes: 4:25}\n")
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-c", READ_ALL, str(QUESTIONBANKS / "cs496"), str(tmp_path)]
    first, second = (
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        for _ in range(2)
    )
    value, loaded = first.stdout.splitlines()
    assert loaded == "pydantic yaml"
    assert second.stdout.splitlines() == [value, ""]


def test_a_hit_gives_the_same_value_and_warnings(tmp_path: Path, cache_folder: Path) -> None:
    """Warnings come from the cache too, and name the file where it lies now."""
    text = 'reading: r1\ntitle: about C# and F # here\ngist: "\\nabla"\n'
    path = write(tmp_path, text)
    fresh = read_bank(path)
    assert len(fresh[1]) == 2
    assert len(list(cache_folder.iterdir())) == 1
    assert read_bank(path) == fresh
    (tmp_path / "moved").mkdir()
    moved = write(tmp_path / "moved", text)
    value, problems = read_bank(moved)
    assert value == fresh[0]
    assert [problem.file for problem in problems] == [str(moved)] * 2
    assert len(list(cache_folder.iterdir())) == 1


def test_another_name_is_another_question(tmp_path: Path) -> None:
    """A file that was fine under its name is refused under another one, hit or not."""
    path = write(tmp_path, "reading: r1\n")
    assert read_bank(path)[1] == []
    other = path.rename(tmp_path / "r2.yaml")
    assert read_bank(other)[0] is None


def test_files_with_errors_are_not_remembered(tmp_path: Path, cache_folder: Path) -> None:
    """A file with an error leaves nothing behind."""
    assert read_bank(write(tmp_path, "reading: r1\nzzz: 1\n"))[0] is None
    assert not cache_folder.exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"mine", b"ours"),
        lambda data: b"{}\n" + data,
        lambda _: b"\xff\xfe",
        lambda data: b"0" * 64 + b"\n" + data.partition(b"\n")[2],
    ],
)
def test_a_damaged_cache_is_a_miss(tmp_path: Path, cache_folder: Path, damage: object) -> None:
    """Cut, changed or foreign content in the cache is read past, and replaced."""
    assert callable(damage)
    path = write(tmp_path, "reading: r1\ntitle: mine\n")
    fresh = read_bank(path)
    (kept,) = cache_folder.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole))
    assert read_bank(path) == fresh
    assert kept.read_bytes() == whole


def test_a_cache_that_cannot_be_written_is_no_fault(tmp_path: Path, cache_folder: Path) -> None:
    """With a file in the place of the folder, reading goes on without a cache."""
    cache_folder.parent.mkdir()
    cache_folder.write_text("in the way")
    path = write(tmp_path, "reading: r1\n")
    assert read_bank(path) == read_bank(path) == (Bank("r1"), [])


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_the_cache_is_private(tmp_path: Path, cache_folder: Path) -> None:
    """Its folders are 0700 and its files 0600."""
    read_bank(write(tmp_path, "reading: r1\n"))
    (kept,) = cache_folder.iterdir()
    modes = [path.stat().st_mode & 0o777 for path in (cache_folder.parent, cache_folder, kept)]
    assert modes == [0o700, 0o700, 0o600]


def test_types_and_contexts_are_kept_apart() -> None:
    """The same bytes are remembered per type and context, with their warnings."""
    told: list[Problem] = [warning("look", file="f", line=3, rule="x")]
    cache.store(Bank("r1"), b"x", "c", told)
    assert cache.load(Bank, b"x", "c") == (Bank("r1"), [warning("look", line=3, rule="x")])
    assert cache.load(Bank, b"x", "d") is None
    assert cache.load(Bank, b"y", "c") is None
    assert cache.load(Course, b"x", "c") is None


def test_a_changed_program_starts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of the program or of its rules does not see what was remembered."""
    cache.store(Bank("r1"), b"x", "", [])
    assert cache.load(Bank, b"x", "") is not None
    monkeypatch.setattr(cache, "RULES_VERSION", cache.RULES_VERSION + 1)
    cache._version.cache_clear()
    assert cache.load(Bank, b"x", "") is None
    cache._version.cache_clear()


def test_old_files_are_forgotten(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit half of the files are kept, the latest."""
    monkeypatch.setattr(cache, "MOST_FILES", 10)
    for n in range(11):
        cache.store(Bank(f"r{n}"), str(n).encode(), "", [])
        latest = max(cache_folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        os.utime(latest, (n, n))
    assert len(list(cache_folder.iterdir())) == 5
    assert cache.load(Bank, b"0", "") is None
    assert cache.load(Bank, b"10", "") is not None
