"""The reader of NIILC's questions."""

# pyright: reportAttributeAccessIssue=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# (lxml has no type information)

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from tekio.evaluate.tasks.layout import Row, wrong


def niilc(path: Path) -> Iterator[Row]:
    """mynlp/niilc-qa: XML with a question and its accepted answers each."""
    # no entities, no DTD, nothing from elsewhere
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    try:
        root = etree.fromstring(path.read_bytes(), parser)
    except etree.XMLSyntaxError as error:
        raise wrong(path, str(error)) from error
    for element in root.iterfind(".//question"):
        answers = [answer.strip() for part in element.iterfind("./answers/answer") if (answer := part.text or "")]
        values = {
            "id": element.get("id"),
            "question": (element.findtext("text") or "").strip(),
            "answers": [answer for answer in answers if answer],
        }
        yield Row(values, f"{path}: {element.get('id')}")
