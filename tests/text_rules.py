"""What is unsafe to do with a text from people, found in the syntax of a module."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

UNSAFE = frozenset(
    (
        "Static", "Label", "Button", "Checkbox", "RadioButton", "RadioSet", "Select", "OptionList",
        "SelectionList", "DataTable", "Tree", "DirectoryTree", "Tabs", "Tab", "TabPane",
        "TabbedContent", "Collapsible", "Markdown", "MarkdownViewer", "Link", "Digits", "Footer",
        "Header", "Log", "RichLog", "Option", "Selection", "Pretty", "Placeholder", "Tooltip",
    )
)  # fmt: skip
"""Widgets that take a str for markup, or that write control characters as they are."""
SAFE_WIDGETS = frozenset(("Input",))
ATTRIBUTES = frozenset(("tooltip", "border_title", "border_subtitle", "placeholder_markup"))
"""Attributes of any widget that take a str for markup."""
CALLS = frozenset(("from_markup", "notify", "render_markup", "to_content", "visualize"))
MODULES = (
    "rich.markup",
    "textual.markup",
    "rich.console",
    "rich.prompt",
    "rich.table",
    "rich.panel",
)
STREAMS = frozenset(("stdout", "stderr", "__stdout__", "__stderr__"))
RENDERERS = frozenset(("render", "render_str"))
"""Methods whose str Textual reads as markup."""
Found = tuple[int, str]


def markup(tree: ast.AST) -> Iterator[Found]:
    """Find where a text could be read as markup."""
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Call):
            yield from ((line, what) for what in _of_call(node))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((line, f"import {name}") for name in _names(node) if _is_unsafe(name))
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Attribute) and target.attr in ATTRIBUTES:
                    yield line, f".{target.attr} ="
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in RENDERERS:
            yield line, f"def {node.name}"


def writes(tree: ast.AST) -> Iterator[Found]:
    """Find where something is written to the terminal, or read from it."""
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Call):
            name = called(node)
            if isinstance(node.func, ast.Name) and name in ("print", "input"):
                yield line, name
            elif name == "write" and _is_descriptor(node):
                yield line, "os.write"
        elif isinstance(node, ast.Attribute) and node.attr in STREAMS and _is_sys(node.value):
            yield line, f"sys.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module in ("sys", "rich"):
            names = {alias.name for alias in node.names} & (STREAMS | {"print", "get_console"})
            yield from ((line, f"import {name}") for name in sorted(names))


def called(node: ast.Call) -> str:
    """Return the last name of what is called."""
    return str(getattr(node.func, "attr", None) or getattr(node.func, "id", ""))


def _of_call(node: ast.Call) -> Iterator[str]:
    name = called(node)
    if name in UNSAFE or name in CALLS:
        yield f"{name}("
    if name == "update" and any(_mixes_brackets(one) for one in node.args):
        yield "update( of a text with [ and a variable"
    for keyword in node.keywords:
        is_off = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        if keyword.arg == "markup" and not is_off:
            yield "markup="
        elif keyword.arg in ATTRIBUTES:
            yield f"{keyword.arg}="
    if name in UNSAFE | CALLS | SAFE_WIDGETS:
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if any(_mixes_brackets(one) for one in given):
            yield f"{name}( of a text with [ and a variable"


def _mixes_brackets(node: ast.expr) -> bool:
    """Say whether a text is put together from a `[` of our own and something else."""
    if isinstance(node, ast.Call) and called(node) == "format":
        return "[" in _literal(node.func)
    is_mixed = isinstance(node, ast.BinOp | ast.JoinedStr)
    has_variable = any(isinstance(one, ast.Name | ast.Attribute) for one in ast.walk(node))
    return is_mixed and has_variable and "[" in _literal(node)


def _literal(node: ast.AST) -> str:
    constants = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return "".join(value for value in constants if isinstance(value, str))


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names]


def _is_unsafe(name: str) -> bool:
    if name.startswith("textual.widgets"):
        return name.rpartition(".")[2] not in SAFE_WIDGETS
    return name.startswith(MODULES)


def _is_sys(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "sys"


def _is_descriptor(node: ast.Call) -> bool:
    """Say whether `os.write` gets the number of a standard stream."""
    first = node.args[0] if node.args else None
    return isinstance(first, ast.Constant) and first.value in (1, 2)
