"""Faults planted into a clean bank: which rule must find them, and at which very word."""

from __future__ import annotations

from typing import NamedTuple

E, W = "error", "warning"


class Fault(NamedTuple):
    """One fault: in a question, or in the head of the bank where none is named."""

    rule: str
    severity: str
    """For approval."""
    question: str
    old: str
    new: str
    at: str
    """What stands where the fault must be reported: its first place behind the question's id."""


D3 = "trees-d3"
"""Its words are honey, ivory, jelly, jewel, kayak and knoll."""
SAY = "say: Why is the honey next to its ivory?"
LONG = "say: Why is the honey " + "so very " * 17 + "near?"
LONGER = "say: Why is the honey " + "so very " * 25 + "near?"
TWO_MUSTS = """\
- must: the ivory holds a jelly upright in the wind
      - must: every jewel falls over otherwise
"""
WHOLE = "id: trees-d3"
FAULTS = (
    Fault("B01", E, D3, "id: trees-d3", "id: trees-d1", "trees-d1"),
    Fault("B01", E, D3, "id: trees-d3", "id: 'trees d3'", "trees d3"),
    Fault("B01", E, D3, "- id: trees-d3\n    kind", "- kind", "kind: detail"),
    Fault("B01", E, "", "reading: trees", "reading: 'tre es'", "tre es"),
    Fault("B02", E, "", "edition: first\n", "", "bank_version"),
    Fault("B02", E, "", "edition: first\n", "edition:\n", "edition"),
    Fault("B03", W, "", "gist: It is about trees.\n", "", "bank_version"),
    Fault("B03", W, "", "It is about trees.", "tree " * 81 + "end", "tree tree"),
    Fault("B04", W, D3, SAY, LONG, "Why is the honey so"),
    Fault("B04", E, D3, SAY, LONGER, "Why is the honey so"),
    Fault("B05", E, D3, SAY, "say: Why honey? And who made it?", "And who"),
    Fault("B05", W, D3, SAY, "say: Why is the honey old, and how would you tell?", "how would"),
    Fault("B06", E, D3, SAY, "say: Here is honey. Is it good?", "Is it good"),
    Fault("B06", E, D3, SAY, "say: If the honey is cold, does it flow?", "does it flow"),
    Fault("B06", E, D3, SAY, "say: Hasn't the honey been eaten?", "Hasn't"),
    Fault("B06", E, D3, SAY, "say: Hasn\u2019t the honey been eaten?", "Hasn\u2019t"),
    Fault("B06", E, D3, SAY, "say: Does the honey need a pot or not?", "Does the"),
    Fault("B06", E, D3, SAY, "say: Does the honey need a pot, or not?", "Does the"),
    Fault("B06", E, D3, SAY, "say: Is honey good with one or two pots?", "Is honey"),
    Fault("B06", E, D3, SAY, "say: The honey needs a pot, doesn\u2019t it?", "doesn\u2019t it"),
    Fault("B06", E, D3, SAY, "say: Honey is better, right?", "right?"),
    Fault("B07", W, D3, SAY, "say: Which of the honeys is not sweet?", "not sweet"),
    Fault("B07", W, D3, SAY, "say: Name all honeys except one kind.", "except"),
    Fault("B07", W, D3, SAY, "say: What does honey never do?", "never"),
    Fault("B07", W, D3, SAY, "say: Which honey cannot flow?", "cannot"),
    Fault("B07", W, D3, SAY, "say: What doesn\u2019t honey do?", "n\u2019t honey"),
    Fault("B08", E, D3, SAY, "say: Why is the **honey** next to it?", "**honey"),
    Fault("B08", E, D3, SAY, "say: Why is honey near \u03b1?", "\u03b1?"),
    Fault("B08", E, D3, SAY, "say: Why is honey like d_k here?", "d_k"),
    Fault("B08", E, D3, SAY, "say: Why is honey good [12] now?", "[12]"),
    Fault("B08", E, D3, SAY, "say: Why do Smith et al. like honey?", "et al."),
    Fault("B08", E, D3, SAY, "say: Why is honey ≤ sugar?", "≤"),
    Fault("B08", E, D3, SAY, "say: Why is honey near k here?", "k here"),
    Fault("B08", E, D3, "What changes for the jewel?", "What makes x^2 of it?", "x^2"),
    Fault("B09", W, D3, SAY, "say: Why does FID like honey?", "FID"),
    Fault("B10", E, D3, SAY, "say: What does honey do in Figure 2?", "Figure 2"),
    Fault("B10", E, D3, SAY, "say: What does the figure show of honey?", "the figure"),
    Fault("B10", E, D3, SAY, "say: In the diagram, where is honey?", "In the diagram"),
    Fault("B10", E, D3, SAY, "say: What is honey in the first table?", "the first table"),
    Fault(
        "B10", E, D3, "Think of the kayak.", "Look at the plot of the kayak.", "Look at the plot"
    ),
    Fault("B11", W, D3, SAY, "say: Discuss the honey.", "Discuss"),
    Fault("B11", W, D3, SAY, "say: Please talk a bit about honey.", "talk a bit"),
    Fault("B12", W, D3, SAY, "say: Why is it next to its ivory?", "Why is it"),
    Fault("B12", W, "", "terms: [", "x_terms: [", "bank_version"),
    Fault(
        "B13", E, D3, SAY, "say: Why does honey say ivory holds a jelly upright now?", "ivory holds"
    ),
    Fault("B13", W, D3, SAY, "say: Why has honey upright ivory in wind of jelly?", "upright ivory"),
    Fault("B14", E, D3, TWO_MUSTS, "- also: no\n", "look_for"),
    Fault(
        "B14",
        E,
        D3,
        "- also: a kayak grows there",
        "- also: a\n" + "      - also: b\n" * 4,
        "look_for",
    ),
    Fault("B15", W, D3, "a kayak grows there", "a kayak " * 13, "a kayak a"),
    Fault("B16", E, D3, "a kayak grows there", "shows good understanding", "good under"),
    Fault("B16", E, D3, "a kayak grows there", "kayaks, boats etc", "etc"),
    Fault("B16", E, D3, "a kayak grows there", "explains the kayak clearly", "explains the"),
    Fault("B17", E, D3, "Section 10", "somewhere", "somewhere"),
    Fault("B17", E, D3, "    source:\n      - {at: Section 10, what: the honey}\n", "", WHOLE),
    Fault("B18", E, D3, "Section 10", "Abstract", "Abstract"),
    *(
        Fault("B18", E, D3, "Section 10", f"'{place}'", place)
        for place in (
            *("Sec. 1", "Section 7 (Conclusion)", "Heading: Introduction", "The abstract"),
            *("Abstract and introduction", "Section 1, paragraph 2", "Abstract, page 1"),
        )
    ),
    Fault("B19", W, D3, SAY, "say: How many pots of honey are there?", "How many"),
    Fault("B19", W, D3, SAY, "say: By how much does honey rise?", "By how"),
    Fault("B19", W, D3, SAY, "say: With how many pots is honey best?", "With how"),
    Fault("B19", W, D3, SAY, "say: In what year was honey found?", "In what"),
    Fault("B20", E, D3, "    red_flags:\n      - speaks of the knoll only\n", "", WHOLE),
    Fault("B21", E, D3, "    probes:\n      - What changes for the jewel?\n", "", WHOLE),
    Fault(
        "B21",
        W,
        D3,
        "- What changes for the jewel?",
        "- Who?" + "\n      - Why?" * 3,
        "Why?\n    hints",
    ),
    Fault("B21", W, D3, "What changes for the jewel?", "Would it change?", "Would it"),
    Fault("B22", W, D3, "    hints:\n      - Think of the kayak.\n", "", WHOLE),
    Fault(
        "B22",
        E,
        D3,
        "Think of the kayak",
        "So ivory holds a jelly upright",
        "ivory holds a jelly upright.",
    ),
    Fault("B23", W, "trees-c1", "misconceptions:", "x_misconceptions:", "id: trees-c1"),
    Fault("B24", E, D3, "      weak: It is green.\n", "", "anchors"),
    Fault("B24", E, D3, "weak: It is green.", "weak: It holds jelly up!", "It holds jelly"),
    Fault("B25", E, D3, "marks: 2", "marks: 3", "3\n    look_for"),
    Fault("B25", W, D3, "seconds: 60", "seconds: 80", "80\n"),
    Fault("B26", E, D3, "seconds: 60", "seconds: 30", "30\n"),
    Fault("B27", E, D3, "level: recall", "level: hard", "hard"),
    Fault("B27", E, D3, "    level: recall\n", "", WHOLE),
    Fault("B28", W, D3, "kind: detail", "kind: odd", "odd"),
    Fault("B29", E, D3, SAY, "say: Why is the goose next to its grain honey?", "Why is the goose"),
    Fault("B29", E, D3, "    status: draft", "    not_with: [trees-d9]", "trees-d9"),
    Fault(
        "B29",
        W,
        "trees-x1",
        "Why is the moose next to its motor?",
        "Why do moose say ivory holds a jelly upright?",
        "ivory holds",
    ),
    Fault(
        "B29",
        W,
        "trees-x1",
        "the motor holds a mound upright in the wind",
        "the ivory holds a jelly upright in the wind",
        "the ivory holds a jelly upright in",
    ),
    Fault("B30", E, D3, "status: draft", "status: reviewed", "reviewed"),
    Fault("B30", E, D3, "speaks of the knoll only", "ask ann@uni.edu", "ann@uni"),
)
