"""What Canvas tells of a course: people, assignments and submissions; and scores handed over.

The shapes are those of the documented interface: List users in course, List assignments, List
submissions for multiple assignments, Grade or comment on multiple submissions, Query progress.
canvasapi's own objects are passed over: they try every field as a date, which takes nearly all the
time of a large course.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from canvasapi.paginated_list import PaginatedList
from canvasapi.util import combine_kwargs

from examrunner.domain.errors import Environment, ExamError, Refused, WrongUsage
from examrunner.domain.text import tidy
from examrunner.storage.live.connection import Throttled, Unreached
from examrunner.storage.live.shapes import Assignment, CourseLine, Handed, Person
from examrunner.storage.writers.uploads import EXCUSED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from examrunner.storage.live.connection import Connection

STUDENT = "StudentEnrollment"
PRESENT = ("active", "invited")
"""Enrolments that count; concluded, inactive and rejected ones are no part of the class."""
AT_ONCE = 500
"""So many scores go in one request."""


class NoAnswer(Environment):
    """Scores have left this machine, and Canvas has not said whether it took them."""


class Live:
    """A course of Canvas, asked through one connection. Each method raises ExamError."""

    def __init__(self, connection: Connection, course_id: str) -> None:
        self._connection = connection
        self.id = course_id
        self.host = connection.access.host
        with connection.asking(f"the course {course_id}"):
            answer = connection.request("GET", f"courses/{course_id}").json()
            self._path = f"courses/{answer['id']}"
            self.name = tidy(str(answer.get("name") or ""))

    @property
    def words(self) -> str:
        """The course as it stands in messages."""
        return f"Canvas course {self.id}"

    def people(self) -> list[Person]:
        """Return the students whose enrolment is active or not accepted yet."""
        self._tell("reading the sections")
        with self._connection.asking(f"the sections of course {self.id}"):
            listed = self._listed("sections")
            sections = {_text(one, "id"): _text(one, "name") for one in listed}
        found = []
        with self._connection.asking(f"the students of course {self.id}"):
            listed = self._listed(
                "search_users",
                enrollment_type=["student"],
                enrollment_state=list(PRESENT),
                include=["email", "enrollments"],
            )
            for one in listed:
                found.append(_person(one, sections))
                self._tell(f"reading the students: {len(found)}")
        return found

    def assignments(self) -> list[Assignment]:
        """Return the course's assignments."""
        self._tell("reading the assignments")
        with self._connection.asking(f"the assignments of course {self.id}"):
            return [_assignment(one) for one in self._listed("assignments")]

    def submissions(self, assignments: Sequence[Assignment]) -> list[Handed]:
        """Return what students have for these assignments, each student's line once."""
        if not assignments:
            return []
        found = []
        with self._connection.asking(f"the submissions of course {self.id}"):
            listed = self._listed(
                "students/submissions",
                student_ids=["all"],
                assignment_ids=[one.id for one in assignments],
            )
            for one in listed:
                found.append(_handed(one))
                self._tell(f"reading the submissions: {len(found)}")
        return found

    def hand_over(
        self, assignment: Assignment, scores: Mapping[str, str]
    ) -> tuple[list[str], list[str], ExamError | None]:
        """Give Canvas scores by its user ids; EX excuses.

        Returns the ids whose scores have left this machine, the jobs to wait for, and what went
        wrong after the first of them left. Raises ExamError where none has left.
        """
        path = f"{self._path}/assignments/{assignment.id}/submissions/update_grades"
        left: list[str] = []
        jobs: list[str] = []
        users = list(scores)
        for start in range(0, len(users), AT_ONCE):
            part = users[start : start + AT_ONCE]
            self._tell(f"sending scores: {start} of {len(users)}")
            data = {user: _grade(scores[user]) for user in part}
            try:
                with self._connection.asking(f"the grades of {assignment.header}"):
                    fields = combine_kwargs(grade_data=data)
                    job = self._connection.request("POST", path, _kwargs=fields).json()
                    jobs.append(_text(job, "id", needed=True))
            except (Refused, WrongUsage, Unreached, Throttled) as fault:
                if not left:
                    raise
                return left, jobs, fault
            except Environment as fault:
                hint = "Run this again: it shows what Canvas has."
                text = f"It is not known whether Canvas took the scores. {fault.message}"
                return [*left, *part], jobs, NoAnswer(text, hint)
            left += part
        return left, jobs, None

    def progress(self, job: str) -> tuple[str, float, str]:
        """Return a job's state (queued, running, completed or failed), percent, Canvas's words."""
        with self._connection.asking(f"the job {job}"):
            one = self._connection.request("GET", f"progress/{job}").json()
            percent = float(one.get("completion") or 0)
            return _text(one, "workflow_state"), percent, _text(one, "message")

    def _listed(self, what: str, **fields: object) -> Iterable[Any]:
        """Give what Canvas lists of the course, page after page."""
        return _listed(self._connection, f"{self._path}/{what}", **fields)

    def _tell(self, words: str) -> None:
        self._connection.told(words)


