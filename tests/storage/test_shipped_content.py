"""The course, the banks and the demo session that ship are whole and free of problems."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, time, timedelta
from pathlib import Path

import yaml

from examrunner.domain.course.catalogue import Course, ReviewRules
from examrunner.domain.exam.settings import ExamRules, Settings, Window
from examrunner.domain.text import fold
from examrunner.storage.readers.course_files import read_course
from examrunner.storage.readers.session_files import read_settings

ROOT = Path(__file__).parents[2]
CS496 = ROOT / "questionbanks" / "cs496"
DEMO = ROOT / "sessions" / "demo"


def course() -> Course:
    """Return the shipped course, which must be free of problems."""
    value, problems = read_course(CS496 / "course.yaml")
    assert problems == []
    assert value is not None
    return value


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a shipped table."""
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_course_is_complete() -> None:
    """131 readings, 130 of them reviewable, 20 on the calendar of twelve days; 20 and 15 owed."""
    value = course()
    assert len(value.readings) == 131
    assert sum(reading.reviewable for reading in value.readings) == 130
    assert len(value.calendar_ids()) == 20
    assert len(value.calendar) == 12
    assert value.calendar[-1].date == date(2024, 12, 13)
    assert value.reviews == ReviewRules(20, 15)
    assert Counter(reading.type for reading in value.readings) == {
        "paper": 95,
        "blog": 19,
        "tutorial": 7,
        "video": 4,
        "book": 3,
        "lecture-notes": 2,
        "product": 1,
    }


def test_identifiers_are_exact() -> None:
    """Numbers of arXiv keep their zeros, and titles are not cut at a colon."""
    readings = course().by_id()
    assert readings["wavenet"].arxiv == "1609.03499"
    assert readings["bert"].title.startswith("BERT: Pre-training of Deep Bidirectional")
    assert readings["ladder-vae"].authors == "Sønderby, Raiko, Maaløe, Sønderby, Winther"
    assert readings["bert"].unverified == ("venue",)


def test_short_names_find_their_reading() -> None:
    """Well-known short names are titles or aliases of exactly one reading."""
    names: dict[str, set[str]] = {}
    for reading in course().readings:
        for name in (reading.title, *reading.also_titled, *reading.aliases):
            names.setdefault(fold(name), set()).add(reading.id)
    wanted = {
        "VQ-VAE": "vq-vae",
        "LoRA": "lora",
        "GLIDE": "glide",
        "CLIP": "clip",
        "ViT": "vit",
        "BERT": "bert",
        "DALL-E": "dall-e",
        "DALL·E 2": "unclip",
        "unCLIP": "unclip",
        "DiT": "dit",
        "MaskGIT": "maskgit",
        "VampNet": "vampnet",
        "GAN": "gan",
        "InstructGPT": "instructgpt",
        "GPT-3": "gpt-3",
        "DDPM": "ddpm",
    }
    assert {name: names.get(fold(name)) for name in wanted} == {
        name: {reading} for name, reading in wanted.items()
    }


def test_the_fallback_bank_is_complete() -> None:
    """One opening, one core, two details and two critiques, for any reading."""
    bank = course().fallback
    assert bank is not None
    assert [(q.id, q.kind, q.seconds, q.marks) for q in bank.questions] == [
        ("fallback-o1", "opening", 60, 2),
        ("fallback-c1", "core", 90, 3),
        ("fallback-d1", "detail", 60, 2),
        ("fallback-d2", "detail", 60, 2),
        ("fallback-q1", "critique", 75, 3),
        ("fallback-q2", "critique", 75, 3),
    ]
    for question in bank.questions:
        assert question.probes
        assert 1 <= sum(point.must for point in question.look_for) <= 3
        assert 2 <= len(question.look_for) <= 6


def test_other_yaml_readers_agree_on_the_texts() -> None:
    """Read by a plain YAML loader as texts, the shipped files hold the same words."""
    for path in (*CS496.glob("*.yaml"), DEMO / "session.yaml"):
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        assert isinstance(loaded, dict)
    plain = yaml.safe_load((CS496 / "course.yaml").read_text(encoding="utf-8"))
    titles = [reading["title"] for reading in plain["readings"]]
    assert titles == [reading.title for reading in course().readings]
    assert [r.get("arxiv") for r in plain["readings"]] == [r.arxiv for r in course().readings]


def test_the_demo_session_is_the_final_of_fall_2024() -> None:
    """Its settings are those of the real exam day, and its paths lead to the shipped course."""
    value, problems = read_settings(DEMO)
    assert problems == []
    assert value == Settings(
        session="cs496-fall-2024-final",
        course="../../questionbanks/cs496/course.yaml",
        banks=("../../questionbanks/cs496",),
        exam=ExamRules(
            date(2024, 12, 13), Window(time(9), time(11), "America/Chicago"), timedelta(minutes=5)
        ),
        reviews=ReviewRules(20, 15),
    )
    assert value.course is not None
    assert (DEMO / value.course).resolve() == CS496 / "course.yaml"


def test_the_demo_class_fits_the_course() -> None:
    """24 invented students with 450 reviews of readings that the course knows as reviewable."""
    students = {row["student_id"] for row in rows("roster.csv")}
    reviews = rows("reviews.csv")
    assert len(students) == 24
    assert len(reviews) == 450
    assert {row["student_id"] for row in reviews} <= students
    reviewable = {reading.id for reading in course().readings if reading.reviewable}
    assert {row["reading_id"] for row in reviews} <= reviewable
