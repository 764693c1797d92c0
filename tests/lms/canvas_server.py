"""A small server with recorded answers of Canvas's documented REST interface.

The people and scores are invented, the shapes are those of Courses, Users, Sections, Assignments,
Submissions and Progress. It is no Canvas: it does only what its answers show.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TOKEN = "7~secretSECRETsecret0123456789"
COURSE, EXAM = 42, 7
API = "/api/v1/"
NOT_FOUND = {"errors": [{"message": "The specified resource does not exist."}]}
SECTIONS = [{"id": 5, "name": "CS 1"}, {"id": 6, "name": "CS 2"}]


def user(
    number: int, name: str, login: str, *, state: str = "active", **more: object
) -> dict[str, Any]:
    """Return a student as List users in course gives one."""
    last, _, first = name.partition(", ")
    return {
        "id": number,
        "name": f"{first} {last}".strip(),
        "sortable_name": name,
        "short_name": first or last,
        "created_at": "2024-08-20T12:00:00-05:00",
        "sis_user_id": f"00{number}",
        "login_id": login,
        "email": f"{login}@example.edu",
        "enrollments": [
            {
                "id": 9000 + number,
                "type": "StudentEnrollment",
                "role": "StudentEnrollment",
                "enrollment_state": state,
                "course_section_id": 5,
            }
        ],
        **more,
    }


def assignment(number: int, title: str, **more: object) -> dict[str, Any]:
    """Return an assignment as List assignments gives one."""
    return {
        "id": number,
        "course_id": COURSE,
        "name": title,
        "points_possible": 10.0,
        "grading_type": "points",
        "published": True,
        "anonymize_students": False,
        "due_at": "2024-12-13T15:00:00Z",
        **more,
    }


def submission(who: int, what: int, **more: object) -> dict[str, Any]:
    """Return a submission as List submissions for multiple assignments gives one."""
    return {
        "id": 100_000 + who * 100 + what,
        "assignment_id": what,
        "user_id": who,
        "submitted_at": None,
        "workflow_state": "unsubmitted",
        "score": None,
        "entered_score": None,
        "excused": False,
        "late": False,
        "body": None,
        "url": None,
        "attempt": None,
        **more,
    }


def handed(who: int, what: int, *files: str, **more: object) -> dict[str, Any]:
    """Return a submission of files."""
    listed = [{"id": number, "display_name": name} for number, name in enumerate(files, 1)]
    said = {"submitted_at": "2024-10-29T15:00:00Z", "workflow_state": "submitted"}
    return submission(who, what, **said, attachments=listed, **more)


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked of the server."""

    method: str
    path: str
    fields: Mapping[str, str]
    is_known: bool
    """It carried the right token."""


@dataclass
class Fault:
    """An answer that comes instead of the recorded one, so many times."""

    part: str
    """The path holds this."""
    status: int
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int = 1
    method: str = ""
    is_lost: bool = False
    """The connection ends without an answer."""
    does_act: bool = False
    """The scores are taken before the answer goes wrong."""