def _listed(connection: Connection, path: str, **fields: object) -> Iterable[Any]:
    """Give the lines of a list, each as the JSON object that it is, over all pages."""
    found: Iterable[Any] = PaginatedList(
        lambda _, line: line, connection, "GET", path, _kwargs=combine_kwargs(**fields)
    )
    return found


def list_courses(connection: Connection) -> list[CourseLine]:
    """Return the courses in which the token's owner is more than a student."""
    connection.told("reading the courses")
    with connection.asking("the list of courses"):
        found = _listed(connection, "courses")
        lines = [
            CourseLine(_text(one, "id"), _text(one, "name"), _text(one, "course_code"), _roles(one))
            for one in found
        ]
    return [one for one in lines if one.roles != ("student",)]


def _roles(one: Any) -> tuple[str, ...]:
    roles = (str(each.get("type") or "") for each in one.get("enrollments") or ())
    return tuple(dict.fromkeys(roles))


def _person(one: Any, sections: Mapping[str, str]) -> Person:
    enrolled = [
        each
        for each in one.get("enrollments") or ()
        if each.get("type", STUDENT) == STUDENT
        and each.get("enrollment_state", PRESENT[0]) in PRESENT
    ]
    states = {each.get("enrollment_state", PRESENT[0]) for each in enrolled}
    names = {sections.get(str(each.get("course_section_id")), "") for each in enrolled}
    return Person(
        _text(one, "id", needed=True),
        _text(one, "sortable_name") or _text(one, "name"),
        _text(one, "sis_user_id"),
        _text(one, "login_id"),
        _text(one, "email"),
        _sentence(sorted(filter(None, names))),
        states == {"invited"},
    )


def _sentence(names: Sequence[str]) -> str:
    """Join sections as a gradebook does: A and B; A, B, and C."""
    if len(names) <= 2:  # noqa: PLR2004  a pair needs no comma
        return " and ".join(names)
    return f"{', '.join(names[:-1])}, and {names[-1]}"


def _assignment(one: Any) -> Assignment:
    return Assignment(
        _text(one, "id", needed=True),
        _text(one, "name"),
        _number(one.get("points_possible")),
        _text(one, "grading_type") or "points",
        one.get("published", True) is not False,
        bool(one.get("anonymize_students", False)),
    )


def _handed(one: Any) -> Handed:
    files: Iterable[Any] = one.get("attachments") or ()
    score = one.get("entered_score")
    return Handed(
        _text(one, "user_id"),
        _text(one, "assignment_id") or _text(one, "assignments_id"),
        _text(one, "submitted_at"),
        tuple(filter(None, map(_file_name, files))),
        str(one.get("body") or one.get("url") or ""),
        _number(one.get("score") if score is None else score),
        bool(one.get("excused", False)),
        bool(one.get("late", False)),
    )


def _file_name(file: Mapping[str, Any]) -> str:
    return str(file.get("display_name") or file.get("filename") or "")


def _grade(text: str) -> dict[str, str | bool]:
    return {"excuse": True} if text == EXCUSED else {"posted_grade": text}


def _text(one: Any, name: str, *, needed: bool = False) -> str:
    """Return a field as a tidy text; empty where there is none. Raises KeyError where needed."""
    value = one.get(name)
    if value is None and needed:
        raise KeyError(name)
    return "" if value is None else tidy(str(value))


def _number(value: Any) -> Decimal | None:
    try:
        number = None if value is None else Decimal(str(value))
    except InvalidOperation as fault:
        raise ValueError(value) from fault
    return number if number is None or number.is_finite() else None
