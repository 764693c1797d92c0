"""Readings out of BibTeX, proposed for a catalogue as a piece of course.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from examrunner.domain.course.catalogue import Reading
from examrunner.domain.course.refs import Double, sort_out
from examrunner.domain.problems import BadInput, Problem, error, has_errors
from examrunner.services.bank_io import catalogue_of, demand_place, named, write_beside
from examrunner.services.export import demand_new

COURSE = "course.yaml"


@dataclass(frozen=True, slots=True)
class Catalogued:
    """What was proposed, and what the catalogue has already."""

    path: Path | None
    """None where there was nothing new to write."""
    course: Path | None
    """The course that was compared with."""
    new: tuple[Reading, ...]
    known: tuple[Double, ...]
    alike: tuple[Double, ...]
    problems: tuple[Problem, ...]


def import_readings(
    file: Path, *, folder: Path, course: Path | None = None, out: Path | None = None
) -> Catalogued:
    """Write the entries of a BibTeX file that a catalogue lacks to a new file.

    Without `course`, course.yaml in the folder is compared with, where there is one. Raises
    BadInput for files that cannot be read, Refused where the new file is there already,
    Environment where the disk says no. Nothing is written then.
    """
    from examrunner.storage.readers.bibtex import read_bibtex
    from examrunner.storage.readers.tables import bytes_of
    from examrunner.storage.writers.bank_yaml import readings_bytes

    course = catalogue_of(folder, course)
    path = out or folder / f"{file.stem}-readings.yaml"
    demand_place(path.parent)
    demand_new(path)
    catalogue, problems = _readings_of(course)
    refs = read_bibtex(bytes_of(file, str(file)), str(file))
    found = sort_out([one.reading for one in refs.proposed], catalogue)
    head = (
        f"Made by `examrunner bank import` from {named(file)}. Copy what you",
        f"want from here to below `readings:` in {COURSE}.",
    )
    if found.new:
        write_beside(path, readings_bytes(found.new, head))
    elif not refs.proposed:
        told = "there is no entry with a title in this file"
        raise BadInput([*refs.problems, error(told, file=str(file), line=1, rule="bibtex")])
    return Catalogued(
        path if found.new else None,
        course,
        found.new,
        found.known,
        found.alike,
        (*problems, *refs.problems),
    )


def _readings_of(course: Path | None) -> tuple[tuple[Reading, ...], list[Problem]]:
    from examrunner.storage.readers.course_files import read_course

    if course is None:
        return (), []
    found, problems = read_course(course)
    if found is None or has_errors(problems):
        raise BadInput(problems)
    return found.readings, []
