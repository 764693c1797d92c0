"""The rooms, what they may load, and the size and habits of the code."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(folder: str, pattern: str = "*.py") -> list[Path]:
    """Return the Python files of a folder of the project."""
    return sorted((ROOT / folder).rglob(pattern))


@cache
def tree(path: Path) -> ast.Module:
    """Return a file as its syntax tree."""
    return ast.parse(path.read_text("utf-8"), str(path))


def place(path: Path, node: ast.AST) -> str:
    """Return where something stands, as an editor takes it."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def nodes(folder: str) -> Iterator[tuple[Path, ast.AST]]:
    """Return everything that stands in the files of a folder."""
    for path in files(folder):
        for node in ast.walk(tree(path)):
            yield path, node


def imported(node: ast.AST) -> list[str]:
    """Return the full names that an import brings in; none for other nodes."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def run(program: str, *arguments: str) -> str:
    """Run a small program in a fresh interpreter. Returns what it wrote."""
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def loaded_by(program: str) -> set[str]:
    """Return the modules that a small program has loaded at its end."""
    lines = run(f"import sys, json\n{program}\nprint(json.dumps(sorted(sys.modules)))")
    return set(json.loads(lines.splitlines()[-1]))


# --- imports -------------------------------------------------------------------------------


def test_imports_go_one_way() -> None:
    """Every contract of import-linter holds."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_package_loads_nothing() -> None:
    """Importing the package loads no module of it but itself."""
    loaded = loaded_by("import examrunner")
    assert {name for name in loaded if name.startswith("examrunner")} == {"examrunner"}


def test_asking_for_the_version_loads_nothing_heavy() -> None:
    """`python -m examrunner --version` answers before anything of weight is loaded."""
    program = """
import runpy
sys.argv = ["examrunner", "--version"]
try:
    runpy.run_module("examrunner", run_name="__main__", alter_sys=True)
except SystemExit as end:
    assert not end.code, end.code
"""
    loaded = loaded_by(program)
    assert "examrunner.main" in loaded
    heavy = {"dataclasses", "yaml", "textual", "sqlalchemy", "numpy", "pydantic", "argparse"}
    assert not loaded & heavy


def test_a_command_loads_no_other_command_and_no_rules() -> None:
    """What opens the app reads its arguments with nothing but words and kinds of failures."""
    loaded = loaded_by("from examrunner.cli.parser import parser_of\nparser_of(None, 'open')")
    own = {name for name in loaded if name.startswith(("examrunner.cli.", "examrunner.domain."))}
    assert own == {
        "examrunner.cli.arguments",
        "examrunner.cli.exam",
        "examrunner.cli.parser",
        "examrunner.domain.errors",
    }


def test_the_app_loads_nothing_for_its_first_frame() -> None:
    """The first frame shows the session's name and needs no database, figures or validation."""
    loaded = loaded_by("import examrunner.tui.app")
    assert "textual" in loaded
    assert not loaded & {"sqlalchemy", "numpy", "pydantic", "yaml"}


def test_linting_banks_loads_no_app_database_or_figures() -> None:
    """Banks are judged in the time that reading them takes: nothing of weight is loaded for it."""
    program = """
from examrunner.main import main
assert main(["bank", "lint", "questionbanks/cs496/llm-watermark.yaml", "--json"]) == 0
print()
"""
    loaded = loaded_by(program)
    assert "examrunner.domain.bank.lint.judge" in loaded
    assert not loaded & {"textual", "sqlalchemy", "numpy"}


def test_use_cases_load_no_database_figures_or_validation() -> None:
    """Each service alone can be imported without what only some of its functions need."""
    program = """
import importlib, sys
for name in sys.argv[1:]:
    for old in [old for old in sys.modules if old.split(".")[0] == "examrunner"]:
        del sys.modules[old]
    importlib.import_module(name)
    for heavy in ("sqlalchemy", "pydantic", "numpy", "textual"):
        if heavy in sys.modules:
            sys.exit(f"{name} loads {heavy}")
"""
    paths = (path.relative_to(ROOT) for path in files("examrunner/services", "[!_]*.py"))
    names = [".".join(path.with_suffix("").parts) for path in paths]
    assert names
    run(program, *names)


# --- size ----------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["examrunner", "tests"])
def test_no_file_is_too_long(folder: str) -> None:
    """A file is read in one sitting."""
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in files(folder)}
    assert {str(path): count for path, count in lengths.items() if count > LONGEST_FILE} == {}


@pytest.mark.parametrize("folder", ["examrunner", "tests"])
def test_no_function_is_too_long(folder: str) -> None:
    """A function fits on a screen; its decorators do not count."""
    long = [
        f"{place(path, node)} {node.name}"
        for path, node in nodes(folder)
        if isinstance(node, Function)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


# --- decisions -----------------------------------------------------------------------------


def test_the_domain_asks_no_clock_and_no_chance() -> None:
    """Now and entropy are arguments, so every decision can be made again."""
    modules = {"random", "secrets", "time", "uuid", "os", "threading", "asyncio"}
    calls = {"now", "utcnow", "today", "urandom", "monotonic", "perf_counter", "fromtimestamp"}
    found = []
    for path, node in nodes("examrunner/domain"):
        if any(name.split(".")[0] in modules for name in imported(node)):
            found.append(f"{place(path, node)} import")
        if isinstance(node, ast.Attribute) and node.attr in calls:
            found.append(f"{place(path, node)} {node.attr}")
    assert found == []


def test_the_domain_touches_no_file() -> None:
    """Nothing is opened, read, written or printed by a decision."""
    modules = {"io", "pathlib", "shutil", "tempfile", "socket", "subprocess", "logging", "sqlite3"}
    calls = {"open", "print", "input", "read_text", "write_text", "read_bytes", "write_bytes"}
    found = []
    for path, node in nodes("examrunner/domain"):
        if any(name.split(".")[0] in modules for name in imported(node)):
            found.append(f"{place(path, node)} import")
        if isinstance(node, ast.Call):
            called = node.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            if name in calls:
                found.append(f"{place(path, node)} {name}(")
    assert found == []


# --- tests ---------------------------------------------------------------------------------


def test_every_test_states_its_fact() -> None:
    """Each test says in its docstring what it proves."""
    silent = [
        f"{place(path, node)} {node.name}"
        for path, node in nodes("tests")
        if isinstance(node, Function)
        and node.name.startswith("test_")
        and not (ast.get_docstring(node) or "").endswith(".")
    ]
    assert silent == []


def test_no_test_sleeps() -> None:
    """Tests wait for what happens, never for time to pass."""
    found = [
        place(path, node)
        for path, node in nodes("tests")
        if isinstance(node, ast.Call)
        and (getattr(node.func, "attr", None) or getattr(node.func, "id", None)) == "sleep"
    ]
    assert found == []


def test_no_test_knows_a_machine() -> None:
    """No path of one machine stands in a test."""
    known = tuple(f"/{root}/" for root in ("work", "home", "root", "Users"))
    found = [
        place(path, node)
        for path, node in nodes("tests")
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith(known)
    ]
    assert found == []
