"""B04 to B13: how a question is worded."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from examrunner.domain.bank.lint.overlap import stated
from examrunner.domain.bank.lint.rules import ERROR, WARNING, Demands, Finding, rule
from examrunner.domain.bank.lint.words import spoken_seconds, stem, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examrunner.domain.bank.lint.draft import DraftBank

LONGEST, LONG = 20, 14
"""Seconds that a question may take to read, and from which on it is long."""
SHOWN = 40

_JOINED = re.compile(
    r"\b(?:and|or)\s+(why|how|what|who|when|where|which|whose|whom)\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?:;])\s+(?=\S)")
_WHETHER = (
    "is are was were am do does did can could will would should shall has have had may might must "
    "isn't aren't wasn't weren't doesn't don't didn't can't couldn't won't wouldn't shouldn't "
    "hasn't haven't hadn't"
)
_APOSTROPHE = "['\u2019]"
_YES_OR_NO = re.compile(
    rf"(?:{'|'.join(_WHETHER.split())})\b".replace("'", _APOSTROPHE), re.IGNORECASE
)
_TAG = re.compile(
    rf",\s+(?:right|correct|true|yes|no|(?:{'|'.join(_WHETHER.split())})\s+"
    r"(?:it|they|he|she|we|you|i|there|this|that|these|those|one))\s*\?$".replace("'", _APOSTROPHE),
    re.IGNORECASE,
)
_LONGEST_TAG = 20
_CHOICE = re.compile(r",\s+or\s+(?!not\b)", re.IGNORECASE)
"""Sets one possible answer off from another: `Is it learned, or set by hand?`"""
_LEAD = re.compile(
    r"(?:if|when|suppose|supposing|given|in|for|with|after|before|once|while|as|since|because|"
    r"although|assuming|at|on|under|without|so|then|and|but|now|today|according)\b",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(
    r"\b(?:except|never)\b"
    r"|(?:^|[.?!,:;]\s+)(?:which|what|who|where|when)\b"
    r"(?:(?!\b(?:when|if|that|who|whom|which|because|unless|as|than)\b)[^,;:?.])*?"
    r"(?P<not>\b(?:not|cannot)\b|n['\u2019]t\b)",
    re.IGNORECASE,
)
_NEGATING = ("not", "Not", "n't", "n\u2019t", "ever", "xcept")
_MARKUP = re.compile(
    r"\*\*|`|\$|\\[A-Za-z]+|<[A-Za-z/][^>]*>|(?<!\w)[*_][^\s*_][^*_]*[*_](?!\w)|\]\(|^#+ "
)
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]+")
_SUBSCRIPT = re.compile(r"\w+[_^]\{?\w+\}?|[\u2080-\u209c\u2070-\u207f\u00b2\u00b3\u00b9]")
_REFERENCE = re.compile(
    r"\[\d+(?:[,–-]\s*\d+)*\]|\bet al\b\.?|\([A-Z][^()]*\b(?:19|20)\d\d[a-z]?\)"
    r"|\b(?:Section|Sec\.|Sect\.|Appendix|Fig\.|Eq\.|Tab\.)(?:\s|$)|§|https?://"
)
_SIGN = re.compile(r"[=^|{}\\<>~#@+≤≥≈±×÷√∑∏∫∞→←∈∂∇·\u2212]")
_LETTER = re.compile(r"(?<!letter )(?<![\w'\u2019.-])[B-HJ-Zb-z](?![\w'\u2019.-]|\.\w)")
_SIGNS = (
    (_MARKUP, "markup"),
    (_GREEK, "a Greek letter"),
    (_REFERENCE, "a reference"),
    (_SUBSCRIPT, "a subscript or power"),
    (_SIGN, "this sign"),
    (_LETTER, "a bare letter"),
)
_ODD = re.compile(r"[^A-Za-z0-9 ,.?'\u2019:;–\n-]")
_SUSPECTS = frozenset(
    {*"bcdefghjklmnopqrstuvwxyzBCDEFGHJKLMNOPQRSTUVWXYZ", "al", "Section", "Sec", "Sect"}
    | {"Appendix", "Fig", "Eq", "Tab", "http", "https"}
)
"""Words one of which stands in a reference that has no odd sign, or that are bare letters."""
_WORD = re.compile(r"[^\W_]+")
_CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_ABBREVIATION = re.compile(r"(?<![^\W_])[A-Z](?:\.?[A-Z])+(?=s?(?:[^A-Za-z]|$))")
_DRAWN = "figure|table|diagram|plot|chart"
_EXHIBIT = re.compile(
    r"\b(?:figures?|tables?|equations?|algorithms?|theorems?|panels?|listings?)\s+\(?\d"
    r"|\b(?:fig|eq|tab)\.\s*\(?\d"
    r"|\b(?:this|these)\s+(?:figures?|tables?|equations?|diagrams?|plots?|charts?"
    r"|pictures?|graphs?)\b"
    rf"|\b(?:look at|see|shown in|in front of you)\s+the\s+(?:{_DRAWN}|equation|picture|graph)\b"
    r"|\b(?:on|in|from)\s+the\s+(?:figure|diagram|plot|chart)\b|\bon\s+the\s+(?:table|equation)\b"
    rf"|\bthe\s+(?:{_DRAWN})\s+(?:shows?|says?|tells?|lists?|compares?|suggests?|reports?|depicts?)\b"
    r"|\bthe\s+(?:first|second|third|fourth|last|left|right|upper|lower|top|bottom)\s+(?:\w+\s+)?"
    rf"(?:{_DRAWN}|equation|panel)s?\b",
    re.IGNORECASE,
)
_THINGS = ("figure", "table", "equation", "algorithm", "theorem", "panel", "listing", "fig", "eq")
_MORE_THINGS = ("tab", "diagram", "plot", "chart", "picture", "graph")
_SHOWN = frozenset(
    word
    for thing in (*_THINGS, *_MORE_THINGS)
    for word in (thing, thing.title(), f"{thing}s", f"{thing.title()}s")
)
_VAGUE = re.compile(
    r"(?:^|[.?!]\s+)(?:please\s+)?(discuss|talk\s+(?:\w+\s+)*?about|comment\s+on|elaborate"
    r"|tell\s+me\s+(?:\w+\s+)*?about|say\s+something|reflect\s+on)\b",
    re.IGNORECASE,
)


def clause_for_yes_or_no(text: str) -> int | None:
    """Return where a last sentence begins that can be answered by yes or no, or None."""
    whole = text.rstrip()
    if not whole.endswith("?"):
        return None
    start = 0
    for cut in _SENTENCE.finditer(whole):
        start = cut.end()
    sentence = whole[start:]
    asked = _asks_whether(sentence)
    if asked is None or (" or " in sentence and _CHOICE.search(sentence, asked)):
        return None
    return start + asked


def _asks_whether(sentence: str) -> int | None:
    """Return where a sentence begins to ask whether something is so, or None."""
    if _YES_OR_NO.match(sentence):
        return 0
    if _LEAD.match(sentence):
        for cut in re.finditer(r",\s+", sentence):
            if _YES_OR_NO.match(sentence, cut.end()):
                return cut.end()
    comma = sentence.rfind(",", -_LONGEST_TAG)
    return comma + 2 if comma >= 0 and _TAG.match(sentence, comma) else None


@rule(
    "B04",
    "error / warning",
    title="a question is too long to be read aloud",
    reason="A student who hears a question once cannot hold a long one, and reading it takes time "
    "from the answer. At 150 words a minute 50 words take 20 s, 35 words 14 s.",
    example="say: Considering that the authors, who had first ... (60 words)",
    fix="Cut what the question does not need; move what is left over into a probe.",
)
def b04(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find questions that take long to read."""
    for question in bank.questions:
        if question.say and (taken := spoken_seconds(question.say.text)) > LONG:
            severity = ERROR if taken > LONGEST else WARNING
            told = f"reading this question aloud takes {math.ceil(taken)} s"
            hint = f"shorten it to {LONG * 150 // 60} words, {LONG} s; the rest is a probe"
            yield Finding(question.say.at, told, hint, severity, 0, question)


