"""`make bench`: how fast the app is, as ratios to a bare app, or a bare disk, in the same run.

Wall times move with the machine; the ratios are what to look at. Each figure is a median; the
runs of all programs are interleaved. Needs Linux, whose /proc tells processor time and memory.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import draws, exports, lint, records, reviews, rosters, sessions
from tests.terminal.driver import Terminal

BARE = Path(__file__).with_name("bare_clock.py")
ROOT = Path(__file__).resolve().parents[2]
SIZE = {"columns": 120, "rows": 40}
LIMITS = {
    "first frame, CPU": 1.4,
    "board of 24, CPU": 2.5,
    "key on the sheet, p50": 2.0,
    "key on the sheet, p95": 2.5,
    "idle with the clock, CPU": 1.3,
    "peak memory": 2.0,
    "--version, CPU": 3.0,
    "screen change, class of 24, p95": 2.0,
    "screen change, class of 500, p95": 2.0,
    "screen change, class of 5,000, p95": 2.0,
    "commit of one mark": 3.0,
    "mark while copies are made, p95": 4.0,
    "chain of 100,000 events": 2.0,
    "replay of 100,000 events": 6.0,
    "draw of 24 at h=14 to its ticket": 400.0,
    "draw of 24 at h=14 to a bare hash": 800.0,
    "1,000,000 draws to the rule, h=14": 1 / 8,
    "1,000,000 plain draws to hashing": 3.0,
    "1,000,000 draws, MiB of 1 GiB": 1.0,
    "100,000 reviews, read": 5.0,
    "100,000 reviews, read and matched": 5.5,
    "class list of 100,000 rows": 5.0,
    "gradebook of 100,000 rows": 5.0,
    "100,000 rows for people, CSV": 5.0,
    "100,000 rows for Moodle": 5.0,
    "100,000 rows for Canvas": 5.0,
    "lint of 1,000 banks to their events": 4.0,
    "lint on two cores to one": 0.7,
    "a saved file among 1,000, answered": 1.0,
}
"""The budgets of the design, as ratios."""
SCREENS = 25
"""How often a screen is opened and left."""
IDLE_WINDOWS = 3
"""Idling is measured so often in turn: a few hundredths of a second are easily disturbed."""


class Bench:
    """One run of all measurements."""

    def __init__(self, folder: Path, rounds: int, idle: float) -> None:
        self.folder = folder
        self.rounds = rounds
        self.idle = idle
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
        }
        self.found: dict[str, tuple[float, float]] = {}
        """Name to our figure and the yardstick's."""

    def app(self, *arguments: str) -> list[str]:
        """Return the command line of the program."""
        return [sys.executable, "-m", "examrunner", *arguments]

    def terminal(self, argv: list[str]) -> Terminal:
        """Return a program in a fresh terminal."""
        return Terminal(argv, self.env, cwd=self.folder, **SIZE)

    def cpu_until(self, argv: list[str], pattern: str) -> tuple[float, float]:
        """Return the processor seconds until a pattern shows, and the peak memory in MiB then."""
        with self.terminal(argv) as terminal:
            terminal.wait(pattern, 30)
            return terminal.cpu_seconds(), terminal.peak_mib()

    def keys(self, terminal: Terminal, presses: list[tuple[str, str]]) -> list[float]:
        """Return the milliseconds from each key to its effect on the screen."""
        times = []
        for key, pattern in presses:
            wanted = re.compile(pattern, re.MULTILINE)
            while terminal.pump(0.03):
                pass
            began = time.perf_counter()
            terminal.send(key)
            while not wanted.search(terminal.text()):
                terminal.pump(2)
                if time.perf_counter() - began > 10:
                    raise AssertionError(f"{pattern} never showed:\n{terminal.text()}")
            times.append((time.perf_counter() - began) * 1000)
        return times

    def idle_cpu(self, terminal: Terminal) -> float:
        """Return the processor seconds used while nobody presses a key."""
        before, until = terminal.cpu_seconds(), time.monotonic() + self.idle
        while (left := until - time.monotonic()) > 0:
            terminal.pump(left)
        return terminal.cpu_seconds() - before

    def starts(self) -> None:
        """Measure the first frame and the board."""
        bare, first, board, version, nothing = [], [], [], [], []
        session = str(sessions.opened(self.folder, 24))
        for _ in range(self.rounds + 1):
            bare.append(self.cpu_until([sys.executable, str(BARE)], "presses: 0")[0])
            first.append(self.cpu_until(self.app("open", session), "opening|Student")[0])
            board.append(self.cpu_until(self.app("open", session), r"Student 0+1\b")[0])
            version.append(_cpu(self.app("--version"), self.env))
            nothing.append(_cpu([sys.executable, "-c", "pass"], self.env))
        yard = statistics.median(bare[1:])
        self.found["first frame, CPU"] = (statistics.median(first[1:]), yard)
        self.found["board of 24, CPU"] = (statistics.median(board[1:]), yard)
        self.found["--version, CPU"] = (
            statistics.median(version[1:]),
            statistics.median(nothing[1:]),
        )

    def sheet(self) -> None:
        """Measure keys, idling and memory on the sheet, each against the bare app."""
        ticks = [("1", "1 ✓"), ("1", "1 ·")] * 50
        presses = [("a", f"presses: {n + 1}$") for n in range(100)]
        session = str(sessions.running(self.folder))
        with (
            self.terminal(self.app("open", session)) as ours,
            self.terminal([sys.executable, str(BARE)]) as bare,
        ):
            bare.wait("presses: 0", 30)
            ours.wait("Resume", 30)
            ours.press("enter", "1 [·✓]")
            mine, yard = [], []
            for start in range(0, 100, 20):
                yard += self.keys(bare, presses[start : start + 20])
                mine += self.keys(ours, ticks[start : start + 20])
            for name, share in (("p50", 0.50), ("p95", 0.95)):
                figures = (_quantile(mine, share), _quantile(yard, share))
                self.found[f"key on the sheet, {name}"] = figures
            idle = [(self.idle_cpu(ours), self.idle_cpu(bare)) for _ in range(IDLE_WINDOWS)]
            self.found["idle with the clock, CPU"] = (
                statistics.median(mine for mine, _ in idle),
                statistics.median(yard for _, yard in idle),
            )
            self.found["peak memory"] = (ours.peak_mib(), bare.peak_mib())

    def boards(self) -> None:
        """Measure a board of 2,000 against one of 24: scrolling and finding."""
        times: dict[int, list[float]] = {}
        for count in (24, 2000):
            session = str(sessions.opened(self.folder, count))
            with self.terminal(self.app("open", session)) as terminal:
                terminal.wait(r"Student 0+1\b", 60)
                down = [("down", rf"next.*\n.*|Student 0*{n}\b") for n in range(2, 22)]
                times[count] = self.keys(terminal, down)
                terminal.press("/", "find a name|>")
                times[count] += self.keys(terminal, [("2", "."), ("2", ".")])
        self.found["key on a board of 2,000 to one of 24"] = (
            statistics.median(times[2000]),
            statistics.median(times[24]),
        )

    def screens(self) -> None:
        """Measure a change of screen and back, in classes of three sizes, against a bare push."""
        with self.terminal([sys.executable, str(BARE)]) as bare:
            bare.wait("presses: 0", 30)
            yard = self.keys(bare, [("p", "pushed row 9"), ("esc", "presses: 0")] * SCREENS)
        for count in (24, 500, 5000):
            session = str(sessions.opened(self.folder, count))
            with self.terminal(self.app("open", session)) as terminal:
                terminal.wait(r"Student 0+1\b", 60)
                pairs = [("v", "verdict +score"), ("esc", "planned +student")] * SCREENS
                times = self.keys(terminal, pairs)
            # Going back waits a tenth of a second for what may follow an escape, in any app.
            figures = (_quantile(times[::2], 0.95), _quantile(yard[::2], 0.95))
            self.found[f"screen change, class of {count:,}, p95"] = figures

    def ledger(self) -> None:
        """Measure a commit, the chain and the replay against the bare disk."""
        self.found["commit of one mark"] = records.commits(self.folder, 200)
        self.found["mark while copies are made, p95"] = records.beside_copies(self.folder, 300)
        self.found |= records.replays(self.folder, 100_000)

    def report(self) -> int:
        """Print the figures. Returns 1 where a budget is broken."""
        broken = 0
        for name, (ours, yard) in self.found.items():
            ratio, limit = ours / yard, LIMITS.get(name)
            word = "" if limit is None else f"budget {limit:.3g}"
            if limit is not None and ratio > limit:
                word += "  OVER"
                broken = 1
            print(f"{name:38} {ours:9.3f} / {yard:9.3f} = {ratio:5.2f}  {word}")  # noqa: T201
        return broken


def _cpu(argv: list[str], env: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(argv, env=env, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def main() -> int:
    """Measure everything. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="counted starts of each program")
    parser.add_argument("--idle", type=float, default=15.0, help="seconds of idling")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), options.rounds, options.idle)
        bench.starts()
        bench.sheet()
        bench.boards()
        bench.screens()
        bench.ledger()
        bench.found |= draws.measured()
        bench.found |= rosters.measured()
        bench.found |= reviews.measured()
        bench.found |= exports.measured()
        bench.found |= lint.measured(Path(folder))
        return bench.report()


if __name__ == "__main__":
    sys.exit(main())
