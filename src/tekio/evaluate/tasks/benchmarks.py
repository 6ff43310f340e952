"""Readers of published benchmarks whose layouts are their own: jfinqa, JF-ICR, JMMLU, MGSM, chABSA by sentence, and
the files that llm-jp-eval makes of any data set.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from tekio.evaluate.tasks.layout import Row, format_suffix, listing, mapping, read_json, row_file, wrong
from tekio.rows.separated import cells_without_header
from tekio.text.encoding import decode
from tekio.text.unreadable import UnreadableError

ASKED = re.compile(r"Financial Question:(.*?)\n\s*Company Response:(.*?)\n\s*Directly output", re.DOTALL)


def jfinqa(path: Path) -> Iterator[Row]:
    """ajtgjmdjp/jfinqa: FinQA's layout (`table` with headers and rows, `qa`), or the rows of its data set card (flat).

    `context` is the text before the table, the table in Markdown and the text after it.
    """
    rows = (
        (Row(mapping(value, path, f"[{number}]"), f"{path}: [{number}]") for number, value in enumerate(_array(path)))
        if format_suffix(path) == ".json"
        else row_file(path)
    )
    for row in rows:
        given = row.values
        table = mapping(given.get("table") or {}, path, "table")
        asked = mapping(given.get("qa") or {}, path, "qa")
        headers = listing(given.get("table_headers", table.get("headers")), path, "table.headers")
        lines = [listing(line, path, "table.rows") for line in _either(given, "table_rows", table.get("rows"), path)]
        before, after = (_paragraphs(given.get(name), path, name) for name in ("pre_text", "post_text"))
        parts = [before, _markdown([headers, *lines]), after]
        yield Row(
            {
                "id": given.get("id"),
                "subtask": given.get("subtask"),
                "company": given.get("edinet_code") or given.get("company_name"),
                "context": "\n\n".join(part for part in parts if part),
                "question": given.get("question", asked.get("question")),
                "answer": given.get("answer", asked.get("answer")),
                "scale": given.get("scale"),
            },
            row.where,
        )


def _either(given: dict[str, Any], name: str, other: Any, path: Path) -> list[Any]:
    return listing(given.get(name, other), path, name)


def _paragraphs(value: Any, path: Path, name: str) -> str:
    return "\n".join(str(part) for part in listing(value or [], path, name))


def _markdown(table: Sequence[Sequence[Any]]) -> str:
    """Header, rule and rows between bars."""
    if not table or not table[0]:
        return ""
    lines = ["| " + " | ".join(str(cell) for cell in row) + " |" for row in table]
    lines.insert(1, "| " + " | ".join("---" for _ in table[0]) + " |")
    return "\n".join(lines)


def _array(path: Path) -> list[Any]:
    return listing(read_json(path), path, "file")


def jf_icr(path: Path) -> Iterator[Row]:
    """JF-ICR (The-FinAI/Ebisu): its rows (`query`, the published English prompt, and `answer`), or the export of its annotation
    tool, of which the label that more than half of an item's annotators gave is taken.

    Items without such a majority have the label `divided`: no answer to them is right.
    """
    if format_suffix(path) != ".json":
        for row in row_file(path):
            asked = ASKED.search(str(row.values.get("query", "")))
            if asked is None:
                raise wrong(path, f"{row.where}: no `query` with a Financial Question and a Company Response")
            yield Row({**row.values, "question": asked[1].strip(), "response": asked[2].strip()}, row.where)
        return
    for number, value in enumerate(_array(path)):
        task = mapping(value, path, f"[{number}]")
        given = mapping(task.get("data"), path, f"[{number}].data")
        labels: Counter[str] = Counter()
        for annotation in listing(task.get("annotations"), path, f"[{number}].annotations"):
            for part in listing(mapping(annotation, path, "annotation").get("result"), path, "result"):
                chosen = mapping(mapping(part, path, "result").get("value"), path, "value").get("choices")
                if isinstance(chosen, list) and chosen:
                    labels[str(cast("list[Any]", chosen)[0]).split()[0]] += 1
        label, votes = labels.most_common(1)[0] if labels else ("divided", 0)
        yield Row(
            {
                "id": given.get("id", task.get("id")),
                "question": given.get("question"),
                "response": given.get("answer"),
                "answer": label if 2 * votes > labels.total() else "divided",
            },
            f"{path}: [{number}]",
        )


def jmmlu(path: Path) -> Iterator[Row]:
    """nlp-waseda/JMMLU: a CSV file a subject, without a header: question, four options, the letter of the answer."""
    for number, cells in enumerate(_cells(path, ",")):
        if len(cells) != 6 or cells[5].strip() not in ("A", "B", "C", "D"):
            raise wrong(path, f"row {number + 1}: question, four options and a letter are expected")
        yield Row(
            {
                "id": f"{path.stem}:{number}",
                "subject": path.stem,
                "question": cells[0].strip(),
                "choices": [cell.strip() for cell in cells[1:5]],
                "answer": "ABCD".index(cells[5].strip()),
            },
            f"{path}: row {number + 1}",
        )


def mgsm(path: Path) -> Iterator[Row]:
    """MGSM: a line a problem, without a header: question, tab, answer."""
    for number, cells in enumerate(_cells(path, "\t")):
        if len(cells) != 2:
            raise wrong(path, f"line {number + 1}: a question, a tab and an answer are expected")
        yield Row({"id": str(number), "question": cells[0], "answer": cells[1].strip()}, f"{path}: line {number + 1}")


def _cells(path: Path, delimiter: str) -> Iterator[list[str]]:
    """The rows of a table without a header; a tab-separated one has no quotes."""
    try:
        text = decode(path.read_bytes()).text.removeprefix("\ufeff")
        yield from cells_without_header(text, delimiter, quoting=delimiter != "\t")
    except UnreadableError as error:
        raise wrong(path, error.why_words()) from error


def chabsa_sentences(path: Path) -> Iterator[Row]:
    """chABSA by sentence, as llm-jp-eval asks it: every sentence with an opinion; the answer is a line for each target
    with its polarity.
    """
    report = mapping(read_json(path), path, "file")
    document = str(mapping(report.get("header"), path, "header").get("document_id") or path.stem)
    for value in listing(report.get("sentences"), path, "sentences"):
        sentence = mapping(value, path, "sentences")
        number = sentence.get("sentence_id")
        pairs: list[str] = []
        for item in listing(sentence.get("opinions"), path, f"sentence {number}: opinions"):
            opinion = mapping(item, path, f"sentence {number}: opinions")
            pairs.append(f"{opinion.get('target')} {opinion.get('polarity')}")
        if pairs:
            values = {
                "id": f"{document}:{number}",
                "sentence": sentence.get("sentence"),
                "pairs": "\n".join(dict.fromkeys(pairs)),
                "document": document,
            }
            yield Row(values, f"{path}: sentence {number}")


def llm_jp_eval(path: Path) -> Iterator[Row]:
    """A data set as llm-jp-eval stores it: `instruction` for all, `samples` with `input` and `output`."""
    data = mapping(read_json(path), path, "file")
    for number, value in enumerate(listing(data.get("samples"), path, "samples")):
        sample = mapping(value, path, f"samples[{number}]")
        values = {
            "id": f"{path.stem}:{number}",
            "dataset": path.stem,
            "instruction": data.get("instruction", ""),
            "input": sample.get("input"),
            "output": sample.get("output"),
        }
        yield Row(values, f"{path}: samples[{number}]")
