"""The tables of a ledger. STRICT; times are UTC text; JSON is canonical text."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()


def _instant(column: str) -> CheckConstraint:
    """Allow only what `domain.plain.instant_text` writes."""
    return CheckConstraint(f"length({column}) = 27 and {column} like '____-__-__T__:__:__.%Z'")


event = Table(
    "event",
    metadata,
    Column("session", Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("attempt", Text),
    Column("at", Text, nullable=False),
    Column("boot_id", Text, nullable=False),
    Column("boot_ns", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("prev", Text, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("id"),
    CheckConstraint("seq > 0 and epoch >= 0"),
    CheckConstraint("length(hash) = 64 and length(prev) = 64"),
    _instant("at"),
    sqlite_strict=True,
)
Index("event_attempt", event.c.session, event.c.attempt)

text = Table(
    "text",
    metadata,
    Column("event_id", Text, ForeignKey("event.id"), primary_key=True),
    Column("salt", Text, nullable=False),
    Column("text", Text, nullable=False),
    sqlite_strict=True,
)
"""Notes and reasons, which may be forgotten; the event keeps the hash of salt and text."""

student = Table(
    "student",
    metadata,
    Column("session", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("person", Text, nullable=False),
    CheckConstraint("position >= 0"),
    sqlite_strict=True,
)

attempt = Table(
    "attempt",
    metadata,
    Column("session", Text, primary_key=True),
    Column("attempt", Text, primary_key=True),
    Column("student", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("phase", Text, nullable=False),
    Column("state", Text, nullable=False),
    CheckConstraint("number > 0"),
    sqlite_strict=True,
)
"""What the events of each attempt add up to; it can always be made again from them."""

document = Table(
    "document",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("content", Text, nullable=False),
    CheckConstraint("length(sha256) = 64"),
    sqlite_strict=True,
)

lease = Table(
    "lease",
    metadata,
    Column("session", Text, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("holder", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("beat_at", Text, nullable=False),
    Column("beat_boot_id", Text, nullable=False),
    Column("beat_boot_ns", Integer, nullable=False),
    CheckConstraint("epoch > 0"),
    _instant("since"),
    _instant("beat_at"),
    sqlite_strict=True,
)

exposure = Table(
    "exposure",
    metadata,
    Column("course", Text, primary_key=True),
    Column("question", Text, primary_key=True),
    Column("session", Text, primary_key=True),
    Column("attempt", Text, primary_key=True),
    sqlite_strict=True,
)

APPEND_ONLY = tuple(
    f"CREATE TRIGGER event_no_{verb.lower()} BEFORE {verb} ON event "
    "BEGIN SELECT RAISE(ABORT, 'events are never changed'); END"
    for verb in ("UPDATE", "DELETE")
)
"""Triggers; `recursive_triggers` makes them see INSERT OR REPLACE too."""
