"""The one registry of actions: keys, footer words, key card and palette come from here."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a key does on one screen."""

    keys: str
    """Textual's names of the keys, comma-separated."""
    name: str
    """The screen's method is `action_<name>`."""
    label: str
    """The word in the footer."""
    help: str
    """The line on the key card; empty where another line tells of this key, too."""
    rank: int = 5
    """Lower ranks keep their place in a narrow footer; 9 never stands there."""
    shown: str = ""
    """How the keys are written, where that differs from their names."""

    @property
    def written(self) -> str:
        """Return the keys as people write them."""
        return self.shown or self.keys.split(",")[0]


NEVER_IN_FOOTER = 9
"""The rank of keys that only the key card shows."""

KEYS = Action("question_mark", "keys", "keys", "this card", 0, "?")
BLANK = Action("b", "blank", "blank", "blank the screen; any key shows it again", 7)
BACK = Action("escape", "back", "back", "back without change", 3, "esc")

MOVES = ("up", "down", "page_up", "page_down", "first", "last")
"""Names of the actions that move in a list."""
BOARD = (
    Action("up", "up", "", "choose the student above", 9, "↑"),
    Action("down", "down", "", "choose the student below", 9, "↓"),
    Action("pageup", "page_up", "", "a page up", 9, "pgup"),
    Action("pagedown", "page_down", "", "a page down", 9, "pgdn"),
    Action("home", "first", "", "the first student", 9),
    Action("end", "last", "", "the last student", 9),
    Action("enter", "call", "call", "call the chosen student", 1),
    Action("a", "absent", "absent", "not here; again: back", 2),
    Action("l", "later", "later", "comes later; again: back", 3),
    Action("slash", "find", "find", "find by name: type, enter, escape", 4, "/"),
    Action("v", "results", "results", "verdicts and records, then exports", 4),
    Action("J", "move_down", "", "the chosen student comes later, K earlier", 9, "J K"),
    Action("K", "move_up", "", "", 9),
    Action("i", "incident", "", "note an incident; enter keeps it", 9),
    Action("f", "update", "", "files: late students and corrected lists", 9),
    Action("m", "match", "", "reviews: take in a file, and say which reading a title means", 9),
    Action("c", "close", "close day", "what is still open, edges, and the end of the day", 6),
    BLANK,
    Action("q", "quit", "quit", "quit; the session stays as it is", 5),
    KEYS,
)
WATCH = (
    *(one for one in BOARD if one.name in MOVES),
    Action("v", "results", "results", "verdicts and records", 4),
    BLANK,
    Action("q", "quit", "quit", "stop watching; the exam goes on", 5),
    KEYS,
)
HAND_OVER = (
    Action("enter", "present", "present", "the student is here", 1),
    Action("r", "reveal", "reveal", "draw and show the paper; there is no way back", 1),
    Action("space", "start", "start", "start the clock", 1),
    Action("a", "absent", "absent", "not here", 3),
    Action("l", "later", "later", "comes later", 3),
    Action("c", "choose", "choose paper", "choose the paper by hand, before the reveal", 4),
    BACK,
    BLANK,
    KEYS,
)
SHEET = (
    Action("j,down", "next", "", "next question", 9, "j"),
    Action("k,up", "previous", "", "question before", 9, "k"),
    Action("s", "strong", "strong", "rate strong and move on", 2),
    Action("e", "enough", "enough", "rate enough and move on", 2),
    Action("w", "weak", "weak", "rate weak and move on", 2),
    Action("1,2,3,4,5,6", "point", "point", "tick a point, again: off", 3, "1-6"),
    Action("h", "help", "help", "help up one level: clarified, probed, led", 3),
    Action("o", "offer", "probe", "offer the next probe, then the hints; it counts as help", 4),
    Action("exclamation_mark", "flag", "flag", "a sign that it was not read", 5, "!"),
    Action("n", "note", "note", "write a note; enter closes it", 2),
    Action("N", "incident", "", "an incident, apart from the marks; enter keeps it", 9),
    Action("x", "not_asked", "not asked", "this question is not asked: no time", 4),
    Action("X", "why_not", "", "not asked for another reason: a choice of one key", 9),
    Action("u", "undo", "undo", "take back the last mark, again: the one before", 0),
    Action("U", "redo", "", "let what was taken back count again", 9),
    Action("i", "info", "info", "misconceptions and sample answers; again: back", 5),
    Action("r", "review", "", "the student's own review, where there is one; again: back", 9),
    Action("space", "pause", "pause", "stop or go on with the clock", 4),
    Action("d", "decide", "decide", "stop the clock and decide", 0),
    Action("pageup", "scroll_up", "", "scroll a long sheet up", 9, "pgup"),
    Action("pagedown", "scroll_down", "", "scroll a long sheet down", 9, "pgdn"),
    BLANK,
    KEYS,
)
SUGGESTION = Action("v", "suggestion", "", "what the marks suggest; again: hidden", 9)
WHY_NOT = (
    Action("s", "skipped", "skipped", "left out on purpose", 1),
    Action("d", "declined", "declined", "the student did not want to answer", 1),
    Action("n", "not-needed", "not needed", "the other answers said enough", 1),
    Action("t", "no-time", "no time", "time ran out", 1),
    Action("escape", "back", "back", "back without change", 1, "esc"),
)
"""Why a question is not asked, a line of the sheet; the names are the codes on record."""
DECIDE = (
    Action("p", "pass", "pass", "pass", 1),
    Action("e", "edge", "edge", "edge: to be decided in a second look", 1),
    Action("f", "fail", "fail", "fail", 1),
    Action("n", "reason", "reason", "write a reason; enter closes it", 2),
    SUGGESTION,
    Action("enter", "confirm", "confirm", "save the verdict and go on", 1),
    Action(
        "escape",
        "go_on",
        "go on examining",
        "back to the sheet; a clock that ran runs again",
        2,
        "esc",
    ),
    BLANK,
    KEYS,
)
CORRECT = (
    Action("p", "pass", "pass", "pass", 1),
    Action("e", "edge", "edge", "edge", 1),
    Action("f", "fail", "fail", "fail", 1),
    Action("n", "reason", "reason", "write a reason; enter closes it", 2),
    SUGGESTION,
    Action("enter", "confirm", "confirm", "save it; the earlier verdict is kept", 1),
    BACK,
    BLANK,
    KEYS,
)
RESULTS = (
    Action("up", "up", "", "choose the student above", 9, "↑"),
    Action("down", "down", "", "choose the student below", 9, "↓"),
    Action("pageup", "page_up", "", "a page up", 9, "pgup"),
    Action("pagedown", "page_down", "", "a page down", 9, "pgdn"),
    Action("enter", "record", "record", "open the record", 1),
    Action("x", "export", "export", "export the scores", 2),
    Action("g", "course", "the day", "the course of the day: delays and verdicts", 4),
    Action("e", "edges", "second look", "the edges that are still to be decided", 3),
    BACK,
    BLANK,
    KEYS,
)
COURSE = (BACK, BLANK, KEYS)
"""The course of the day, drawn."""
PUBLIC = (BACK, BLANK, KEYS)
"""The public value; all else is the line in which it is typed."""
UPDATE = (
    Action("enter", "take_in", "take in", "late students, lists and names join the record", 1),
    BACK,
    BLANK,
    KEYS,
)
MATCHING = (
    Action(
        "1,2,3", "choice", "this one", "the reading, or the student, with this number", 1, "1-3"
    ),
    Action("o", "own", "own reading", "the title is a reading of its own", 2),
    Action("s", "leave_out", "leave out", "these reviews do not count", 2),
    Action("n", "later", "later", "leave it open and go on", 2),
    Action("u", "undo", "undo", "take the last answer back", 3),
    Action("i", "file", "file", "take in another file: type, paste or drag its path", 4),
    Action("enter", "write", "write", "write reviews.csv and keep the answers", 1),
    Action("up", "up", "", "scroll up", 9, "↑"),
    Action("down", "down", "", "scroll down", 9, "↓"),
    BACK,
    BLANK,
    KEYS,
)
"""Questions about the titles and people of a list of reviews."""
RECORD = (
    Action("d", "correct", "correct", "correct the verdict; the earlier one is kept", 1),
    Action("t", "retake", "retake", "let the student take it again on another paper", 3),
    Action("1,2,3,4,5", "which", "", "which attempt d, t and V are about", 9, "1-5"),
    Action("up", "up", "", "scroll up", 9, "↑"),
    Action("down", "down", "", "scroll down", 9, "↓"),
    BACK,
    BLANK,
    KEYS,
)
EXPORT = (
    Action("enter", "confirm", "write", "choose, or write the file that is shown", 1),
    Action("c,x,j", "form", "tables", "for people: c CSV, x workbook, j JSON", 4, "cxj"),
    Action(
        "g,m,d,l,o",
        "form",
        "uploads",
        "Canvas, Moodle, Brightspace, Blackboard, OneRoster",
        2,
        "gmdlo",
    ),
    Action("f", "force", "overwrite scores", "replace other scores that stand there", 2),
    Action("up", "up", "", "the row above", 9, "↑"),
    Action("down", "down", "", "the row below", 9, "↓"),
    Action("pageup", "page_up", "", "a page up", 9, "pgup"),
    Action("pagedown", "page_down", "", "a page down", 9, "pgdn"),
    BACK,
    BLANK,
    KEYS,
)
RESUME = (
    Action("enter", "resume", "resume", "go on where it stopped; the break does not count", 1),
    Action("c", "counted", "count the break", "go on; the time in between counts", 1),
    Action("escape", "board", "board", "leave it open and see the board", 3, "esc"),
    BLANK,
    KEYS,
)
CHOOSE = (
    Action("up", "up", "", "the paper above", 9, "↑"),
    Action("down", "down", "", "the paper below", 9, "↓"),
    Action("enter", "choose", "choose", "take this paper", 1),
    BACK,
    BLANK,
    KEYS,
)
WELCOME = (
    Action("d", "demo", "demo", "a whole exam day with a made-up class", 1),
    Action("n", "new", "new", "a new session from two files", 1),
    Action("o", "open", "open", "open a session folder", 1),
    Action("y", "same", "", "two titles are one reading, where that is asked", 9),
    Action("1,2,3,4,5", "recent", "recent", "open a recent session", 2, "1-5"),
    Action("q", "quit", "quit", "quit", 2),
    KEYS,
)

