"""Banks in and out: given away in other formats, and made from files of other systems.

Only new files are written. A bank that is there already is somebody's work and stays as it is.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from examrunner.domain.bank.banks import Bank
from examrunner.domain.bank.carrying import CALLED, ENDINGS, TO_READ, Form, Loss, exported, losses
from examrunner.domain.bank.foreign import Skipped
from examrunner.domain.errors import Environment, Refused, WrongUsage, refused_by_machine
from examrunner.domain.problems import BadInput, Problem, error, warning
from examrunner.domain.text import counted, is_id, safe
from examrunner.services.bank_targets import COURSE_FILE
from examrunner.services.export import demand_new
from examrunner.storage.files import PRIVATE_FILE, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from examrunner.domain.bank.foreign import Foreign

READABLE = 0o644
"""Banks are shared, e.g. by git; they hold nothing about students."""
USUAL_KIND = "core"
"""The kind of a question that names none, unless another one is asked for."""


class Source(StrEnum):
    """A format from which questions or readings are taken."""

    MOODLE = "moodle"
    GIFT = "gift"
    TABLE = "table"
    BIBTEX = "bibtex"


_BY_ENDING = {
    ".xml": Source.MOODLE,
    ".gift": Source.GIFT,
    ".txt": Source.GIFT,
    ".csv": Source.TABLE,
    ".tsv": Source.TABLE,
    ".xlsx": Source.TABLE,
    ".ods": Source.TABLE,
    ".zip": Source.TABLE,  # most likely QTI, which is told there
    ".imscc": Source.TABLE,
    ".bib": Source.BIBTEX,
    ".bibtex": Source.BIBTEX,
}


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written, and what of the banks is not in it."""

    path: Path
    form: Form
    banks: int
    questions: int
    lost: tuple[Loss, ...]

    @property
    def note(self) -> str:
        """What to know about the file, in words."""
        if self.form in TO_READ:
            return f"{CALLED[self.form]} is to be read: nothing takes it in again."
        if not self.lost:
            return f"{CALLED[self.form]} carries all of it."
        return f"{CALLED[self.form]} has no place for:"


@dataclass(frozen=True, slots=True)
class Imported:
    """A bank that was made, and what stayed behind."""

    path: Path
    form: str
    bank: Bank
    skipped: tuple[Skipped, ...]
    problems: tuple[Problem, ...]


def find_banks(names: Iterable[str]) -> list[Path]:
    """Return the files of banks that are named by path, by folder, by session or by reading.

    A reading is looked for here, else where `bank lint` looks, and the first one counts. Raises
    WrongUsage for what is none.
    """
    from examrunner.services.bank_targets import targets
    from examrunner.storage.readers.bank_files import NOT_BANKS

    files: list[Path] = []
    for name in names:
        path, here = Path(name), Path(f"{name}.yaml")
        if path.exists():
            found = targets([path]).files
        elif is_id(name) and here.is_file():
            found = [here]
        else:
            found = [one for one in targets(()).files if one.stem == name][:1]
        banks = [one for one in found if one.stem not in NOT_BANKS]
        if not banks:
            raise WrongUsage(f"There is no bank in {safe(name)}." if path.exists() else
                             f"There is no bank of {safe(name)}.")  # fmt: skip
        files += banks
    return list(dict.fromkeys(files))


def export_banks(files: Sequence[Path], form: Form, out: Path | None) -> Exported:
    """Write banks as one new file in another format.

    Raises BadInput where a bank cannot be read, Refused where the file is there already,
    Environment where the disk says no. Nothing is written then.
    """
    banks = _read(files)
    path = out or Path(f"{banks[0].reading if len(banks) == 1 else 'banks'}{ENDINGS[form]}")
    demand_new(path)
    write_once(path, _bytes_of(banks, form))
    count = sum(len(exported(bank, form)) for bank in banks)
    return Exported(path, form, len(banks), count, losses(banks, form))


def _read(files: Iterable[Path]) -> list[Bank]:
    from examrunner.domain.problems import has_errors
    from examrunner.storage.readers.bank_files import read_bank

    banks: list[Bank] = []
    problems: list[Problem] = []
    for file in files:
        bank, found = read_bank(file)
        problems += found
        if bank is not None:
            banks.append(bank)
    if has_errors(problems):
        raise BadInput(problems)
    return banks


def _bytes_of(banks: Sequence[Bank], form: Form) -> bytes:
    if form is Form.MOODLE:
        from examrunner.storage.writers.moodle_xml import moodle_bytes

        return moodle_bytes(banks)
    if form is Form.GIFT:
        from examrunner.storage.writers.gift import gift_bytes

        return gift_bytes(banks)
    if form is Form.MARKDOWN:
        from examrunner.storage.writers.bank_markdown import markdown_bytes

        return markdown_bytes(banks)
    from examrunner.storage.writers.bank_html import html_bytes

    return html_bytes(banks)


def source_of(file: Path, named: str | None = None) -> Source:
    """Return the format of a file by its ending. Raises WrongUsage for an ending that says none."""
    if named is not None:
        return Source(named)
    found = _BY_ENDING.get(file.suffix.casefold())
    if found is None:
        known = ", ".join(one.value for one in Source)
        raise WrongUsage(
            f"What {safe(file.name)} is does not show by its ending.", f"Say --form: {known}."
        )
    return found