@rule(
    "B05",
    "error / warning",
    title="two questions in one",
    reason="Asked two things at once, a student answers one, and nobody knows which was marked.",
    example="say: Why is the score scaled? What happens without it?",
    fix="Ask the first one; make the second a probe.",
)
def b05(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find two question marks, and questions joined by `and why` and the like."""
    for question in bank.questions:
        if question.say is None:
            continue
        text = question.say.text
        if text.count("?") > 1:
            offset = text.index("?") + 1
            offset += len(text[offset:]) - len(text[offset:].lstrip())
            told, hint = "these are two questions", "make the second one a probe"
            yield Finding(question.say.at, told, hint, ERROR, offset, question)
        elif joined := _JOINED.search(text):
            told = f"`{' '.join(joined[0].split())}` joins a second question"
            hint = "make the second one a probe"
            offset = joined.start(1)
            yield Finding(question.say.at, told, hint, WARNING, offset, question)


@rule(
    "B06",
    "error",
    title="can be answered by yes or no",
    reason="A yes shows nothing, and a guess is right half of the time.",
    example="say: Does the decoder need a mask?",
    fix="Ask why, how or what: Why does the decoder need a mask?",
)
def b06(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find questions whose last sentence can be answered by yes or no."""
    for question in bank.questions:
        if question.say and (offset := clause_for_yes_or_no(question.say.text)) is not None:
            told = "this can be answered by yes or no"
            yield Finding(question.say.at, told, "ask why, how or what", ERROR, offset, question)


@rule(
    "B07",
    "warning",
    title="negative wording",
    reason="Heard once, a `not` is easily missed, above all in a second language.",
    example="say: Which of the parts is not trained?",
    fix="Ask for what is: Which part stays frozen while the rest is trained?",
)
def b07(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find questions that ask for what is not, with `not`, `except` or `never`."""
    for question in bank.questions:
        if question.say is None or not any(word in question.say.text for word in _NEGATING):
            continue
        if found := _NEGATIVE.search(question.say.text):
            offset = found.start("not") if found["not"] else found.start()
            told = f"`{found['not'] or found[0]}` is easily missed when a question is heard"
            hint = "ask for what is, instead of what is not"
            yield Finding(question.say.at, told, hint, WARNING, offset, question)


@rule(
    "B08",
    "error",
    title="cannot be spoken",
    reason="The examiner reads the text aloud as it stands and must not have to translate it.",
    example="say: Why divide by $\\sqrt{d_k}$ in Eq. 1 [3]?",
    fix="Write the words: the square root of the key dimension. List symbols under `symbols`.",
)
def b08(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find markup, Greek letters, subscripts, references and unlisted symbols in what is said."""
    hints, has_odd = _SUSPECTS & bank.spoken, _ODD.search(bank.said) is not None
    if not hints and not has_odd:
        return
    listed = {write.text.strip() for write, _ in bank.symbols if write}
    for question in bank.questions:
        for phrase in question.spoken():
            text = phrase.text
            if not (has_odd and _ODD.search(text)) and not any(word in text for word in hints):
                continue
            if found := _unspeakable(text, listed):
                offset, what, piece = found
                told = f"{what} cannot be read aloud: `{piece[:SHOWN]}`"
                hint = "write it as it is spoken, or list it under `symbols`"
                yield Finding(phrase.at, told, hint, ERROR, offset, question)


def _unspeakable(text: str, listed: set[str]) -> tuple[int, str, str] | None:
    """Return where a text cannot be read aloud, what stands there, and the piece itself."""
    for pattern, what in _SIGNS:
        for found in pattern.finditer(text):
            if found[0] not in listed:
                return found.start(), what, found[0].strip()
    return None


@rule(
    "B09",
    "warning",
    title="an abbreviation that nobody is told how to say",
    reason="An examiner who has not read the paper stumbles over it, and the student too.",
    example="say: What does FID leave out?",
    fix="Write it out, or list it: `symbols: [{write: FID, say: F I D}]`, or under `terms`.",
)
def b09(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find abbreviations that are neither a listed symbol nor a term."""
    known = _known_words(bank)
    capitals = {word for word in bank.spoken if word[1:2].isupper() or word in _CAPITALS}
    unknown = [word for word in capitals if word.lower().rstrip("s") not in known]
    for question in bank.questions if unknown else ():
        for phrase in question.spoken():
            text = phrase.text
            if not any(word in text for word in unknown):
                continue
            for found in _ABBREVIATION.finditer(text):
                word = found[0].lower().replace(".", "")
                if word not in known and f"{word}s" not in known:
                    told = f"`{found[0]}` is neither a symbol nor a term of this bank"
                    hint = "write it out, or list it under `symbols` with how it is said"
                    yield Finding(phrase.at, told, hint, WARNING, found.start(), question)


def _known_words(bank: DraftBank) -> set[str]:
    texts = [text for pair in bank.symbols for text in pair if text] + bank.terms
    return set(_WORD.findall("\n".join(text.text for text in texts).lower()))


@rule(
    "B10",
    "error",
    title="points at something that is not shown",
    reason="Nobody has the figure before their eyes, unless it is put on the table.",
    example="say: What does Figure 2 show?",
    fix="Name what it shows, or say under `exhibit` which page lies on the table.",
)
def b10(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find questions that point at a figure, table or equation without an exhibit."""
    hints = _SHOWN & bank.spoken
    for question in bank.questions if hints else ():
        if question.exhibit is not None:
            continue
        for phrase in question.spoken():
            text = phrase.text
            if any(word in text for word in hints) and (found := _EXHIBIT.search(text)):
                told = f"`{found[0]}` is pointed at, and nothing is shown"
                hint = "say what it shows, or add `exhibit:` with the page to show"
                yield Finding(phrase.at, told, hint, ERROR, found.start(), question)


@rule(
    "B11",
    "warning",
    title="a vague opening",
    reason="Discuss and comment have no right answer; students guess at what is wanted.",
    example="say: Discuss the role of the codebook.",
    fix="Ask the one thing that the points look for: What does the codebook hold?",
)
def b11(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find questions that begin with discuss, talk about, comment on, elaborate."""
    for question in bank.questions:
        if question.say and (found := _VAGUE.search(question.say.text)):
            told = f"`{found[1]}` does not say what a right answer holds"
            hint = "ask for the one thing that the points look for"
            yield Finding(question.say.at, told, hint, WARNING, found.start(1), question)


@rule(
    "B12",
    "warning",
    title="could be asked of any paper",
    reason="A question without a word of this paper can be answered from a summary, or by anyone.",
    example="say: What would you do next?",
    fix="Name the thing: What would you measure next about the watermark? Keep `terms` complete.",
)
def b12(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find questions outside the opening that hold no term of the paper."""
    asked = [one for one in bank.questions if one.say and one.kind_name != "opening"]
    if not asked:
        return
    if not bank.terms:
        hint = "add `terms: [...]`: the words that make a question one about this paper"
        yield Finding(bank.place("terms"), "the bank lists no terms", hint, WARNING)
        return
    said = [text for _, text in bank.symbols if text]
    terms = [text.text.strip().lower() for text in (*bank.terms, *said)]
    single = {stem(term) for term in terms if term.isalnum()}
    several = [f" {' '.join(words_of(term))} " for term in terms if not term.isalnum()]
    for question in asked:
        assert question.say
        words = question.say.words
        if single.isdisjoint(words):
            joined = f" {' '.join(words)} "
            if not any(term in joined for term in several):
                told = "no term of this paper is in the question"
                hint = "name what it is about, or add the word to `terms`"
                yield Finding(question.say.at, told, hint, WARNING, 0, question)


@rule(
    "B13",
    "error / warning",
    title="the question holds its answer",
    reason="A student who repeats the question would get the point.",
    example="say: Why do large inputs push the softmax into its flat region?  with a must point "
    "`large inputs push the softmax into its flat region`",
    fix="Take the words of the point out of the question, or look for another point.",
)
def b13(bank: DraftBank, _demands: Demands) -> Iterator[Finding]:
    """Find questions that hold four words in a row, or 60% of the words, of a must point."""
    for question in bank.questions:
        if question.say is None:
            continue
        for point in question.musts():
            if found := stated(question.say, point):
                told = f"the question {found.told} of the must point in line {point.at.line}"
                hint = "take them out of the question, or look for something else"
                severity = ERROR if found.is_run else WARNING
                yield Finding(question.say.at, told, hint, severity, found.offset, question)
                break


WORDING = (b04, b05, b06, b07, b08, b09, b10, b11, b12, b13)
"""In the order of their ids."""