LISTED = tuple(one for one in BOARD if one.name in MOVES)
"""Keys that move in a list."""
BANKS = (
    *LISTED,
    Action("enter", "open", "questions", "the questions of the chosen bank", 1),
    Action("e", "edit", "edit", "open the bank in your editor, at its first problem", 2),
    Action("q,escape", "quit", "quit", "quit", 4, "q"),
    BLANK,
    KEYS,
)
JUDGING = (
    Action("e", "edit", "edit", "open the bank in your editor, at this question", 2),
    Action("a", "approve", "approve", "stand behind this question as it is now", 1),
    Action("r", "review", "review", "say as a second reader that it holds", 2),
    Action("x", "return", "send back", "send it back to its author with a word why", 3),
)
BANK = (
    *LISTED,
    Action("enter", "open", "whole", "the chosen question whole", 1),
    Action("s", "sheet", "a sheet", "a sheet that could be drawn; again: another one", 3),
    *JUDGING,
    Action("escape", "all", "back", "all questions again, or back", 4, "esc"),
    BLANK,
    KEYS,
)
QUESTION = (
    *JUDGING,
    Action("up", "up", "", "scroll up", 9, "↑"),
    Action("down", "down", "", "scroll down", 9, "↓"),
    BACK,
    BLANK,
    KEYS,
)
WINDOW = (Action("q,ctrl+q", "quit", "leave", "leave; the exam goes on", 5, "q"),)
"""The student's second window: no other key does anything."""

