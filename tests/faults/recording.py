"""The system calls of a child that touches a disk, recorded with strace, and a disk model of them.

The model is strict: a file's bytes count only after its fsync, a name only after the fsync of its
folder or of the new file itself. Real file systems promise more.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.storage.ledgers import ROOT

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Iterator

CALLS = (
    "openat,mkdir,write,pwrite64,lseek,ftruncate,fsync,fdatasync,unlink,rename,close,dup,dup2,dup3,"
    "creat,open,writev,pwritev,truncate,fallocate,unlinkat,renameat,renameat2,rmdir,link,linkat,"
    "mkdirat,copy_file_range,sendfile"
)
MODELLED = frozenset(CALLS.partition(",creat,")[0].split(","))
"""The others are recorded to be sure that nobody uses them on the disk."""
LONGEST = 10_000_000
"""Bytes of one call that strace may print."""
SECTOR = 512
STDOUT = 1
_LINE = re.compile(r"(\w+)\((.*)\) += (-?\d+)")
_TEXT = re.compile(r'^"((?:\\x[0-9a-f]{2})*)"$')

needs_strace = pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace is not here: no system call can be recorded"
)


@dataclass(frozen=True, slots=True)
class Call:
    """One system call: its name, its arguments (texts as bytes), and what it returned."""

    name: str
    arguments: tuple[bytes, ...]
    answer: int

    def path(self, place: int = 0) -> str:
        """Return an argument that is a path."""
        return self.arguments[place].decode()

    def number(self, place: int) -> int:
        """Return an argument that is a number."""
        return int(self.arguments[place])


def traced(
    folder: Path, options: tuple[str, ...], function: Callable[..., None], *arguments: object
) -> list[Call]:
    """Run a function of a test module in a child under strace. Returns its system calls.

    `options` go to strace, such as faults to inject.
    """
    out = folder / "calls"
    words = ", ".join(repr(str(one)) for one in arguments)
    module, name = function.__module__, function.__name__
    code = f"from {module} import {name}; {name}({words})"
    strace = ["strace", "-o", str(out), "-xx", "-s", str(LONGEST), "-e", f"trace={CALLS}"]
    done = subprocess.run(
        [*strace, *options, sys.executable, "-c", code],
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    with out.open(encoding="ascii") as lines:
        return list(_calls(lines))


def _calls(lines: Iterable[str]) -> Iterator[Call]:
    for line in lines:
        if match := _LINE.match(line):
            parts = tuple(_argument(one) for one in match[2].split(", "))
            yield Call(match[1], parts, int(match[3]))


def _argument(word: str) -> bytes:
    match = _TEXT.match(word)
    return bytes.fromhex(match[1].replace("\\x", "")) if match else word.encode()


@dataclass(slots=True, eq=False)
class File:
    """A file or folder: its bytes as programs see them, and as the disk has them."""

    now: bytearray = field(default_factory=bytearray)
    kept: bytes = b""
    is_folder: bool = False
    waiting: list[tuple[int, bytes | None]] = field(default_factory=list)
    """Writes at an offset, or a new length (None), that no fsync has forced to the disk yet."""

    def write(self, offset: int, data: bytes) -> None:
        """Write as a program does."""
        _put(self.now, offset, data)
        self.waiting.append((offset, data))

    def cut(self, length: int) -> None:
        """Give the file another length."""
        _resize(self.now, length)
        self.waiting.append((length, None))

    def sync(self) -> None:
        """Force everything to the disk."""
        self.kept = bytes(self.now)
        self.waiting.clear()

    def after_cut(self, chance: random.Random | None) -> bytes:
        """Return the bytes after a power cut; with a chance, random sectors of what waited."""
        if chance is None or not self.waiting:
            return self.kept
        data = bytearray(self.kept)
        for offset, written in self.waiting:
            if written is None:
                if chance.random() < 0.5:
                    _resize(data, offset)
                continue
            for start in range(0, len(written), SECTOR):
                if chance.random() < 0.5:
                    _put(data, offset + start, written[start : start + SECTOR])
        return bytes(data)


def _resize(data: bytearray, length: int) -> None:
    del data[length:]
    data.extend(bytes(length - len(data)))


def _put(data: bytearray, offset: int, written: bytes) -> None:
    data.extend(bytes(max(0, offset - len(data))))
    data[offset : offset + len(written)] = written


@dataclass(slots=True)
class Handle:
    """An open file or folder."""

    path: str
    file: File
    offset: int = 0


class Disk:
    """The part of a disk below one folder, as a child's system calls leave it."""

    def __init__(self, root: Path) -> None:
        self.root = f"{root}/"
        self.now: dict[str, File] = {}
        self.kept: dict[str, File] = {}
        self.waiting: list[tuple[str, File | None]] = []
        """Names that came, or went (None), and that no fsync has forced to the disk yet."""
        self.handles: dict[int, Handle] = {}
        self.said: list[str] = []
        """Lines that the child has written to its standard output."""

    def apply(self, call: Call) -> bool:
        """Do what a call did. Returns whether it changed the disk or said something."""
        if call.answer < 0:
            return False
        if call.name not in MODELLED:
            assert not any(self.root.encode() in one for one in call.arguments), call
            return False
        done: bool | None = getattr(self, f"_{call.name}")(call)
        return bool(done)

    def after_cut(self, chance: random.Random | None = None) -> dict[str, bytes | None]:
        """Return what is left after a power cut now: path to bytes, None for folders."""
        names = dict(self.kept)
        for path, file in self.waiting if chance else ():
            if chance is not None and chance.random() < 0.5:
                _rename(names, path, file)
        return {
            path[len(self.root) :]: None if file.is_folder else file.after_cut(chance)
            for path, file in sorted(names.items())
            if all(str(one) in names for one in Path(path).parents if f"{one}/" > self.root)
        }

    def _name(self, path: str, file: File | None) -> None:
        _rename(self.now, path, file)
        self.waiting.append((path, file))

    def _openat(self, call: Call) -> bool:
        path, flags = call.path(1), call.arguments[2]
        if f"{path}/" == self.root:
            self.handles[call.answer] = Handle(path, File(is_folder=True))
        if not path.startswith(self.root):
            return False
        made = path not in self.now and b"O_CREAT" in flags
        if made:
            self._name(path, File())
        file = self.now[path]
        self.handles[call.answer] = Handle(path, file)
        if b"O_TRUNC" in flags and file.now:
            file.cut(0)
        return made

    def _mkdir(self, call: Call) -> bool:
        path = call.path()
        if path.startswith(self.root):
            self._name(path, File(is_folder=True))
        return path.startswith(self.root)

    def _write(self, call: Call) -> bool:
        if call.number(0) == STDOUT:
            self.said += call.arguments[1].decode().splitlines()
            return True
        handle = self.handles.get(call.number(0))
        if handle is None:
            return False
        handle.file.write(handle.offset, call.arguments[1][: call.answer])
        handle.offset += call.answer
        return True

    def _pwrite64(self, call: Call) -> bool:
        handle = self.handles.get(call.number(0))
        if handle is None:
            return False
        handle.file.write(call.number(3), call.arguments[1][: call.answer])
        return True

    def _lseek(self, call: Call) -> None:
        if handle := self.handles.get(call.number(0)):
            handle.offset = call.answer

    def _ftruncate(self, call: Call) -> bool:
        handle = self.handles.get(call.number(0))
        if handle is None:
            return False
        handle.file.cut(call.number(1))
        return True

    def _fsync(self, call: Call) -> bool:
        handle = self.handles.get(call.number(0))
        if handle is None:
            return False
        handle.file.sync()
        left: list[tuple[str, File | None]] = []
        for path, file in self.waiting:
            if file is handle.file or str(Path(path).parent) == handle.path:
                _rename(self.kept, path, file)
                left = [one for one in left if one[0] != path]  # older news of the same name
            else:
                left.append((path, file))
        self.waiting = left
        return True

    _fdatasync = _fsync

    def _unlink(self, call: Call) -> bool:
        path = call.path()
        if path not in self.now:
            return False
        self._name(path, None)
        return True

    def _rename(self, call: Call) -> bool:
        old, new = call.path(0), call.path(1)
        if old not in self.now:
            return False
        file = self.now[old]
        self._name(new, file)
        self._name(old, None)
        return True

    def _close(self, call: Call) -> None:
        self.handles.pop(call.number(0), None)

    def _dup(self, call: Call) -> None:
        assert call.number(0) not in self.handles, "a second number of one file is not modelled"

    _dup2 = _dup3 = _dup


def _rename(names: dict[str, File], path: str, file: File | None) -> None:
    if file is None:
        names.pop(path, None)
    else:
        names[path] = file


def cuts(calls: list[Call], root: Path) -> Iterator[Disk]:
    """Give the disk after each call that changes it or says something."""
    disk = Disk(root)
    for call in calls:
        if disk.apply(call):
            yield disk


def lay(state: dict[str, bytes | None], folder: Path) -> None:
    """Write what was left of a disk to a new folder."""
    folder.mkdir()
    for name, data in state.items():
        if data is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(data)
