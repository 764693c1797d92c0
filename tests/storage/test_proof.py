"""The published folder on disk, the files that go with it, and the program as students run it."""

from __future__ import annotations

import ast
import html
import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from examrunner.domain.draw.log import DrawLog
from examrunner.domain.draw.published import COMMIT, LOG, SECRET, Published, published
from examrunner.domain.draw.verification import verify
from examrunner.domain.plain import sha256
from examrunner.storage.readers import published as reader
from examrunner.storage.readers.published import read_published
from examrunner.storage.writers import proof
from examrunner.storage.writers.proof_folder import proof_written
from tests.domain.draw import proofs, test_log, vectors
from tests.storage.verifiers import SCRIPT, browser, by_package, by_script, found, judged, write

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "</script><script>document.title='taken'</script><!--\u2028&amp;"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run verify.py as its own program, without site packages."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_folder_reads_back(tmp_path: Path) -> None:
    """What was published is what is read, to the byte."""
    write(tmp_path, proofs.files())
    assert read_published(tmp_path) == proofs.folder(proofs.rich())


def test_an_empty_folder_names_every_file(tmp_path: Path) -> None:
    """Missing files are all told at once, by all."""
    names = [(name, None, "file") for name in (COMMIT, LOG, SECRET, proofs.BANKS)]
    assert list(found(by_package(tmp_path, None, ()))) == names
    assert list(found(by_script(tmp_path, None, ()))) == names


