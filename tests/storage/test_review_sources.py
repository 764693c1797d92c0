"""Reviews from a zip of submissions, from HotCRP and from workbooks, and files of answers."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.course.linking import Candidate, PersonQuestion, TitleQuestion
from examrunner.domain.course.matching import OWN, match_reviews
from examrunner.domain.course.people import Student
from examrunner.domain.problems import BadInput
from examrunner.domain.text import tidy
from examrunner.storage.readers.answers import Answered, read_answers
from examrunner.storage.readers.course_files import read_course
from examrunner.storage.readers.review_lists import ReviewList, ReviewShape, read_reviews
from examrunner.storage.readers.submissions_zip import entry_of, text_of, title_of_file
from examrunner.storage.writers.answers import render_answers, render_questions
from examrunner.storage.writers.workbook import render_workbook

HOTCRP = (
    "paper,title,review,reviewername,email,Overall merit,Comments\n"
    '1,GAN,1A,Ana Rivera,ana@x.edu,3,"long\ntext"\n2,BERT,2A,Bo Roy,bo@x.edu,2,fine\n'
)


def archive(entries: dict[str, str]) -> bytes:
    """Return an archive of these entries."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in entries.items():
            made.writestr(name, text)
    return stream.getvalue()


def read(data: bytes, paper: str | None = None) -> ReviewList:
    """Read a zip of submissions."""
    return read_reviews(data, "sub.zip", paper=paper)


def rules(found: ReviewList) -> list[str]:
    """Return the rules of the problems."""
    return [one.rule for one in found.problems]


def test_the_names_of_submissions_say_who_and_what() -> None:
    """Files, texts and links give Canvas's own id and a title; late ones are told and count."""
    found = read(
        archive(
            {
                "riveraana_101_7_review_lora.pdf": "",
                "royb\u00f6_LATE_102_8_DALL-E 2-1.docx": "",
                "lane_103_text.html": "<p>Title: Attention</p><p>It is good</p>",
                "kim_104_link.html": "<a href='x'>https://example.edu/gan</a>",
            }
        )
    )
    assert found.shape is ReviewShape.SUBMISSIONS
    assert [(row.who, row.paper) for row in found.rows] == [
        (("101", "riveraana"), "lora"),
        (("102", "royb\u00f6"), "DALL-E"),
        (("103", "lane"), "Attention"),
        (("104", "kim"), "https://example.edu/gan"),
    ]
    assert found.rows[2].context == "Title: Attention It is good"
    assert rules(found) == ["submissions-late"]


def test_a_file_without_a_paper_is_told_and_can_be_said() -> None:
    """A numbered slot names no paper; --paper says what a whole zip is about."""
    data = archive({"lane_103_9_Review 7.pdf": "", "kim_104_9_gan.pdf": ""})
    found = read(data)
    assert [row.paper for row in found.rows] == ["gan"]
    assert rules(found) == ["submissions-nameless"]
    assert [row.paper for row in read(data, "BERT").rows] == ["BERT", "BERT"]


def test_anonymous_submissions_are_refused() -> None:
    """Nothing ties them to students, and the message says what to do."""
    found = read(archive({"anon_aB1c2_55_review.pdf": "", "kim_104_9_gan.pdf": ""}))
    assert not found.rows
    assert rules(found) == ["submissions-anonymous"]
    assert "anonymous grading" in found.problems[0].hint


def test_entries_that_lead_elsewhere_are_passed_over() -> None:
    """Paths with .., absolute ones and a system's own files are never a review."""
    names = (
        "../kim_1_2_gan.pdf",
        "/kim_1_2_gan.pdf",
        "c:/kim_1_2_gan.pdf",
        "__MACOSX/kim_1_2_g.pdf",
    )
    found = read(archive({**dict.fromkeys(names, ""), "in/kim_104_9_gan.pdf": ""}))
    assert [row.who for row in found.rows] == [("104", "kim")]
    assert rules(found) == ["submissions-entry"]