INCIDENT = Action("n", "incident", "incident", "note an incident; enter keeps it", 2)
ALARM = (
    Action("enter", "continue", "go on", "let the day go on; space starts a clock again", 1),
    INCIDENT,
    Action("escape", "back", "", "close the line of an incident", 9, "esc"),
    BLANK,
    KEYS,
)
CLOSE = (
    Action("enter", "close", "close the day", "from here on no verdict changes", 1),
    Action("o", "reopen", "open again", "open a closed day again, with a reason or without", 1),
    Action("e", "edges", "second look", "decide the edges; both verdicts are kept", 2),
    INCIDENT,
    BACK,
    BLANK,
    KEYS,
)
SECOND_READ = (
    Action("p", "pass", "pass", "you would give pass", 1),
    Action("e", "edge", "edge", "you would give edge", 1),
    Action("f", "fail", "fail", "you would give fail", 1),
    Action("n", "reason", "reason", "write a reason; enter closes it", 2),
    Action("enter", "confirm", "save", "save it and read the next; no verdict changes", 1),
    Action("a", "everyone", "edges or all", "read the edges, or all attempts with a verdict", 3),
    Action("up", "up", "", "scroll up", 9, "↑"),
    Action("down", "down", "", "scroll down", 9, "↓"),
    BACK,
    BLANK,
    KEYS,
)
"""A second reader's own verdict, on sheet and timeline alone."""
EDGES = (
    Action("up", "up", "", "the edge above", 9, "↑"),
    Action("down", "down", "", "the edge below", 9, "↓"),
    Action("d", "decide", "decide", "decide this edge; the first verdict is kept", 1),
    Action("enter", "record", "record", "sheet and timeline of this edge", 1),
    Action("h", "hide", "hide names", "without names, shuffled; again: with names", 2),
    Action("r", "reader", "second reader", "someone reads blind and gives an own verdict", 3),
    BACK,
    BLANK,
    KEYS,
)
VOID = (
    Action("1,2,3,4,5", "why", "reason", "why it counts no more", 1, "1-5"),
    Action("k", "known", "paper known", "whether the student knows the paper", 2),
    Action("a", "again", "again", "whether the student is examined again", 2),
    Action("enter", "confirm", "void", "let it count no more; it stays on record", 1),
    BACK,
    BLANK,
    KEYS,
)
EVERYWHERE = (
    Action("ctrl+a", "alarm", "", "alarm: everything stands still until you go on", 9),
    Action("V", "void", "", "void the attempt on this screen; it asks first", 9),
    Action("ctrl+l", "blank", "", "blank the screen, also while a line is being typed", 9),
    Action("ctrl+q", "quit", "", "quit; with a student at the table it asks first", 9),
    Action("ctrl+s", "emergency", "", "while NOT SAVED: keep what waits in a file elsewhere", 9),
)
"""What the app itself answers, whatever screen is on top."""
OF_AN_EXAM = frozenset({"alarm", "void", "emergency"})
"""Of these, what does nothing where there is no exam."""
WITHOUT_SESSION = frozenset({"welcome", "banks", "bank", "question"})
"""Screens on which there is no exam."""

