"""BibTeX becomes readings for a catalogue; what is odd about an entry is told with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examrunner.domain.course.catalogue import Reading
from examrunner.domain.course.refs import sort_out
from examrunner.domain.problems import BadInput
from examrunner.storage.readers.bibtex import read_bibtex
from examrunner.storage.readers.course_files import read_course
from examrunner.storage.writers.bank_yaml import readings_bytes
from tests.storage.foreign_banks import LINES, fixture

if TYPE_CHECKING:
    from pathlib import Path

TWO = r"""
@string{nips = "Adv. in " # {Neural} # " Systems"}
@inproceedings{vaswani2017,
  title = {{A}ttention Is $O(n^2)$ and {M{\"u}ller's} \emph{Way} --- 100\%},
  author = "Vaswani, Ashish and {van den Oord and Sons} and Jr., Bob and others",
  booktitle = NIPS,
  year = "{\noopsort{1999b}}2017",
  url = {https://x.org/a\_b%20c},
  eprint = {1706.03760}, archivePrefix = {arXiv},
  doi = {https://doi.org/10.1000/A_b},
}
@book{DBLP:books/x/1, title = "A Book", publisher = {\mbox{P-Q} Press}, date = {2019-05-01}}
"""


def told(text: str) -> list[tuple[int | None, str]]:
    """Return the problems of a file with their lines."""
    return [(one.line, one.text) for one in read_bibtex(text.encode(), "r.bib").problems]


def test_an_entry_becomes_a_reading() -> None:
    """Braces and accents go, formulas stay, abbreviations join, ids are kept as text."""
    refs = read_bibtex(TWO.encode(), "r.bib")
    first, second = (one.reading for one in refs.proposed)
    assert first == Reading(
        "vaswani2017",
        "Attention Is $O(n^2)$ and Müller's Way — 100%",
        authors="Ashish Vaswani, van den Oord and Sons, Bob Jr. et al.",
        year=2017,
        venue="Adv. in Neural Systems",
        arxiv="1706.03760",
        doi="10.1000/A_b",
        url="https://x.org/a_b%20c",
    )
    assert second == Reading("a-book", "A Book", "book", year=2019, venue="P-Q Press")
    assert [(one.line, one.text) for one in refs.problems] == [
        (12, "the key `DBLP:books/x/1` cannot be an id here; it is a-book")
    ]


@pytest.mark.parametrize(
    ("fields", "arxiv"),
    [
        ("eprint={arXiv:1503.03580v2}", "1503.03580v2"),
        ("eprint={cs/0112017}", "cs/0112017"),
        ("journal={arXiv preprint arXiv:2006.11239}", "2006.11239"),
        ("url={https://arxiv.org/pdf/1706.03762v5}", "1706.03762v5"),
        ("doi={10.48550/arXiv.1312.6114}", "1312.6114"),
        ("eprint={1503.03580}, eprinttype={hdl}", None),
        ("eprint={hello}", None),
    ],
)
def test_arxiv_ids_are_found_where_people_put_them(fields: str, arxiv: str | None) -> None:
    """An id keeps its zeros and its version; another archive's number is none."""
    refs = read_bibtex(f"@misc{{a, title={{T}}, {fields}}}".encode(), None)
    assert [one.reading.arxiv for one in refs.proposed] == [arxiv]


def test_what_is_odd_is_told_with_its_line() -> None:
    """Unknown abbreviations, keys and fields given twice, missing titles, open braces."""
    text = (
        "@article{a, title={One},\n year = soon, month = jan}\n@article{a, title={Two}}\n"
        "@article{c, title={Three}, title={Four}}\n@misc{d, note={x}}\n@misc{e, title={open\n"
        "@misc{f, title={Five}, crossref={gone}}\n"
    )
    assert told(text) == [
        (2, "`soon` in year is not defined by a @string"),
        (3, "the key `a` is given twice; this entry is left out"),
        (4, "an entry has a field twice: title; the first one counts"),
        (5, "the entry `d` has no title; it is left out"),
        (6, "this entry cannot be read; it is left out"),
        (7, "the entry `gone` that this one refers to is not in the file"),
    ]
    refs = read_bibtex(text.encode(), None)
    assert [one.reading.title for one in refs.proposed] == ["One", "Three", "Five"]


def test_the_classic_sample_is_read() -> None:
    """Of xampl.bib 33 entries have titles; concatenations and cross-references are followed."""
    refs = read_bibtex(fixture("bibtex-pybtex", "xampl.bib").read_bytes(), "x")
    by_key = {one.key: one.reading for one in refs.proposed}
    assert len(by_key) == 33
    assert [one.line for one in refs.problems] == [43, 226, 358]
    venue = "Proc. Fifteenth Annual ACM Symposium on the Theory of Computing"
    assert by_key["inproceedings-crossref"].venue == venue
    assert by_key["article-crossref"].year == 1986
    assert by_key["article-full"].venue == "G-Animal's Journal"
    assert by_key["whole-set"].year == 1968
    assert by_key["mastersthesis-full"].authors == "Édouard Masterly"
    found = sort_out(by_key.values(), ())
    assert {one.why for one in found.known} == {"title"}
    assert len(found.new) == 15


def test_an_entry_with_fields_of_its_own_is_read() -> None:
    """extrafields.bib: what is not used does not disturb."""
    refs = read_bibtex(fixture("bibtex-pybtex", "extrafields.bib").read_bytes(), "x")
    (one,) = refs.proposed
    assert one.reading.title == "scikit-image: image processing in Python"
    assert (one.reading.doi, one.reading.year) == ("10.7717/peerj.453", 2014)
    assert (one.reading.authors or "").startswith("Stéfan van der Walt, Johannes L. Schönberger")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello", "there is no entry in this file"),
        (b"@misc{a, title={caf\xe9}}", "not UTF-8"),
        (b"@" * 20_001, "more than 20,000 entries"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_files_are_refused(data: bytes, words: str) -> None:
    """What is no BibTeX is refused in words."""
    with pytest.raises(BadInput, match=words):
        read_bibtex(data, "r.bib")


def test_doubles_are_told_from_the_catalogue() -> None:
    """One arXiv id whatever its version, one DOI or one title is the same; likeness only asks."""
    course = [
        Reading("a", "One Thing", arxiv="1706.03762"),
        Reading("b", "Other Thing", doi="10.1/X"),
        Reading("c", "Deep Learning of Cats: Part 1"),
    ]
    new = [
        Reading("p", "Renamed", arxiv="1706.03762v5"),
        Reading("q", "Moved", doi="10.1/x"),
        Reading("r", "deep learning of CATS, part 1"),
        Reading("s", "Deep Learning of Cats: Part 2"),
        Reading("t", "Fresh"),
        Reading("u", "fresh!"),
        Reading("t", "Another"),
    ]
    found = sort_out(new, course)
    assert [(one.reading.id, one.other.id, one.why) for one in found.known] == [
        ("p", "a", "arXiv id"),
        ("q", "b", "DOI"),
        ("r", "c", "title"),
        ("u", "t", "title"),
        ("t", "t", "id"),
    ]
    assert [(one.reading.id, one.other.id) for one in found.alike] == [("s", "c")]
    assert [one.id for one in found.new] == ["s", "t"]


READINGS = st.builds(
    Reading, st.just("r"), LINES, st.just("paper"), authors=st.none() | LINES,
    venue=st.none() | LINES, year=st.none() | st.integers(1400, 2099),
    arxiv=st.none() | st.just("1503.03580"), url=st.none() | LINES,
)  # fmt: skip


@given(reading=READINGS)
def test_proposals_fit_into_a_course(
    tmp_path_factory: pytest.TempPathFactory, reading: Reading
) -> None:
    """What is proposed reads, below the head of a course, as the same readings."""
    path: Path = tmp_path_factory.mktemp("c") / "course.yaml"
    path.write_bytes(b"id: c\n" + readings_bytes([reading], ["a: comment"]))
    course, problems = read_course(path)
    assert course is not None, problems
    assert course.readings == (reading,)


@given(st.text(st.sampled_from('@article{,}="#\\ \n$aT:and%~-'), max_size=60))
def test_no_bibtex_breaks_the_reader(text: str) -> None:
    """Whatever a file holds, it is read or refused with a problem."""
    try:
        read_bibtex(f"@misc{{a, title={{T}}, author={{{text}}}}}\n{text}".encode(), None)
    except BadInput as refused:
        assert refused.problems  # noqa: PT017  either outcome is fine, a traceback is not
