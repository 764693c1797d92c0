"""Where Canvas is and the token for it: from the environment, or from the system's keyring.

A token is a password. It is no argument of a command, which other users of a machine can see, and
it is never shown, logged or written.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from examrunner.domain.errors import Environment, WrongUsage

TOKEN, URL = "CANVAS_API_TOKEN", "CANVAS_API_URL"
SERVICE = "examrunner-canvas"
"""Under this name the keyring holds tokens; the user name there is the host."""
INSTALL = "pip install 'examrunner[canvas]'"
_HOST = re.compile(r"[A-Za-z0-9.-]+(?::\d{1,5})?|\[[0-9a-fA-F:]+\](?::\d{1,5})?")
_LETTERS = re.compile(r"[\x21-\x7e]+")
_OWN_MACHINE = frozenset(("localhost", "127.0.0.1", "::1"))


@dataclass(frozen=True, slots=True)
class Access:
    """What it takes to ask Canvas."""

    url: str
    """Scheme and host only: https://canvas.example.edu."""
    token: str = field(repr=False)

    @property
    def host(self) -> str:
        """The host, as it stands in messages."""
        return self.url.partition("://")[2]


def read_access(url: str | None = None) -> Access:
    """Return address and token; `url` goes before the environment.

    Raises WrongUsage where the address is missing or none, Environment where there is no token.
    """
    place = _origin(url or os.environ.get(URL, "").strip())
    host = place.partition("://")[2]
    token = os.environ.get(TOKEN, "").strip() or _from_keyring(host)
    if not token:
        hint = (
            f"Make one in Canvas (Account, Settings, New Access Token) and set {TOKEN} to it, "
            f"or keep it with: keyring set {SERVICE} {host}"
        )
        raise Environment("There is no token for Canvas.", hint)
    if not _LETTERS.fullmatch(token):
        raise Environment("The token for Canvas holds blanks or other letters than a token has.")
    return Access(place, token)


def _origin(url: str) -> str:
    """Return scheme and host of an address, which may be that of any page of Canvas."""
    if not url:
        hint = f"--url https://canvas.example.edu says so, or {URL} in the environment."
        raise WrongUsage("Where is Canvas?", hint)
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host, name, _ = parts.netloc, parts.hostname, parts.port
    except ValueError:
        host, name, parts = "", None, urlsplit("")
    if "@" in host or not name or not _HOST.fullmatch(host):
        raise WrongUsage("This is no address of Canvas.", "Write it as https://canvas.example.edu")
    if parts.scheme != "https" and not (parts.scheme == "http" and name in _OWN_MACHINE):
        raise WrongUsage(
            "The address of Canvas must begin with https://.",
            "Else anybody on the way could read the token.",
        )
    return f"{parts.scheme}://{host.lower()}"


def _from_keyring(host: str) -> str:
    """Return the token that the keyring has for a host; empty where there is none, or no keyring.

    The package is asked where it is installed and is no part of the program.
    """
    from importlib import import_module

    try:
        found = import_module("keyring").get_password(SERVICE, host)
    except Exception:  # noqa: BLE001  no keyring is there, or it is locked: each has errors of its own
        return ""
    return str(found or "").strip()