def test_markup_is_read_as_text() -> None:
    """Tags, scripts and styles are nothing; escaped signs are text and stay so."""
    markup = "<style>p{}</style><script>steal()</script><p>A &lt;b&gt; c<br>d\x00\u202e</p>"
    assert text_of(markup) == ["A <b> c", "d"]


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever a student writes is text or nothing, and never a fault."""
    assert all(line == line.strip() for line in text_of(text))
    title_of_file(text)
    entry_of(text)


def test_large_uploads_are_never_unpacked() -> None:
    """A file that unfolds to a gigabyte is only a name; a huge text is read to a limit."""
    data = archive({"kim_104_9_gan.pdf": "0" * 30_000_000, "lane_1_text.html": "gan " * 5_000_000})
    found = read(data)
    assert found.rows[0].paper == "gan"
    assert len(found.rows[1].paper) <= 200


@pytest.mark.parametrize("size", [30_000, 20_000_000])
def test_too_many_entries_are_refused_before_they_are_read(size: int) -> None:
    """The end of the archive says how long its list is; one that is too long is not read."""
    data = bytearray(archive({"kim_104_9_gan.pdf": "x" * 50}))
    place = data.rfind(b"PK\x05\x06")
    data[place + 12 : place + 16] = struct.pack("<I", size)
    found = read(bytes(data))
    assert not found.rows
    assert rules(found) == ["csv-encoding"]


def test_a_zip_of_something_else_is_refused() -> None:
    """An archive in which nothing is named as Canvas names it is no list of reviews."""
    assert rules(read(archive({"photo.jpg": ""}))) == ["csv-encoding"]


def test_hotcrp_reviews() -> None:
    """Title, name and address are taken, and the form's fields, however long, are not."""
    found = read_reviews(HOTCRP.encode(), "reviews.csv")
    assert found.shape is ReviewShape.HOTCRP
    assert [(row.who, row.paper) for row in found.rows] == [
        (("ana@x.edu", "Ana Rivera"), "GAN"),
        (("bo@x.edu", "Bo Roy"), "BERT"),
    ]
    assert not found.problems


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("paper,title,review,Merit\n1,GAN,1A,3\n", "does not say who"),
        ("paper,action,email,title\n1,primary,a@x.edu,GAN\n", "assignments"),
    ],
)
def test_hotcrp_files_that_do_not_say_who(text: str, words: str) -> None:
    """Hidden reviewers and lists of who was asked are refused, each with what to download."""
    (problem,) = read_reviews(text.encode(), "r.csv").problems
    assert words in problem.text
    assert "download" in problem.hint.lower()


def test_the_list_of_a_whole_class_has_no_open_titles() -> None:
    """Every id of the class's own list is a reading of the shipped course."""
    root = Path(__file__).parents[2]
    listed = root.parent / "shared/course/sample-reviews.csv"
    if not listed.exists():
        pytest.skip("the sample list lies beside the checkout, in ../shared/course")
    course, _ = read_course(root / "questionbanks/cs496/course.yaml")
    found = read_reviews(listed)
    students = [Student(who, who) for who in sorted({row.who[0] for row in found.rows})]
    matched = match_reviews(found.rows, students, course)
    assert len(matched.reviews) == len(found.rows) == 450
    assert not matched.strangers


def test_a_workbook_of_reviews() -> None:
    """An XLSX list reads as the same list in CSV."""
    data = render_workbook("reviews", ("email", "paper"), [["ana@x.edu", "GAN"]])
    found = read_reviews(data, "reviews.xlsx")
    assert found.shape is ReviewShape.LONG
    assert [(row.who, row.paper) for row in found.rows] == [(("ana@x.edu",), "GAN")]


def test_ids_spoilt_by_a_spreadsheet_stop_the_list() -> None:
    """An id that was a longer number would mean nobody, or somebody else."""
    found = read_reviews(b"student_id,paper\n1.03E+09,GAN\n", "r.csv")
    assert not found.rows
    assert [(one.line, one.column, one.rule) for one in found.problems] == [
        (2, 1, "csv-damaged-id")
    ]


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20
)


@given(
    st.dictionaries(
        NAMES.filter(lambda one: not one.startswith("'")), st.sampled_from(["gan", OWN, None])
    )
)
def test_answers_come_back(titles: dict[str, str | None]) -> None:
    """What the session remembers is read as it was written."""
    kept = Answered(
        {tidy(one): said for one, said in titles.items()}, {"77 / ana": "s1", "x": None}
    )
    data = render_answers(kept)
    assert read_answers(data, "answers.csv", {"gan"}, {"s1"}) == kept
    assert read_answers(data, "answers.csv") == kept


def test_questions_are_filled_in(tmp_path: Path) -> None:
    """Questions leave with likely answers, harmless to spreadsheets, and come back filled."""
    asked = TitleQuestion("=GAN", (Candidate("gan", "Generative", 80),), (2,))
    file = tmp_path / "q.csv"
    file.write_bytes(render_questions([asked], [PersonQuestion(("77", "ana"), ("s1",), ())]))
    with file.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["title"] for row in rows] == ["'=GAN", ""]
    assert [row["likely"] for row in rows] == ["gan", "s1"]
    assert read_answers(file, "q.csv", {"gan"}, {"s1"}) == Answered({}, {})
    filled = file.read_text().replace("'=GAN,", "'=GAN,gan").replace("77 / ana,", "77 / ana,skip")
    file.write_text(filled)
    assert read_answers(file, "q.csv", {"gan"}, {"s1"}) == Answered(
        {"=GAN": "gan"}, {"77 / ana": None}
    )


def test_answers_that_mean_nothing_are_told() -> None:
    """An id that no reading and no student has is an error with its cell."""
    data = b"title,reading_id,who,student_id\nA,nix,,\n,,B,nobody\n"
    with pytest.raises(BadInput) as bad:
        read_answers(data, "a.csv", {"gan"}, {"s1"})
    assert [(one.line, one.column) for one in bad.value.problems] == [(2, 2), (3, 4)]
    with pytest.raises(BadInput):
        read_answers(b"a,b\n1,2\n", "a.csv")