def import_bank(
    file: Path,
    reading: str,
    *,
    source: Source,
    folder: Path,
    kind: str = USUAL_KIND,
    sheet: str | None = None,
    course: Path | None = None,
) -> Imported:
    """Make a new bank of drafts from a file of another system, in a folder that may be new, too.

    A reading that the catalogue (`course`, else course.yaml in the folder) lacks is warned of.
    Raises BadInput for a file that cannot be read or holds no question of ours, WrongUsage for a
    reading that cannot be an id, Refused where its bank is there already, Environment where the
    disk says no. Nothing is written then.
    """
    from examrunner.domain.bank.foreign import about, as_bank, normal
    from examrunner.storage.readers.bank_files import NOT_BANKS

    if not is_id(reading) or reading in NOT_BANKS:
        raise WrongUsage(f"{safe(reading)} cannot be the id of a reading.", "Such as: bert")
    if normal(kind) != kind or not kind:
        raise WrongUsage("This cannot be a kind of question.", "Such as: core")
    path = folder / f"{reading}.yaml"
    demand_no_bank(path)
    demand_place(folder)
    unknown = _unknown(reading, catalogue_of(folder, course))
    foreign = about(reading, _foreign(file, source, sheet))
    bank, problems = as_bank(reading, foreign, kind, str(file))
    found = (*unknown, *foreign.problems, *problems)
    if not bank.questions:
        raise BadInput([*found, _nothing(foreign, file)])
    write_beside(path, _checked(bank, file))
    return Imported(path, foreign.form, bank, foreign.skipped, found)


def demand_no_bank(path: Path) -> None:
    """Raise Refused where a bank would be overwritten."""
    if path.exists() or path.is_symlink():
        raise Refused(
            f"{path} is there already; a bank that people write is never rewritten.",
            "Nothing was written. --to names another folder; copy from there what you want.",
        )


def demand_place(folder: Path) -> None:
    """Raise WrongUsage where something else stands in the place of a folder."""
    if folder.exists() and not folder.is_dir():
        raise WrongUsage(f"{folder} is no folder.")


def catalogue_of(folder: Path, named: Path | None) -> Path | None:
    """Return the catalogue that is named, else the one of a folder; None without one."""
    usual = folder / COURSE_FILE
    return named or (usual if usual.is_file() else None)


def _unknown(reading: str, course: Path | None) -> list[Problem]:
    """Warn of a reading that the catalogue lacks. Raises BadInput where that cannot be read."""
    from examrunner.storage.readers.course_files import read_course

    if course is None:
        return []
    found, problems = read_course(course)
    if found is None:
        raise BadInput(problems)
    if reading in found.by_id():
        return []
    near = difflib.get_close_matches(reading, found.by_id(), n=1)
    hint = f"did you mean `{near[0]}`?" if near else "add it to `readings` there"
    told = f"no reading of this course has the id `{reading}`"
    return [warning(told, hint, file=str(course), rule="bank-import")]


def _foreign(file: Path, source: Source, sheet: str | None) -> Foreign:
    from examrunner.storage.readers.tables import bytes_of

    data = bytes_of(file, str(file))
    if source is Source.MOODLE:
        from examrunner.storage.readers.moodle_xml import read_moodle

        return read_moodle(data, str(file))
    if source is Source.GIFT:
        from examrunner.storage.readers.gift import read_gift

        return read_gift(data, str(file))
    if source is Source.TABLE:
        from examrunner.storage.readers.bank_table import read_bank_table

        return read_bank_table(data, str(file), sheet)
    raise WrongUsage("BibTeX holds readings and no questions.", "Leave --reading out.")


def _nothing(foreign: Foreign, file: Path) -> Problem:
    told = f"there is no question in this file that an oral exam could ask ({foreign.form})"
    others = [f"{one.name}: {one.why}" for one in foreign.skipped[:5]]
    hint = f"{counted(len(foreign.skipped), 'other')}: {'; '.join(others)}" if others else ""
    return error(told, hint, file=str(file), line=1, rule="bank-import")


def _checked(bank: Bank, file: Path) -> bytes:
    from examrunner.storage.writers.bank_yaml import checked_bytes

    head = (
        f"Made by `examrunner bank import` from {named(file)}.",
        "Everything here is a draft: read it against the reading, and lint it.",
    )
    return checked_bytes(bank, head, str(file))


def named(file: Path) -> str:
    """Return a file's name as it may stand in a comment of one line."""
    return safe(" ".join(file.name.split()))


def write_beside(path: Path, data: bytes) -> None:
    """Write a new file for a folder of banks, which is made where it is not there yet.

    Raises Refused or Environment.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise refused_by_machine(fault) from fault
    write_once(path, data, READABLE)


def write_once(path: Path, data: bytes, mode: int = PRIVATE_FILE) -> None:
    """Write a new file. Raises Refused or Environment."""
    demand_new(path)
    try:
        write_atomically(path, data, mode)
    except OSError as fault:
        raise Environment(f"{path} cannot be written: {fault.strerror or fault}.") from fault