@pytest.mark.parametrize("kind", ["folder", "link", "pipe", "large"])
def test_only_plain_files_are_read(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder, a link, a pipe and a file beyond the limit are problems with the file's name."""
    folder = tmp_path / "published"
    folder.mkdir()
    path = write(folder, proofs.files()) / LOG
    if kind == "large":
        monkeypatch.setattr(reader, "LARGEST", 1000)
        monkeypatch.setitem(by_script.__globals__["standalone"]().__dict__, "LARGEST", 1000)
    else:
        path.rename(tmp_path / LOG)
        made = {"folder": path.mkdir, "link": lambda: path.symlink_to(tmp_path / LOG)}
        made.get(kind, lambda: os.mkfifo(path))()
    expected = (LOG, None, "file")
    assert expected in found(by_package(folder, None, ()))
    assert found(by_package(folder, None, ())) == found(by_script(folder, None, ()))


def test_the_published_vectors_verify() -> None:
    """The session of V4 verifies with its published C and the head of a receipt."""
    log = test_log.published()
    log.end()
    folder = published(
        log.commitment, log.lines, vectors.SECRET, {"vqvae": vectors.plain(vectors.BANK)}
    )
    receipts = [test_log.HEAD_AFTER_VOID[:20]]
    verified = verify(folder, commit=vectors.COMMIT_HASH, heads=receipts)
    assert (verified.ok, verified.draws, verified.strength) == (True, 6, "public")
    assert verified.without_draw == ()


def test_the_notes_say_what_the_files_cannot_show() -> None:
    """Without the published line and receipts the verdict says what could have been done."""
    notes = verify(proofs.folder(proofs.rich("-"))).notes
    assert "P is -: the examiner could have chosen the seed." in notes
    assert any("could be made afterwards" in note for note in notes)
    assert any("log could be made anew" in note for note in notes)
    assert any(note.endswith("sheet chosen by hand: other.") for note in notes)
    assert any("not the committed one" in note for note in notes)


def test_the_script_runs_alone(tmp_path: Path) -> None:
    """Python alone runs verify.py: exit 0 with the verdict, and as JSON the same as the package."""
    write(tmp_path, proofs.files())
    head = sha256(proofs.rich().lines[-1])
    c = proofs.rich().commit_hash
    done = run("--commit", c, "--head", head[:20], "--head", head[:8], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "ALL RIGHT" in done.stdout
    assert f"head     {head}" in done.stdout
    assert "no draw  gus" in done.stdout
    verdict = json.loads(run(tmp_path, "--json").stdout)
    assert judged(verdict) == judged(by_package(tmp_path, None, ()))


def test_the_script_says_what_was_not_compared(tmp_path: Path) -> None:
    """Strength and notes stand under the verdict, and a late bank's sheet keeps the rule."""
    write(tmp_path, proofs.folder(proofs.rich("-")).files())
    told = run(tmp_path).stdout
    assert "strength recorded: no public value" in told
    for words in ("C was not compared", "No receipt was compared", "not the committed one: other."):
        assert words in told
    assert "off the rule" not in told
    told = run(tmp_path, "--commit", proofs.rich("-").commit_hash).stdout
    assert "strength sealed: the seed was fixed" in told
    assert "C was not compared" not in told


def test_the_script_says_what_changed_and_what_the_public_value_was(tmp_path: Path) -> None:
    """An earlier commitment, later lists and P are for the student to ask about: verify.py tells.

    They are the same words as those of the package.
    """
    log = DrawLog(proofs.commitment(n=2, why="late"), vectors.SECRET)
    log.start(vectors.PUBLIC)
    log.list("dee", ["attention", "bert"], "import-error")
    log.end()
    write(tmp_path, proofs.folder(log).files())
    told = run(tmp_path).stdout
    package = by_package(tmp_path, None, ())["notes"]
    for words in ("P is ", "The commitment replaces earlier ones: late.", "Since the commitment,"):
        (note,) = [one for one in package if one.startswith(words)]
        assert f"note     {note}" in told


def test_the_script_calls_nobody_drawn_whom_it_did_not_reach(tmp_path: Path) -> None:
    """Above a wrong line nobody knows who was drawn below it: "no draw nobody" would be untrue."""
    files = proofs.files()
    write(tmp_path, {**files, "log.jsonl": files["log.jsonl"].replace('"a":1', '"a":2', 1)})
    told = run(tmp_path).stdout
    assert "NOT RIGHT" in told
    assert "nobody" not in told.split("no draw")[1].splitlines()[0]


def test_the_script_prints_everywhere(tmp_path: Path) -> None:
    """Where the screen has only ASCII, and where a reader has had enough, nothing breaks off."""
    write(
        tmp_path, proofs.rechained(lambda bodies: bodies[proofs.place("sheet", 5)].update(why="é"))
    )
    command = [sys.executable, "-S", str(SCRIPT), str(tmp_path)]
    ascii_only = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, check=False, timeout=60, env=ascii_only)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\xe9" in done.stdout
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(
            command, stdout=closed, stderr=subprocess.PIPE, check=False, timeout=60
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_script_checks_the_folder_in_which_it_lies(tmp_path: Path) -> None:
    """Copied into a published folder, verify.py needs no argument, wherever it is started."""
    script = write(tmp_path, proofs.files()) / "verify.py"
    script.write_text(proof.standalone_verifier(), "utf-8")
    command = [sys.executable, "-I", "-S", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_script_names_the_line(tmp_path: Path) -> None:
    """A changed log ends with 1 and names file and line; a wrong option ends with 2."""
    text = proofs.files()[LOG].replace('"ticket":', '"ticket":1', 1)
    write(tmp_path, proofs.files() | {LOG: text})
    done = run(tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("log.jsonl:3: [derived] ticket: expected ")
    assert "NOT RIGHT" in done.stdout
    assert run("--what").returncode == 2


def test_the_script_imports_only_the_standard_library() -> None:
    """No line of verify.py imports anything that does not come with Python."""
    text = proof.standalone_verifier()
    imports = [one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Import)]
    names = {alias.name for one in imports for alias in one.names}
    assert not any(isinstance(one, ast.ImportFrom) for one in ast.walk(ast.parse(text)))
    assert ast.parse(text, feature_version=(3, 8)).body
    assert names <= sys.stdlib_module_names
    assert text == SCRIPT.read_text("utf-8")


@pytest.mark.skipif(not (shutil.which("sha256sum") and shutil.which("sh")), reason="no sha256sum")
def test_the_one_liners_of_the_shell_hold(tmp_path: Path) -> None:
    """sha256sum gives C, the secret's hash, K and a ticket, as any student can check."""
    log = test_log.published()
    (tmp_path / COMMIT).write_text(log.commitment.text, "utf-8")
    script = f"""
sha256sum commit.json | cut -d' ' -f1
printf %s "$S" | sha256sum | cut -d' ' -f1
K=$(printf 'examrunner-draw/1\\nkey\\n%s\\n%s\\n%s\\n' "$C" "$S" "$P" | sha256sum | cut -d' ' -f1)
echo $K
printf 'examrunner-draw/1\\npaper\\n%s\\n%s\\n%s\\n%s\\n' "$K" bob 1 17 | sha256sum | cut -c1-8
printf %s '{log.lines[0]}' | sha256sum | cut -d' ' -f1
"""
    names = {"C": vectors.COMMIT_HASH, "S": vectors.SECRET, "P": vectors.PUBLIC}
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env=os.environ | names, capture_output=True, check=True
    )
    assert done.stdout.decode().split() == [
        vectors.COMMIT_HASH,
        log.commitment.secret_sha256,
        vectors.KEY,
        "8c2f00cd",
        test_log.HEAD_AFTER_START,
    ]


@pytest.mark.skipif(not (shutil.which("sha256sum") and shutil.which("sh")), reason="no sha256sum")
def test_every_command_of_the_folder_s_readme_holds(tmp_path: Path) -> None:
    """Typed as they stand in README.txt, the commands give C, the secret's hash, ticket and head.

    STUDENT, ATTEMPT, NUMBER and HEAD are those of a receipt, as the text says.
    """
    log = test_log.published()
    drawn = next(one for one in log.draws if one.student == "bob")
    log.end()
    banks = {"vqvae": vectors.plain(vectors.BANK)}
    whole = published(log.commitment, log.lines, vectors.SECRET, banks)
    with proof_written(tmp_path / "proof", whole, "cs496-demo", vectors.PUBLIC):
        pass
    text = (tmp_path / "proof" / "README.txt").read_text("utf-8")
    script = "".join(line for line in text.splitlines(keepends=True) if line.startswith("    "))
    receipt = {"STUDENT": "bob", "ATTEMPT": "1", "NUMBER": "17", "HEAD": drawn.head[:20]}
    for name, value in receipt.items():
        script = script.replace(name, value)
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path / "proof", capture_output=True, check=True
    )
    told = done.stdout.decode().splitlines()
    c, secret, ticket, head = (line.split()[0] for line in told)
    assert (c, secret) == (vectors.COMMIT_HASH, log.commitment.secret_sha256)
    assert int(ticket[:8], 16) // 4 == drawn.ticket
    assert head == drawn.head


def test_no_text_ends_the_page_s_data() -> None:
    """Hostile texts in the files add no element to the page and come out of it unchanged."""
    page = proof.page(Published(HOSTILE, HOSTILE, HOSTILE, HOSTILE))
    assert page.count("</script") == proof.empty_page().count("</script")
    assert "<!--\u2028" not in page
    data = re.search(r'id="files">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    assert json.loads(data[1])[LOG] == HOSTILE


def test_the_page_asks_for_nothing() -> None:
    """The page's policy allows no connection, and it names no other place."""
    page = proof.empty_page()
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=|innerHTML|fetch\(|import\(|@import|url\(", page)
    assert set(re.findall(r"https?://[^\"' ]+", page)) == {"http://www.w3.org/2000/svg"}


@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("hostile", [False, True])
def test_the_page_shows_its_verdict(tmp_path: Path, *, hostile: bool) -> None:
    """Opened in a real browser, the page checks the copy in it and shows what it found as text."""
    files = proofs.folder(proofs.rich())
    if hostile:
        lines = files.log.replace('"s":"bob","why":"illness"', '"s":"bob","why":"<b id=x>"')
        files = Published(files.commit, lines, files.secret, files.banks)
    page = tmp_path / "verify.html"
    page.write_text(proof.page(files), "utf-8")
    shown = browser(page)
    verdict = re.search(r'id="verdict"[^>]*>([^<]*)<', shown)
    assert verdict is not None
    assert verdict[1] == ("✗ Something is not right" if hostile else "✓ Everything comes out again")
    assert ("log.jsonl, line 6" in shown) is hostile
    assert ("Never drawn: gus." in shown) is not hostile
    assert "copy of the four files inside this page" in shown
    assert "<b id" not in html.unescape(re.sub(r"<script.*?</script>", "", shown, flags=re.DOTALL))


ASKED = """
<script>
const key = document.getElementById("key");
key.value = "%s";
setTimeout(() => key.dispatchEvent(new Event("input")), 1000);
</script>
"""
"""Types a key into the page once it has judged its files."""


@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize(("student", "is_moved"), [("ann", False), ("cho", True)])
def test_the_page_says_where_odds_were_moved(
    tmp_path: Path, student: str, *, is_moved: bool
) -> None:
    """At the first draw nothing has moved the odds, and the page does not say so."""
    log = DrawLog(proofs.commitment(), vectors.SECRET)
    log.start(vectors.PUBLIC)
    proofs.with_sheet(log, "ann", 1)
    proofs.with_sheet(log, "cho", 1)
    log.end()
    page = tmp_path / "verify.html"
    page.write_text(proof.page(proofs.folder(log)) + ASKED % student, "utf-8")
    shown = browser(page)
    told = shown[shown.index('<div id="mine"') :].split("<script")[0]
    assert "of the session, from a list of 4." in told
    assert ("moved the odds" in told) is is_moved


GIVEN = """
<script>
const given = new DataTransfer(), texts = %s;
for (const [name, text] of Object.entries(texts)) given.items.add(new File([text], name));
const bytes = (name) => new TextEncoder().encode(texts[name]).buffer;
File.prototype.arrayBuffer = async function () { return bytes(this.name); };
const how = "%s";
if (how === "chosen") {
  const picker = document.getElementById("picker");
  picker.files = given.files;
  picker.dispatchEvent(new Event("change"));
} else {
  document.dispatchEvent(new DragEvent("drop", { dataTransfer: given, cancelable: true }));
}
</script>
"""
"""Gives files to the page as a person does. A browser that runs on virtual time does not wait for
the disk: their bytes come at once."""


@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("how", ["chosen", "dropped"])
def test_the_page_checks_files_that_are_given_to_it(tmp_path: Path, how: str) -> None:
    """Files chosen or dropped take the place of the copy in the page, and their faults show."""
    files = proofs.folder(proofs.rich())
    other = {**files.files(), LOG: files.log.replace('"nonce":"17"', '"nonce":"18"')}
    assert other[LOG] != files.log
    page = tmp_path / "verify.html"
    page.write_text(proof.page(files) + GIVEN % (json.dumps(other), how), "utf-8")
    shown = browser(page)
    verdict = re.search(r'id="verdict"[^>]*>([^<]*)<', shown)
    assert verdict is not None
    assert verdict[1] == "✗ Something is not right"
    assert "log.jsonl, line" in shown


@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("broken", [False, True])
def test_no_verdict_of_other_files_stays(tmp_path: Path, *, broken: bool) -> None:
    """A log with a text of 16 million characters is judged; where a check breaks off, it says so.

    The verdict on the copy in the page never stays for files that were given later.
    """

    def forge(bodies: list[dict[str, Any]]) -> None:
        bodies[proofs.place("start")]["t"] = "y" * 16_000_000
        bodies[proofs.place("draw")]["ticket"] = 0

    given = GIVEN % (json.dumps(proofs.rechained(forge)), "chosen")
    if broken:
        given = "<script>Set = function () { throw new RangeError('no room'); };</script>" + given
    page = tmp_path / "verify.html"
    page.write_text(proof.page(proofs.folder(proofs.rich())) + given, "utf-8")
    shown = browser(page)
    verdict = re.search(r'id="verdict"[^>]*>([^<]*)<', shown)
    assert verdict is not None
    said = "These files could not be judged" if broken else "Something is not right"
    assert verdict[1] == f"✗ {said}"
    assert ("The check broke off: no room." in shown) is broken
    assert ("log.jsonl, line 3" in shown) is not broken
    assert ('<section id="session" hidden' in shown) is broken
