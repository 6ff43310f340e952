"""Candidate readings of a page: which blocks would be questions if the page had this shape.

Each reading is a function from a page to a list of `Question`; `extents.py` then finds the answers. A reading makes no
judgement about the page: the choice among the readings is made in `choose.py`.
"""

from __future__ import annotations

from tekio.instruct.harvest.blocks import Page
from tekio.instruct.harvest.readings.by_alternation import by_alternation
from tekio.instruct.harvest.readings.by_control import by_controls
from tekio.instruct.harvest.readings.by_element import (
    by_anchors,
    by_classes,
    by_elements,
    by_heading,
    by_microdata,
    by_row_heads,
)
from tekio.instruct.harvest.readings.by_look import by_questions, by_repetition, by_strong
from tekio.instruct.harvest.readings.by_mark import (
    by_answer_marks,
    by_arrows,
    by_inline,
    by_marks,
    by_numbered_lists,
    by_quotes,
    by_speakers,
)
from tekio.instruct.harvest.readings.by_table import by_named_columns, by_tables
from tekio.instruct.harvest.readings.by_turn import by_turns
from tekio.instruct.harvest.readings.elements import Reading

READINGS = (
    *(
        "jsonld",
        "microdata",
        "marks",
        "numbered lists",
        "dl",
        "dl inside",
        "details",
        "details inside",
        "controls",
        "classes",
    ),
    *("speakers", "answer marks", "arrows", "quotes", "turns", "taking turns", "named columns", "table", "row heads"),
    *(f"h{level}" for level in range(1, 7)),
    *("titled headings", "anchors", "repeated", "strong", "typographic"),
)
"""What a recipe can name."""


def all_readings(page: Page) -> list[Reading]:
    """Every reading of the page that finds at least one question."""
    turns = by_turns(page)
    readings = [
        Reading("microdata", by_microdata(page), 1.0, explicit=True),
        Reading("marks", by_marks(page), 1.0, explicit=True, marked=True),
        Reading("numbered lists", by_numbered_lists(page), 1.0, explicit=True, marked=True),
        Reading("inline", by_inline(page), 1.0, explicit=True, marked=True),
        Reading("dl", by_elements("dt", "dl", outer=True)(page), 0.97, explicit=True),
        Reading("dl inside", by_elements("dt", "dl", outer=False)(page), 0.96, explicit=True),
        Reading("details", by_elements("summary", "details", outer=True)(page), 0.97, explicit=True),
        Reading("details inside", by_elements("summary", "details", outer=False)(page), 0.96, explicit=True),
        Reading("controls", by_controls(page), 0.96, explicit=True),
        Reading("classes", by_classes(page), 0.97, explicit=True),
        Reading("speakers", by_speakers(page), 0.95, explicit=True, marked=True),
        Reading("answer marks", by_answer_marks(page), 0.9, explicit=True, marked=True),
        Reading("arrows", by_arrows(page), 0.95, explicit=True),
        Reading("quotes", by_quotes(page), 0.95, explicit=True),
        *(Reading("turns", asked, 0.9, explicit=True) for asked in turns),
        Reading("taking turns", [] if turns else by_alternation(page), 0.85, explicit=True),
        Reading("named columns", by_named_columns(page), 0.96, explicit=True),
        Reading("table", by_tables(page), 0.95, explicit=False),
        Reading("row heads", by_row_heads(page), 0.94, explicit=False),
        *(Reading(f"h{level}", by_heading(level)(page), 0.92, explicit=False) for level in range(1, 7)),
        Reading("anchors", by_anchors(page), 0.9, explicit=False),
        *by_repetition(page),
        Reading("strong", by_strong(page), 0.88, explicit=False),
        Reading("typographic", by_questions(page), 0.65, explicit=False),
    ]
    return [reading for reading in readings if reading.questions]
