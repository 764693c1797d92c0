"""What a question says, as one hash: everything but the writer's claims about its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from examrunner.domain.plain import canonical, sha256, to_plain

if TYPE_CHECKING:
    from examrunner.domain.bank.banks import Question

CLAIMS = ("status", "log")
"""Keys of a question that say how far its writing has come, not what is asked."""


def content_hash(question: Question) -> str:
    """Return SHA-256 of the question's canonical JSON without `status` and `log` (design, 5)."""
    body = {key: value for key, value in to_plain(question).items() if key not in CLAIMS}
    return sha256(canonical(body))
