"""What goes with a published draw, so that nobody needs this package to verify it.

`verify.py` and `verify.html` stand alone: they import nothing from here.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from examrunner.domain.draw.published import Published

EMPTY = '<script type="application/json" id="files">null</script>'
_ESCAPES = str.maketrans({one: f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"})


def standalone_verifier() -> str:
    """Return the text of verify.py."""
    return files(__name__).joinpath("verify.py").read_text("utf-8")


def empty_page() -> str:
    """Return the text of verify.html: a page that checks files that are chosen or dropped."""
    return files(__name__).joinpath("verify.html").read_text("utf-8")


def page(published: Published) -> str:
    """Return verify.html with a copy of the four files in it, which it checks at once.

    No text in the files can end the element that they stand in.
    """
    data = json.dumps(published.files()).translate(_ESCAPES)
    return empty_page().replace(EMPTY, EMPTY.replace("null", data), 1)
