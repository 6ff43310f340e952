"""The harvester on real pages of the National Tax Agency: 質疑応答事例, and its long documents of questions and answers.

    python benchmarks/harvest_nta.py [--data ../shared/data/nta] [--html] [--wrong N]

The expected text is what stands between a page's own headings (【照会要旨】, 【回答要旨】 and the next), or between a question
of the table of contents where it stands again in the body and the next one; it is cut by the few lines below, which share
nothing with the harvester. Texts are compared by their letters, digits and signs: white space, list marks and the numbers of
lists are not. `--html`: the same pages rendered as HTML, as the site shows them.
"""

from __future__ import annotations

import argparse
import re
import time
import zipfile
from collections import Counter
from itertools import pairwise
from pathlib import Path

from tekio.instruct.harvest.files import harvest_bytes
from tekio.text.markdown import markdown_html

_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\(<?[^()\s]*(?:\([^()]*\)[^()\s]*)*>?(?:\s+\"[^\"]*\")?\)")
_ENTRY = re.compile(r"^(?:[#>\s*\-|]*)[（(【\[]?問\s*([0-9０-９]+(?:[-－―‐−の][0-9０-９]+)*)[）)】\]．.、\s　]*(.+)$")
_LEADERS = re.compile(r"(?:[\s　]*[.．…‥･・·⋯]){4,}[\s　]*[0-9０-９]*[\s　]*$")
_ENTRY_AGAIN = re.compile(r"(?<=[.．…‥･・·⋯])\s*([0-9０-９]{1,3})?\s*(?=問\s*[0-9０-９])")
_SECTION = re.compile(
    r"^#*\s*(?:[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]+\s|第[0-9０-９一二三四五六七八九十]+[章節編部]|[【〔［《].{1,30}[】〕］》]$|[○●◯].{1,30}$)"
)
_TOLD = re.compile(r"^[#\s　]*[（(【〔]?(?:回答|答)[）)】〕]|^[#\s　]*答[\s　]")
DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def plain(markdown: str) -> str:
    """What a reader sees of a piece of Markdown, for comparison only."""
    lines: list[str] = []
    for line in _LINK.sub(r"\1", _IMAGE.sub("", markdown)).replace("\\", "").split("\n"):
        line = re.sub(r"^[\s>　]*(?:[-*+] |[0-9]{1,3}[.)] |#{1,6} )?", "", line)
        if not re.fullmatch(r"[\s|:\-]*", line):
            lines.append(line)
    return bare("\n".join(lines))


def bare(text: str) -> str:
    """Letters, digits and signs only. Circled numbers may be pictures on the page; list marks are no text."""
    text = re.sub(r"^[\s　]*(?:・|[0-9]{1,3}\. )", "", text, flags=re.MULTILINE)
    return re.sub(r"[\s　|*_`~・①-⑳\\]+|<br ?/?>|-{3,}|[↓↑]+|（問）", "", text)


def sections(text: str) -> tuple[str, str] | None:
    """(照会要旨, 回答要旨) of a page as written between its headings."""
    asked = re.search(r"^(?:## 【照会要旨】|（照会要旨）)\s*$", text, re.MULTILINE)
    told = re.search(r"^(?:## 【回答要旨】|（回答要旨）)\s*$", text, re.MULTILINE)
    if asked is None or told is None or told.start() < asked.end():
        return None
    after = text[told.end() :]
    end = re.search(r"^(?:##? |〔関係法令通達〕|\*\*注記\*\*|\[このページの先頭へ\])", after, re.MULTILINE)
    return text[asked.end() : told.start()], after[: end.start() if end else len(after)]


def long_questions(text: str) -> list[tuple[str, str, str]]:
    """(number, question, answer) of a long document by its table of contents: each entry found again in the body."""
    # Scrapes and OCR glue entries of the contents to each other, and questions to the answer before.
    text = _ENTRY_AGAIN.sub(lambda found: (found[1] or "") + "\n", text)
    lines = re.sub(
        r"(?<=[。）)])(?=問[0-9０-９]{1,3}(?:[-－―‐−][0-9０-９]+)?[^0-9０-９、。及をのにはがとへで参）)】])", "\n", text
    ).split("\n")
    listed = {number: line for number, line in enumerate(lines) if _ENTRY.match(line)}
    contents = [number for number, line in listed.items() if _LEADERS.search(line)]
    if len(contents) < 8:
        return []
    body = contents[-1] + 1
    entries = [_parts(lines[number]) for number in contents]
    starts: list[tuple[int, str, str]] = []
    at = body
    for number, asked in entries:
        for line in range(at, len(lines)):
            found = _ENTRY.match(lines[line])
            if found and found[1].translate(DIGITS) == number and similar(_parts(lines[line])[1], asked):
                starts.append((line, number, _parts(lines[line])[1]))
                at = line + 1
                break
    cut: list[tuple[str, str, str]] = []
    for place, (line, number, asked) in enumerate(starts):
        end = starts[place + 1][0] if place + 1 < len(starts) else len(lines)
        asks = re.compile(
            r"^[#\s]*(?:[（(]問\s*[0-9０-９][^）)]*[）)]|問\s*[0-9０-９]+(?:[-－―‐−][0-9０-９]+)?[\s　．.])"
        )
        first = next((at for at in range(line + 1, end) if _TOLD.match(lines[at])), end)
        end = next((at for at in range(first + 1, end) if asks.match(lines[at])), end)
        told = next((at for at in range(line + 1, end) if _TOLD.match(lines[at])), None)
        if told is None:
            continue
        question = "\n".join([asked, *lines[line + 1 : told]])
        # 「（問１）題名」 is a title where 「（問）…」 follows.
        question = re.split(r"^[（(]問[）)]", question, maxsplit=1, flags=re.MULTILINE)[-1]
        cut.append((number, question, "\n".join(lines[told:end])))
    return cut


def _parts(line: str) -> tuple[str, str]:
    found = _ENTRY.match(line)
    assert found is not None
    return found[1].translate(DIGITS), _LEADERS.sub("", found[2])


def similar(first: str, second: str) -> bool:
    """The same question but for OCR: four of five character pairs agree."""
    one, two = (Counter(pairwise(text)) for text in (readable(first), readable(second)))
    return 2 * sum((one & two).values()) >= 1.6 * min(sum(one.values()), sum(two.values())) > 0


def readable(text: str) -> str:
    """A line without the debris OCR leaves for kana."""
    return bare(re.sub(r"\$[^$]*\$", "", text))


def as_page(markdown: str) -> bytes:
    """The page as HTML, as the site shows it."""
    return f"<!doctype html><html lang=ja><head><meta charset=utf-8><title>質疑応答事例</title></head><body><div id=page>{markdown_html(markdown)}</div></body></html>".encode()


def shitsugi(folder: Path, *, html: bool, wrong: int) -> Counter[str]:
    """How the pages of questions were read, by kind."""
    counts: Counter[str] = Counter()
    for path in sorted(folder.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        expected = sections(text)
        if expected is None:
            counts["pages without the two headings"] += 1
            continue
        counts["pages"] += 1
        raw, suffix = (as_page(text), ".html") if html else (text.encode(), ".md")
        page = harvest_bytes(raw, suffix)
        question, answer = map(plain, expected)
        got = [(bare(pair.question), bare(pair.answer)) for pair in page.pairs]
        if not got:
            kind = "no pair, said so" if page.silence else "no pair, silent"
        elif len(got) > 1:
            kind = "several pairs"
        elif got[0] == (question, answer):
            kind = "whole"
        elif got[0][0] != question and got[0][1] != answer:
            kind = "both differ"
        else:
            kind = "question differs" if got[0][0] != question else "answer differs"
        counts[kind] += 1
        if kind != "whole" and wrong > 0:
            wrong -= 1
            print(f"--- {path.name}: {kind}\n  expected {question[:150]} / {answer[:80]} … {answer[-80:]}")
            for one, two in got[:3]:
                print(f"  got      {one[:150]} / {two[:80]} … {two[-80:]}")
    return counts


def long_documents(archive: Path, *, wrong: int) -> Counter[str]:
    """Questions and answers of the long documents, found whole or not."""
    counts: Counter[str] = Counter()
    with zipfile.ZipFile(archive) as members:
        for name in sorted(members.namelist()):
            raw = members.read(name)
            if raw.count("問".encode()) < 40:
                continue
            expected = long_questions(raw.decode())
            if len(expected) < 8:
                continue
            page = harvest_bytes(raw, ".md")
            got = {bare(pair.question): bare(pair.answer) for pair in page.pairs}
            found = told = 0
            for number, asked, answer in expected:
                question = plain(asked)
                if question not in got:
                    if wrong > 0:
                        wrong -= 1
                        print(f"--- {name} 問{number}: {question[:100]}")
                    continue
                found += 1
                right = same_answer(got[question], plain(answer))
                told += right
                if not right and wrong > 0:
                    wrong -= 1
                    print(
                        f"--- {name} 問{number}: answer\n  expected {plain(answer)[:60]} … {plain(answer)[-80:]}\n  got      {got[question][:60]} … {got[question][-80:]}"
                    )
            counts["documents"] += 1
            counts["questions"] += len(expected)
            counts["found"] += found
            counts["answers"] += told
            counts["pairs given"] += len(page.pairs)
            print(
                f"{name}: {len(expected)} questions, found {found}, answers whole {told}, pairs given {len(page.pairs)}"
            )
    return counts


def same_answer(got: str, expected: str) -> bool:
    """Equal but for the answer's own mark and what stands behind it: the heading of the next section."""
    expected = re.sub(r"^#*[【〔(（]?(?:回答|答|Ａ|A)[】〕)）]?", "", expected)
    got = re.sub(r"^[【〔(（]?(?:回答|答|Ａ|A)[】〕)）]?", "", got)
    expected = re.sub(r"[0-9]{1,3}$", "", expected) if not got.endswith(expected[-1:]) else expected  # a page's number
    return got == expected or (expected.startswith(got) and len(expected) - len(got) <= 60 and len(got) > 20)


def main() -> None:
    """Print the counts of both kinds of pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/nta"))
    parser.add_argument("--html", action="store_true", help="only the pages of 質疑応答事例, rendered as HTML")
    parser.add_argument("--wrong", type=int, default=0, metavar="N", help="show the first N that differ")
    options = parser.parse_args()
    if not (options.data / "shitsugi").is_dir():
        parser.error(f"no folder {options.data / 'shitsugi'}: docs/real-data.md says where the pages come from")
    started = time.process_time()
    counts = shitsugi(options.data / "shitsugi", html=options.html, wrong=options.wrong)
    print(f"質疑応答事例 as {'HTML' if options.html else 'Markdown'}:", dict(counts.most_common()))
    print(f"  whole: {counts['whole'] / counts['pages']:.4f} of {counts['pages']}")
    if not options.html:
        counts = long_documents(options.data / "pages.zip", wrong=options.wrong)
        print(
            f"long documents: {counts['documents']}, questions found {counts['found'] / counts['questions']:.4f},"
            f" answers whole {counts['answers'] / counts['questions']:.4f} of {counts['questions']}"
        )
    print(f"{time.process_time() - started:.1f} CPU s")


if __name__ == "__main__":
    main()