SCREENS: dict[str, tuple[Action, ...]] = {
    "board": BOARD,
    "watch": WATCH,
    "hand-over": HAND_OVER,
    "sheet": SHEET,
    "decide": DECIDE,
    "correct": CORRECT,
    "results": RESULTS,
    "course": COURSE,
    "public": PUBLIC,
    "update": UPDATE,
    "matching": MATCHING,
    "record": RECORD,
    "export": EXPORT,
    "resume": RESUME,
    "choose": CHOOSE,
    "welcome": WELCOME,
    "window": WINDOW,
    "banks": BANKS,
    "bank": BANK,
    "question": QUESTION,
    "alarm": ALARM,
    "close": CLOSE,
    "edges": EDGES,
    "second-read": SECOND_READ,
    "void": VOID,
    "everywhere": EVERYWHERE,
}
"""Name of each screen to what its keys do."""


def everywhere(screen: str) -> tuple[Action, ...]:
    """Return what the app itself answers on a screen."""
    left_out = {"quit"} & {action.name for action in SCREENS[screen]}
    if screen in WITHOUT_SESSION:
        left_out |= OF_AN_EXAM
    return tuple(one for one in EVERYWHERE if one.name not in left_out)


WITH_KEY = frozenset({"point", "recent", "why", "choice", "which"})
"""Actions that are told which of their keys was pressed."""


def deeds(action: Action) -> list[tuple[str, str]]:
    """Return each key of an action with what Textual runs for it."""
    found = []
    for key in action.keys.split(","):
        argument = f"({key})" if action.name in WITH_KEY else ""
        argument = f"({key!r})" if action.name == "form" else argument
        found.append((key, action.name + argument))
    return found


def bindings(screen: str) -> list[BindingType]:
    """Return Textual's bindings of a screen."""
    return [
        Binding(key, deed, action.label or action.help)
        for action in SCREENS[screen]
        for key, deed in deeds(action)
    ]
