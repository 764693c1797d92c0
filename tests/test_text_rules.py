"""Text from people meets no markup and no terminal but by the two ways made for it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.text_rules import markup, writes

PACKAGE = Path(__file__).parent.parent / "examrunner"
SPEAKERS = {
    "cli/output.py": None,
    "main.py": ["sys.stdout"],  # the version, before anything is loaded
    "storage/writers/proof/verify.py": ["print", "sys.stdout"],  # stands alone: one print
    "storage/machine.py": ["sys.__stdout__"],  # asked for its encoding
    "tui/ending.py": ["print", "sys.__stdin__", "sys.stderr"],  # after the app's screen is gone
}
"""Who may write to the terminal, and with what; `None` for the one module made for it."""


def modules() -> dict[str, ast.Module]:
    """Return the package's modules by their path in it."""
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def test_no_text_of_the_package_is_read_as_markup() -> None:
    """No widget, call, attribute or import of the package takes a text for markup."""
    found = {name: list(markup(tree)) for name, tree in modules().items()}
    assert {name: what for name, what in found.items() if what} == {}


def test_only_one_module_writes_to_the_terminal() -> None:
    """All words go through `cli.output`, but for marked lines; the app draws by Textual."""
    found = {name: [what for _, what in writes(tree)] for name, tree in modules().items()}
    for name, what in found.items():
        allowed = SPEAKERS.get(name, [])
        if allowed is not None:
            assert set(what) <= set(allowed), (name, what)
            assert what.count("print") <= 1, name


def test_the_line_after_the_app_is_made_safe() -> None:
    """What the app still prints when its screen is gone passes `safe`."""
    prints = [
        node
        for node in ast.walk(modules()["tui/ending.py"])
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]
    for node in prints:
        names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        assert "safe" in names


@pytest.mark.parametrize(
    "code",
    [
        "from textual.widgets import Static",
        "from textual.widgets import Input, Label",
        "from textual.widgets.option_list import Option",
        "from rich.markup import escape",
        "from textual.markup import to_content",
        "from rich.console import Console",
        "Static(name)",
        "widgets.Label(name)",
        "Button(f'[b]{name}[/b]')",
        "DataTable().add_row(name)",
        "OptionList(name, markup=False)",
        "self.notify(name)",
        "app.notify(f'saved {name}')",
        "Text.from_markup(name)",
        "Content.from_markup(f'[b]{name}[/b]')",
        "Thing(name, markup=True)",
        "Thing(name, markup=is_markup)",
        "Thing(tooltip=name)",
        "self.tooltip = name",
        "self.border_title = f'{name}'",
        "box.border_subtitle += name",
        "Input(f'[b]{name}')",
        "Input(placeholder='[b]' + name)",
        "Input(value='[%s]' % name)",
        "Input('[{}]'.format(name))",
        "box.update(f'[dim]{name}')",
        "class A:\n def render(self):\n  return self.name",
        "class A:\n async def render_str(self):\n  return self.name",
    ],
)
def test_a_text_that_could_be_markup_is_found(code: str) -> None:
    """Each unsafe way to hand a text to Textual or Rich is found."""
    assert list(markup(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "from textual.widgets import Input",
        "from textual.widget import Widget",
        "from rich.segment import Segment",
        "Input(placeholder='find a name')",
        "Input(value=name)",
        "Thing(markup=False)",
        "canvas.show([line((f'[{name}]', 'dim'))])",
        "data.update({name: 1})",
        "def render_line(self, y): return y",
        "def render_scores(rows): return rows",
    ],
)
def test_what_is_safe_is_not_found(code: str) -> None:
    """The ways that the app uses are left alone."""
    assert list(markup(ast.parse(code))) == []


@pytest.mark.parametrize(
    "code",
    [
        "print(name)",
        "print(name, file=sys.stderr)",
        "input(name)",
        "sys.stdout.write(name)",
        "stream = sys.stderr",
        "sys.__stderr__.write(name)",
        "from sys import stdout",
        "from rich import print",
        "os.write(1, data)",
        "os.write(2, data)",
    ],
)
def test_a_write_to_the_terminal_is_found(code: str) -> None:
    """Each way past `cli.output` is found."""
    assert list(writes(ast.parse(code)))


def test_writing_to_a_file_is_no_write_to_the_terminal() -> None:
    """Files and exit codes are left alone."""
    code = "file.write(data)\nos.write(handle, data)\nsys.exit(1)\ndriver.write(text)"
    assert list(writes(ast.parse(code))) == []
