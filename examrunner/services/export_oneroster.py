"""Which class and which line item of a OneRoster set take the scores."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from examrunner.domain.errors import WrongUsage
from examrunner.services.export_into import Choice
from examrunner.services.results import Results
from examrunner.storage.readers.canvas import Gradebook, propose_column
from examrunner.storage.readers.oneroster_scores import RosterSet, read_roster_set
from examrunner.storage.writers import oneroster
from examrunner.storage.writers.oneroster import LineItem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from examrunner.domain.course.people import Student
    from examrunner.services.export import Marks
    from examrunner.services.export_into import Into
    from examrunner.services.ports import ClockPort
    from examrunner.storage.readers.oneroster_scores import Record
    from examrunner.storage.writers.uploads import Upload

NEW_ITEM = "Oral exam"
"""What a new line item is called where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the set with the item that takes the scores."""

    roster: RosterSet
    item: LineItem
    book: Gradebook
    results: Results

    def plan(self, students: Sequence[Student], marks: Marks, *, force: bool) -> Upload:
        """Compare the scores with those of the class."""
        return oneroster.plan_results(
            self.book, students, marks.scores, excused=marks.excused, force=force
        )

    def name(self, line: int) -> str:
        """Return the name in a row."""
        return oneroster.name_of(next(row for row in self.book.rows if row.line == line))

    def render_archive(self, upload: Upload, clock: ClockPort) -> bytes:
        """Return the archive; scores carry the day of the exam."""
        now = clock.now().at
        day = self.results.settings.exam.date or now.date()
        return oneroster.render_results(self.roster, self.item, upload, now, day)


def find(results: Results, into: Into) -> Class:
    """Read a set and find class and item. Raises WrongUsage where several fit, or none."""
    roster = _read(into)
    where = _class_id(roster, into)
    item = _item(roster, where, results, into)
    return Class(roster, item, oneroster.book_of(roster, item), results)


def choice(into: Into) -> Choice | None:
    """Return what is to be said first: class, line item, or where a new item belongs."""
    roster = _read(into)
    if into.class_id is None and len(roster.pupils) > 1:
        listed = {one: roster.title(one) for one in roster.pupils}
        answers = [(words, replace(into, class_id=one)) for words, one in _told(listed)]
        return Choice("which class is it?", tuple(answers))
    where = _class_id(roster, into)
    named = into.column or _proposed(roster, where)
    if named is None:
        listed = {one["sourcedid"]: one["title"] for one in _items(roster, where)}
        answers = [(words, replace(into, column=one)) for words, one in _told(listed)]
        if not oneroster.items_called(roster, where, NEW_ITEM):
            answers.append((f"a new one: {NEW_ITEM}", replace(into, column=NEW_ITEM)))
        return Choice("which line item takes the scores?", tuple(answers))
    return None if oneroster.items_called(roster, where, named) else _place(roster, into)


def _place(roster: RosterSet, into: Into) -> Choice | None:
    """Return what is to be said of a new line item; None where it is clear."""
    if into.category is None and len(roster.categories) > 1:
        listed = {key: one.get("title", "") for key, one in roster.categories.items()}
        answers = [(words, replace(into, category=one)) for words, one in _told(listed)]
        return Choice("which category is the new line item in?", tuple(answers))
    if into.period is None and len(roster.periods) > 1:
        listed = {key: one.get("title", "") for key, one in roster.periods.items()}
        answers = [(words, replace(into, period=one)) for words, one in _told(listed)]
        return Choice("which grading period is the new line item in?", tuple(answers))
    return None


def _told(titles: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return words for each title by its id, and the id."""
    return [(f"{title} ({key})" if title else key, key) for key, title in titles.items()]


def _read(into: Into) -> RosterSet:
    if into.source is None:
        hint = "--into names the zip archive of the class, or the folder that it was unpacked into."
        raise WrongUsage("Which OneRoster set is the class in?", hint)
    return read_roster_set(into.source)


def _class_id(roster: RosterSet, into: Into) -> str:
    listed = list(roster.pupils)
    if into.class_id is None and len(listed) == 1:
        return listed[0]
    if into.class_id is not None and into.class_id in roster.pupils:
        return into.class_id
    hint = "\n".join(f"--class {one}   {roster.title(one)}" for one in listed)
    text = "Which class is it?" if into.class_id is None else f"No class {into.class_id!r}."
    raise WrongUsage(text, hint or "The set enrols no student anywhere.")


def _items(roster: RosterSet, where: str) -> list[Record]:
    return [
        one
        for one in roster.line_items.values()
        if one.get("classsourcedid") == where and one.get("title")
    ]


def _proposed(roster: RosterSet, where: str) -> str | None:
    """Return the id of the one item that speaks of an oral or final exam, as for gradebooks."""
    book = oneroster.items_book(_items(roster, where))
    found = propose_column(book)
    return found.id if found else None


def _item(roster: RosterSet, where: str, results: Results, into: Into) -> LineItem:
    named = into.column or _proposed(roster, where)
    if named is None:
        listed = [f'--column "{one["title"]}"' for one in _items(roster, where)]
        hint = "\n".join([*listed, f'--column "{NEW_ITEM}" makes a new one.'])
        raise WrongUsage("Which line item takes the scores?", hint)
    found = oneroster.items_called(roster, where, named)
    if len(found) > 1:
        hint = "\n".join(f"--column {one['sourcedid']}" for one in found)
        raise WrongUsage(f"Several line items are called {named!r}.", hint)
    if found:
        return oneroster.line_item_of(found[0])
    session = results.settings.session
    points = max((points for _, points in results.settings.exam.points), default=0)
    return LineItem(
        where,
        named,
        oneroster.made_id(session, where, named),
        _only(into.category, roster.categories, "category", "category"),
        _only(into.period, roster.periods, "grading period", "period"),
        most=str(points),
    )


def _only(named: str | None, listed: Mapping[str, Record], what: str, option: str) -> str:
    """Return the id that is named, or the only one that there is."""
    if named:
        return named
    if len(listed) == 1:
        return next(iter(listed))
    hint = "\n".join(f"--{option} {key}   {one.get('title', '')}" for key, one in listed.items())
    text = f"A new line item needs a {what}."
    raise WrongUsage(text, hint or f"--{option} SOURCED_ID names it, as your system does.")
