"""The three verifiers behind one face: files in, verdict out."""

from __future__ import annotations

import base64
import html
import importlib.util
import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.domain.draw import verification
from examrunner.storage.readers.published import read_published
from examrunner.storage.writers import proof

if TYPE_CHECKING:
    from types import ModuleType

    from tests.domain.draw.cases import Case
    from tests.domain.draw.proofs import Files

SCRIPT = Path(proof.__file__).with_name("verify.py")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
HARNESS = """<!doctype html><meta charset="utf-8"><pre id="out"></pre>
<script>{checker}</script><script type="application/json" id="cases">{cases}</script><script>
const input = JSON.parse(document.getElementById("cases").textContent), told = [];
const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
for (const one of input.cases) {{
  const files = {{ ...input.base, ...one.files }};
  for (const name of FILES) if (files[name] !== null && typeof files[name] === "object") files[name] = bytes(files[name].bytes);
  try {{ told.push(check(files, {{ commit: one.commit, heads: one.heads }})); }} catch (fault) {{ told.push(String(fault.stack)); }}
}}
{more}
document.getElementById("out").textContent = JSON.stringify(told);
</script>"""  # noqa: E501


@cache
def standalone() -> ModuleType:
    """Return verify.py, loaded from its file as one that stands alone."""
    spec = importlib.util.spec_from_file_location("standalone_verify", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(folder: Path, files: Files) -> Path:
    """Write the files to a folder, to the byte."""
    for name, text in files.items():
        if text is not None:
            (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def by_package(folder: Path, commit: str | None, heads: tuple[str, ...]) -> dict[str, Any]:
    """Return the package's verdict on a folder."""
    return verification.verify(read_published(folder), commit=commit, heads=heads).plain()


def by_script(folder: Path, commit: str | None, heads: tuple[str, ...]) -> dict[str, Any]:
    """Return the verdict of verify.py on a folder."""
    script = standalone()
    files = {name: script.read_file(folder, name) for name in script.FILES}
    verdict: dict[str, Any] = script.check(files, commit, heads)
    return verdict


def found(verdict: dict[str, Any]) -> tuple[tuple[str, int | None, str], ...]:
    """Return the problems of a verdict as file, line and rule."""
    return tuple((one["file"], one["line"], one["rule"]) for one in verdict["problems"])


def judged(verdict: dict[str, Any]) -> dict[str, Any]:
    """Return a verdict without notes and the words of its problems: what all three agree on.

    The notes of verify.py are among those of the others.
    """
    return verdict | {"problems": found(verdict), "notes": ()}


def with_notes(verdict: dict[str, Any]) -> dict[str, Any]:
    """Return a verdict without the words of its problems: what package and page agree on."""
    return judged(verdict) | {"notes": tuple(verdict["notes"])}


def browser(page: Path) -> str:
    """Open a page in a browser without a screen. Returns its document at the end."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"verify.html is run in a browser, and none is here: {', '.join(BROWSERS)}")
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=60000")
    home = f"--user-data-dir={page.parent / 'home'}"
    command = [program, *flags, home, "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, check=True, timeout=180)
    return done.stdout.decode("utf-8")


def by_page(cases: list[Case], base: Files, folder: Path, more: str = "") -> list[Any]:
    """Return the verdicts of verify.html's checking part, then what `more` added to `told`."""
    data = {
        "base": base,
        "cases": [
            {
                "files": {
                    name: {"bytes": base64.b64encode(text).decode()}
                    if isinstance(text, bytes)
                    else text
                    for name, text in one.files.items()
                    if text != base.get(name)
                },
                "commit": one.commit,
                "heads": one.heads,
            }
            for one in cases
        ],
    }
    checker = re.search(r'<script id="checker">(.*?)</script>', proof.empty_page(), re.DOTALL)
    assert checker is not None
    text = json.dumps(data).replace("<", "\\u003c")
    page = folder / "harness.html"
    page.write_text(HARNESS.format(checker=checker[1], cases=text, more=more), "utf-8")
    out = re.search(r'<pre id="out">(.*?)</pre>', browser(page), re.DOTALL)
    assert out is not None
    told: list[Any] = json.loads(html.unescape(out[1]))
    return told
