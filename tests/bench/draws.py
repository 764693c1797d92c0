"""The draw against its own ticket, and simulated draws against the rule itself."""

from __future__ import annotations

import hashlib
import statistics
import subprocess
import sys
import time
from itertools import islice

from examrunner.domain.draw import bulk
from examrunner.domain.draw import ticket as tickets
from examrunner.domain.draw.odds import Earlier, odds, pick
from tests.domain.draw.vectors import golden_lists

Pair = tuple[float, float]
H = 14
STUDENTS = 24
SESSIONS = 41_667
"""1,000,000 students."""
BY_RULE = 60
"""Sessions drawn by the rule itself; its figure is scaled up to all."""
ROUNDS = 3
MIB = 1024
PEAK = f"""
import resource
from tests.bench.draws import in_bulk
in_bulk({H}, {SESSIONS})
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def roster() -> list[tuple[str, tuple[str, ...]]]:
    """Return the golden class: 24 students with 20 papers each."""
    return [(f"s{place:02}", papers) for place, papers in enumerate(golden_lists())]


def by_rule(h: int, sessions: int) -> float:
    """Return the seconds that the live draw's own code takes for sessions of the class."""
    students, keys = roster(), list(bulk.keys_from(1, sessions))
    began = time.perf_counter()
    for key in keys:
        earlier: list[Earlier] = []
        for place, (student, papers) in enumerate(students):
            row = odds(papers, place, earlier, h)
            number = tickets.ticket(tickets.ticket_hash(key, student, 1, tickets.NONE))
            earlier.append(Earlier(place, row, pick(row, number)))
    return time.perf_counter() - began


def in_bulk(h: int, sessions: int) -> float:
    """Return the seconds that as many simulated sessions take; all draws are kept."""
    students, keys = roster(), list(bulk.keys_from(1, sessions))
    began = time.perf_counter()
    kept = list(bulk.draw_sessions(students, h, keys))
    assert sum(len(part.papers) for part in kept) == sessions
    return time.perf_counter() - began


def hashing(sessions: int) -> float:
    """Return the seconds that the bare hashes of as many tickets take, their texts ready."""
    keys = list(islice(bulk.keys_from(1, 100), 100))
    texts = [
        f"{tickets.VERSION}\npaper\n{key}\n{student}\n1\n-\n".encode()
        for key in keys
        for student, _ in roster()
    ]
    hashed, rounds = hashlib.sha256, -(-sessions // len(keys))
    began = time.perf_counter()
    for _ in range(rounds):
        for text in texts:
            hashed(text).digest()
    return (time.perf_counter() - began) * sessions / (rounds * len(keys))


def ticketing(sessions: int) -> float:
    """Return the seconds that the tickets of so many sessions take: text, SHA-256, number."""
    students, keys = roster(), list(bulk.keys_from(1, sessions))
    began = time.perf_counter()
    for key in keys:
        for student, _ in students:
            tickets.ticket(tickets.ticket_hash(key, student, 1, tickets.NONE))
    return time.perf_counter() - began


def measured() -> dict[str, Pair]:
    """Return our figures and the yardsticks': microseconds, seconds and MiB."""
    draws = statistics.median(by_rule(H, BY_RULE) for _ in range(ROUNDS)) / (BY_RULE * STUDENTS)
    hashes = statistics.median(hashing(SESSIONS) for _ in range(ROUNDS))
    spaced = statistics.median(in_bulk(H, SESSIONS) for _ in range(ROUNDS))
    plain = statistics.median(in_bulk(0, SESSIONS) for _ in range(ROUNDS))
    done = subprocess.run([sys.executable, "-c", PEAK], check=True, capture_output=True, text=True)
    ticket = statistics.median(ticketing(BY_RULE) for _ in range(ROUNDS)) / (BY_RULE * STUDENTS)
    all_by_rule = draws * STUDENTS * SESSIONS
    return {
        "draw of 24 at h=14 to its ticket": (draws * 1e6, ticket * 1e6),
        "draw of 24 at h=14 to a bare hash": (draws * 1e6, hashes / (STUDENTS * SESSIONS) * 1e6),
        "1,000,000 draws to the rule, h=14": (spaced, all_by_rule),
        "1,000,000 plain draws to hashing": (plain, hashes),
        "1,000,000 draws, MiB of 1 GiB": (int(done.stdout) / MIB, float(MIB)),
    }