class Recorded:
    """The answers, and what was asked."""

    def __init__(self) -> None:
        self.users: list[dict[str, Any]] = []
        self.assignments: list[dict[str, Any]] = []
        self.submissions: list[dict[str, Any]] = []
        self.courses: list[dict[str, Any]] = []
        self.asked: list[Request] = []
        self.faults: list[Fault] = []
        self.most = 2
        """Lines on a page."""
        self.states = ["queued", "running", "completed"]
        """What a job says, look after look; the last one stays."""
        self.message: str | None = None
        self.headers: dict[str, str] = {"X-Rate-Limit-Remaining": "650.5"}
        self.spoil: Callable[[str, str], bool] = lambda _who, _score: False
        """Says which scores get lost."""
        self._looks = 0
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("_Answers", (_Handler,), {"canvas": self})
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def posts(self) -> list[Request]:
        """Return the requests that would change something."""
        return [one for one in self.asked if one.method != "GET"]

    def cell(self, who: int, what: int = EXAM) -> object:
        """Return a student's score: a number, None, or excused."""
        one = self._of(who, what)
        return "excused" if one["excused"] else one["score"]

    def _of(self, who: int, what: int) -> dict[str, Any]:
        found = (one for one in self.submissions if one["user_id"] == who)
        return next(one for one in found if one["assignment_id"] == what)

    def answer(self, path: str, query: Mapping[str, Sequence[str]]) -> object:
        """Return the recorded answer to a GET; None where there is none."""
        course = f"courses/{COURSE}"
        if path.startswith("progress/"):
            return self._progress(int(path.rpartition("/")[2]))
        wanted = query.get("assignment_ids[]", ())
        return {
            "courses": self.courses,
            course: {"id": COURSE, "name": "Deep Learning", "course_code": "CS 496"},
            f"{course}/sections": SECTIONS,
            f"{course}/search_users": self.users,
            f"{course}/assignments": self.assignments,
            f"{course}/students/submissions": [
                one for one in self.submissions if str(one["assignment_id"]) in wanted
            ],
        }.get(path)

    def _progress(self, number: int) -> dict[str, Any]:
        state = self.states[min(self._looks, len(self.states) - 1)]
        self._looks += 1
        done = {"queued": 0, "running": 40}.get(state, 100)
        told = {"completion": done, "workflow_state": state, "message": self.message}
        return {"id": number, "tag": "submissions_update", **told}

    def take(self, path: str, fields: Mapping[str, str]) -> dict[str, Any]:
        """Enter scores as the bulk update does. Returns the job."""
        what = int(path.split("/")[3])
        for key, value in fields.items():
            who, field_name = key.removeprefix("grade_data[").removesuffix("]").split("][")
            one = self._of(int(who), what)
            if self.spoil(who, value):
                continue
            if field_name == "excuse":
                one |= {"excused": value == "true", "score": None, "entered_score": None}
            else:
                number = float(value)
                one |= {"excused": False, "score": number, "entered_score": number}
        self._looks = 0
        job = {"completion": 0, "workflow_state": "queued", "message": None}
        return {"id": 31, "tag": "submissions_update", **job}

    def fault(self, method: str, path: str) -> Fault | None:
        """Return what is to go wrong with a request, and count it."""
        for one in self.faults:
            if one.times and one.part in path and one.method in ("", method):
                one.times -= 1
                return one
        return None


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    canvas: Recorded

    def do_GET(self) -> None:
        """Answer a question."""
        self._serve({})

    def do_POST(self) -> None:
        """Take scores."""
        length = int(self.headers.get("Content-Length") or 0)
        self._serve(dict(parse_qsl(self.rfile.read(length).decode())))

    def _serve(self, fields: Mapping[str, str]) -> None:
        parts = urlsplit(self.path)
        path = parts.path.removeprefix(API)
        is_known = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        self.canvas.asked.append(Request(self.command, path, fields, is_known))
        if fault := self.canvas.fault(self.command, path):
            if fault.does_act:
                self.canvas.take(path, fields)
            if not fault.is_lost:
                self._write(fault.status, fault.body, fault.headers)
            return
        if not is_known:
            body = {"errors": [{"message": "Invalid access token."}]}
            self._json(401, body, {"WWW-Authenticate": 'Bearer realm="canvas-lms"'})
            return
        if fields:
            self._json(200, self.canvas.take(path, fields))
            return
        found = self.canvas.answer(path, parse_qs(parts.query))
        if isinstance(found, list):
            self._page(found, parts.path, dict(parse_qsl(parts.query)), parts.query)
        else:
            self._json(404 if found is None else 200, NOT_FOUND if found is None else found)

    def _page(self, found: list[Any], path: str, query: Mapping[str, str], text: str) -> None:
        page, size = int(query.get("page", 1)), min(self.canvas.most, int(query["per_page"]))
        kept = [(key, value) for key, value in parse_qsl(text) if key != "page"]
        link = f'<{self.canvas.url}{path}?{urlencode([*kept, ("page", page + 1)])}>; rel="next"'
        more = {"Link": link} if page * size < len(found) else {}
        self._json(200, found[(page - 1) * size : page * size], more)

    def _json(self, status: int, data: object, headers: Mapping[str, str] | None = None) -> None:
        self._write(status, json.dumps(data).encode(), {**self.canvas.headers, **(headers or {})})

    def _write(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *rest: object) -> None:  # noqa: A002  the base's name
        """Say nothing."""
