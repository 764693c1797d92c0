"""A real pseudo-terminal with a program in it: keys in, screen text out."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pyte

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

KEYS = {
    "enter": "\r",
    "esc": "\x1b",
    "space": " ",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "pgdn": "\x1b[6~",
    "pgup": "\x1b[5~",
    "end": "\x1b[F",
    "ctrl+c": "\x03",
    "ctrl+d": "\x04",
    "ctrl+q": "\x11",
    "ctrl+a": "\x01",
    "ctrl+s": "\x13",
    "ctrl+z": "\x1a",
    "ctrl+\\": "\x1c",
}
ENTERED = b"\x1b[?1049h"
LEFT = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1003l", b"\x1b[?2004l", b"\x1b[?1004l")
"""The screen as it was, a cursor, no reports of mouse, pastes and focus."""
_PRIVATE = re.compile(rb"\x1b\[[<>=?][0-9;]*[ucpq$]+|\x1b\[[0-9;]*\$p|\x1bP.*?\x1b\\", re.DOTALL)
"""Queries and modes that the emulator would print as text."""


def under_shell(argv: Sequence[str], *, before: str = ":") -> list[str]:
    """Return a shell's command line that runs a program in front and tells its exit code.

    The shell keeps the terminal when the program ends, as on a real day, until enter.
    """
    return ["sh", "-c", f'{before}; "$@"; echo "exit code $?"; read -r _', "sh", *argv]


class Terminal:
    """A program under a pseudo-terminal, and what it has drawn so far."""

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        *,
        columns: int = 80,
        rows: int = 24,
        cwd: Path | None = None,
    ) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.pid, self._master = pty.fork()
        if self.pid == 0:  # pragma: no cover  runs in the child
            if cwd is not None:
                os.chdir(cwd)
            os.execvpe(argv[0], list(argv), dict(env))
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)
        self.modes_before = termios.tcgetattr(self._master)
        self._ended: int | None = None
        self.raw = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # --- screen --------------------------------------------------------------------------

    def text(self) -> str:
        """Return the screen as text."""
        return "\n".join(row.rstrip() for row in self._screen.display)

    def pump(self, seconds: float) -> bool:
        """Take what the program draws, waiting at most so long. Returns whether there was any."""
        try:
            ready, _, _ = select.select([self._master], [], [], max(0.0, seconds))
            if not ready:
                return False
            data = os.read(self._master, 65536)
        except OSError:
            return False
        if not data:
            return False
        self.raw += data
        try:
            seen = data.replace(LEFT[0], LEFT[0] + b"\x1b[2J\x1b[H")  # it knows no second screen
            self._stream.feed(_PRIVATE.sub(b"", seen))
        except TypeError:  # the emulator meets a sequence whose middle was thrown away
            self._stream = pyte.ByteStream(self._screen)
        return True

    def wait(self, pattern: str, seconds: float = 15.0) -> str:
        """Wait until the screen shows a pattern. Returns the screen; fails with it otherwise."""
        deadline = time.monotonic() + seconds
        wanted = re.compile(pattern, re.MULTILINE)
        while not wanted.search(self.text()):
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"{pattern!r} never showed:\n{self.text()}")
            if not self.pump(min(left, 0.2)) and self.poll() is not None:
                self.pump(0.05)
                if wanted.search(self.text()):
                    break
                raise AssertionError(f"ended before {pattern!r} showed:\n{self.text()}")
        return self.text()

    def send(self, *keys: str) -> None:
        """Press keys: names such as `enter`, or text as it is."""
        self.send_bytes("".join(KEYS.get(key, key) for key in keys).encode())

    def send_bytes(self, data: bytes) -> None:
        """Send bytes, whether or not any keyboard makes them."""
        os.write(self._master, data)

    def press(self, key: str, pattern: str, seconds: float = 15.0) -> str:
        """Press a key and wait for what it should show."""
        self.send(key)
        return self.wait(pattern, seconds)

    def clear(self) -> None:
        """Forget what was drawn: what is shown from now on was drawn from now on."""
        self._screen.reset()
        self.raw.clear()

    def is_given_back(self) -> bool:
        """Say whether the terminal is as it was before the program, as far as it has been read."""
        drawn = bytes(self.raw)
        left = drawn[drawn.rfind(ENTERED) :] if ENTERED in drawn else drawn
        return all(one in left for one in LEFT) and self.modes() == self.modes_before

    def modes(self) -> list[object]:
        """Return how the terminal treats what is typed."""
        return termios.tcgetattr(self._master)

    def hang_up(self) -> None:
        """Close the terminal, as a window manager or a cut connection does."""
        os.close(self._master)
        self._master = -1

    # --- process -------------------------------------------------------------------------

    def poll(self) -> int | None:
        """Return the exit code, or None while the program runs."""
        if self._ended is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._ended = os.waitstatus_to_exitcode(status)
        return self._ended

    def ends(self, seconds: float = 15.0) -> int:
        """Wait for the program to end. Returns its exit code."""
        deadline = time.monotonic() + seconds
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not end:\n{self.text()}")
            self.pump(0.05)
        while self.pump(0.05):
            pass
        return code

    def gone(self, seconds: float) -> int:
        """Wait for the program to end while nobody reads the terminal. Returns its exit code."""
        deadline = time.monotonic() + seconds
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not end within {seconds} s")
            select.select([], [], [], 0.01)
        return code

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal; SIGKILL leaves the program no time for anything."""
        os.kill(self.pid, number)

    def child(self) -> int:
        """Return the process that a shell has in front."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        assert len(children) == 1
        return int(children[0])

    def cpu_seconds(self) -> float:
        """Return the processor time used so far, all threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks = int(fields[11]) + int(fields[12])
        tasks = Path(f"/proc/{self.pid}/task")
        nanoseconds = sum(
            int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()
        )
        return max(nanoseconds / 1e9, ticks / os.sysconf("SC_CLK_TCK"))

    def peak_mib(self) -> float:
        """Return the most memory that was resident at once, in MiB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024

    def close(self) -> None:
        """End the program and the terminal, whatever state they are in."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self._ended = -signal.SIGKILL
        if self._master >= 0:
            os.close(self._master)
