"""The invented class on the recorded server, for tests of services and commands."""

from __future__ import annotations

from tests.lms.canvas_server import (
    COURSE,
    EXAM,
    Recorded,
    assignment,
    handed,
    submission,
    user,
)

PAPERS = {21: "Attention Is All You Need", 22: "Image GPT", 23: "Homework 3"}
CLASS = {101: "Rivera, Ana", 102: "Okafor, Chi", 103: "Lane, Eli", 104: "Núñez, Zoë"}
LOGINS = {101: "ana", 102: "chi", 103: "eli", 104: "zoe"}


def fill(canvas: Recorded) -> Recorded:
    """Record the class: Chi has 4 points for the exam, nobody else has any."""
    canvas.users = [user(number, name, LOGINS[number]) for number, name in CLASS.items()]
    canvas.assignments = [
        assignment(EXAM, "Oral exam"),
        *(assignment(number, title, points_possible=2.0) for number, title in PAPERS.items()),
    ]
    canvas.submissions = [submission(number, EXAM) for number in CLASS]
    canvas.submissions[1] |= {"score": 4.0, "entered_score": 4.0, "workflow_state": "graded"}
    canvas.submissions += [
        handed(101, 21, "ana attention.pdf"),
        handed(101, 22, "x.pdf", late=True),
        handed(102, 21, "y.pdf"),
        submission(103, 21),
        submission(103, 22, score=2.0, workflow_state="graded"),
        handed(104, 23, "homework.pdf"),
    ]
    canvas.courses = [
        {
            "id": COURSE,
            "name": "Deep Learning",
            "course_code": "CS 496",
            "enrollments": [{"type": "teacher", "role": "TeacherEnrollment"}],
        },
        {"id": 43, "name": "Pottery", "course_code": "ART 1", "enrollments": [{"type": "student"}]},
    ]
    return canvas
