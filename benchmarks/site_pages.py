"""A scrape of a site's pages in one archive: navigation that is trained on, and bodies that are lost.

    python benchmarks/site_pages.py [ARCHIVE] [--out FOLDER | --corpus FOLDER] [--lost N] [--lines N]

ARCHIVE (default: `nta/pages.zip` of the real data) holds pages as Markdown. The corpus is built by the command line
(`tekio doctor`, `tekio corpus build`) with the default recipe, no held-out part, personal data only counted.

**Navigation.** Lines are counted that stand in more than one training document in a thousand. What is furniture is told from
each document's own page, not from the build: a line counts as navigation where its page holds it only as a link alone, in the site's
path (the numbered list from ホーム on at the top), in a list of links or behind the page's foot, or speaks of the site's tools (Adobe Reader, a
reading service, the page's top, an opinion of the page). Lines that the body holds as text (「国税庁長官」, 「（単位：円）」) are text,
and are only counted.

**Bodies.** The body of a page lies between the site's path and the foot (the last line behind which nothing but links follows); a
page without the site's path is a body whole. So it holds the page's own first heading, and the numbers, dates and addresses
that letters have before it. Links that are all of their line are counted apart. Its lines and cells, links as their text, pictures gone, are looked for in what the build wrote
for the page, white space, widths and marks aside. Characters are counted: in training documents, in `rejected/` by reason, as boilerplate
(`boilerplate.jsonl`), nowhere.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from corpus_data import real_data
from tekio.documents import read_documents
from tekio.text.normalize import RADICALS

_PICTURE = re.compile(r"!\[[^\]]*\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)")
_PICTURED_NUMBER = re.compile(
    r"!\[(?:丸|まる|マル)?[0-9０-９①-⑳]{0,2}\]\([^()\s]{1,300}\.(?:gif|png)(?:\s+\"[^\"]*\")?\)"
)
"""A picture of a number, which readers write as ①: what stands before and behind it is compared by itself."""
_LINK = re.compile(r"(?<!\\)\[((?:[^\[\]]|\\.|\[[^\[\]]*\])*)(?<!\\)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)")
_TOOLS = re.compile(
    r"Adobe|Acrobat|ReadSpeaker|このページの先頭|お役に立ち|ページトップ|音声読み上げ|PDF形式のファイルを"
)
_MARK = re.compile(r"^[\s　>]*(?:#{1,6}\s+|[-*+・]\s+|[0-9]{1,3}\\?[.)．]\s*|[(（][0-9]{1,3}[)）]\s*)*")
_ITEM = re.compile(r"\s*(?:[-*+]|[0-9]+\\?\.)\s")
_NOISE = re.compile(r"[\s|*_`~\\・#>\x00-\x08\x0e-\x1f]+|<[^<>]{1,20}>")
_NUMBERING = re.compile(r"[0-9()●○◎■□◆◇※.,、:-]*")
"""What may stand before a link that is all of its line: the number of an article in a list of them, a sign."""
_BROKEN_LINK = re.compile(r"(\[[^\[\]]*)\\\\\n([^\[\]\n]*\]\()")
"""A link whose words a line break parts."""
_DEBRIS = re.compile(r"\$[^$\n]{0,200}\$|\$\\?\\?[a-z]")
_SPACED = re.compile(r"(?<![0-9])[0-9] [0-9]{1,2} ?(?=[年月日％円条項])|[年月日] ?[0-9] [0-9]\b")
_LEADERS = re.compile(r"[.．…‥・･·]{6,}")
_READABLE = re.compile(r"[0-9A-Za-zぁ-んァ-ヶー一-龥々〇、。，．（）()「」・％%]")
SMALLEST = 2
"""Letters that a piece of a body has at least to be looked for."""


def bare(text: str) -> str:
    """Letters, digits and signs, widths made equal; radicals that stand for kanji (⻑) are these, as in the corpus."""
    return _NOISE.sub("", _MARK.sub("", unicodedata.normalize("NFKC", text.translate(RADICALS))))


def shown(line: str) -> str:
    """A line of Markdown as a reader sees it: pictures gone, links as their text."""
    return _LINK.sub(lambda found: found[1], _PICTURE.sub("", line))


def is_link_only(line: str) -> bool:
    """Whether nothing but links, marks and numbers stands in a line."""
    without = _LINK.sub("", _PICTURE.sub("", line))
    return without != line and _NUMBERING.fullmatch(bare(without)) is not None


def body_range(lines: list[str]) -> tuple[int, int]:
    """First and last line of the page's own body (see the module)."""
    if not re.match(r"1\. \[ホーム\]\(", next((line for line in lines if line.strip()), "")):
        return 0, len(lines)
    start = next((at for at, line in enumerate(lines) if line.strip() and not re.match(r"[0-9]+\. ", line)), 0)
    end = len(lines)
    while end > start and (is_link_only(lines[end - 1]) or not bare(lines[end - 1].replace("-", ""))):
        end -= 1
    return start, end


def pieces(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Lines and cells of a body as they are compared, and why a reader may leave them out: the line is a link alone, of a
    list of links, or dots of a contents list; else an empty text.

    Lines with LaTeX debris are compared by what stands between it.
    """
    lists = lists_of_links(lines)
    for at, line in enumerate(lines):
        if _TOOLS.search(line):
            continue
        may = "links" if at in lists or is_link_only(line) else "contents list" if _LEADERS.search(line) else ""
        cells = re.split(r"(?<!\\)\||<br ?/?>", shown(_PICTURED_NUMBER.sub("$0$", line)))
        for cell in cells:
            for part in _DEBRIS.split(cell):
                if not re.fullmatch(r"[\s:|\-*_=]*", part) and len(piece := bare(part)) >= SMALLEST:
                    yield piece, may


def furniture_of(lines: list[str]) -> set[str]:
    """The lines of a page that it holds as furniture only."""
    start, end = body_range(lines)
    lists = lists_of_links(lines)
    seen: dict[str, bool] = {}
    for at, line in enumerate(lines):
        if key := bare(shown(line)):
            outside = not start <= at < end or at in lists or is_link_only(line) or bool(_TOOLS.search(line))
            seen[key] = seen.get(key, True) and outside
    return {key for key, outside in seen.items() if outside}


def lists_of_links(lines: list[str]) -> set[int]:
    """The lines of lists of which at least three items hold links."""
    found: set[int] = set()
    block: list[int] = []
    for at, line in enumerate([*lines, "."]):
        if _ITEM.match(line):
            block.append(at)
        elif line.strip():
            if sum(1 for place in block if _LINK.search(lines[place])) >= 3:
                found.update(block)
            block = []
    return found


def build(archive: Path, out: Path) -> Path:
    """The corpus of the archive by the command line; returns its folder."""
    out.mkdir(parents=True, exist_ok=True)
    recipe = out / "recipe.yaml"
    recipe.write_text(
        "name: pages\nout: run\ncorpus:\n"
        f"  sources: [{{name: pages, path: {json.dumps(str(archive.resolve()))}, license: internal}}]\n"
        "  personal_data: {mode: report}\n  held_out: {share: 0}\n",
        encoding="utf-8",
    )
    for verb in (["doctor"], ["corpus", "build"]):
        done = subprocess.run([sys.executable, "-m", "tekio", "--lang", "en", *verb, str(recipe)], check=False)
        if done.returncode not in (0, 3):
            raise SystemExit(done.returncode)
    return out / "run" / "corpus"


def member_of(uri: str) -> str:
    """The page a row belongs to."""
    return uri.partition("!/")[2].partition("#")[0]


def is_readable(piece: str) -> bool:
    """Whether a piece is mostly characters of Japanese text; the rest is what was left of files of no known character table."""
    return 2 * sum(1 for char in piece if _READABLE.match(char)) > len(piece)


def print_navigation(texts: dict[str, str], pages: dict[str, list[str]], show: int) -> None:
    """Lines of more than one document in a thousand, and which of them are navigation."""
    counted, furniture = Counter[str](), Counter[str]()
    sample: dict[str, str] = {}
    for name, text in texts.items():
        lines = {bare(line): line for line in text.split("\n")}
        counted.update(key for key in lines if key)
        furniture.update(lines.keys() & furniture_of(pages[name]))
        for key, line in lines.items():
            sample.setdefault(key, line)
    frequent = [(times, key) for key, times in counted.items() if times > len(texts) / 1000]
    bad = [
        (furniture[key] or times, key)
        for times, key in frequent
        if furniture[key] > len(texts) / 1000 or _TOOLS.search(sample[key])
    ]
    print(
        f"{len(texts):,} training documents; lines in more than one in a thousand: {len(frequent):,}, navigation {len(bad):,}"
    )
    for times, key in sorted(bad, reverse=True)[:show]:
        print(f"    navigation {times:6,}  {sample[key][:100]}")
    for times, key in sorted((item for item in frequent if item[1] not in {key for _, key in bad}), reverse=True)[
        :show
    ]:
        print(f"    text       {times:6,}  {sample[key][:100]}")
    rows = [line for text in texts.values() for line in text.split("\n")]
    print(
        f"lines with LaTeX debris: {sum(1 for line in rows if _DEBRIS.search(line)):,}; "
        f"with spaced dates: {sum(1 for line in rows if _SPACED.search(line)):,}; of {len(rows):,}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path, nargs="?", default=None)
    parser.add_argument("--out", type=Path, help="keep the corpus here; one that is there is not built again")
    parser.add_argument("--corpus", type=Path, help="measure this corpus of the archive, build none")
    parser.add_argument("--lost", type=int, default=20, help="print so many pieces that are nowhere")
    parser.add_argument("--lines", type=int, default=25, help="print so many frequent lines of each kind")
    asked = parser.parse_args()
    archive = asked.archive or real_data() / "nta" / "pages.zip"
    with tempfile.TemporaryDirectory() as scratch:
        corpus = asked.corpus or build(archive, asked.out or Path(scratch))
        texts: dict[str, str] = {}
        for row in read_documents(corpus / "train"):
            texts[member_of(str(row["uri"]))] = str(row["text"])
        refused: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for row in read_documents(corpus / "rejected"):
            known = refused[member_of(str(row["uri"]))]
            known[str(row["rejected_by"])] = known.get(str(row["rejected_by"]), "") + str(row["text"])
        listing = corpus / "boilerplate.jsonl"
        rows = listing.read_text(encoding="utf-8").splitlines() if listing.exists() else []
        boilerplate = {bare(str(json.loads(row)["line"])) for row in rows}
    with zipfile.ZipFile(archive) as pack:
        pages = {
            info.filename: _BROKEN_LINK.sub(r"\1\2", pack.read(info).decode("utf-8")).split("\n")
            for info in pack.infolist()
        }
    print_navigation(texts, pages, asked.lines)
    counts, lost = Counter[str](), Counter[str]()
    for name, lines in pages.items():
        start, end = body_range(lines)
        trained = bare_whole(texts.get(name, ""))
        left = {reason: bare_whole(text) for reason, text in refused.get(name, {}).items()}
        for piece, may in pieces(lines[start:end]):
            place = "training" if piece in trained else next((why for why in sorted(left) if piece in left[why]), "")
            if not place and may:
                place = f"left out: {may}"
            elif not place:
                known = piece in boilerplate or piece[:300] in boilerplate
                place = "boilerplate" if known else "nowhere" if is_readable(piece) else "nowhere, not Japanese"
            counts[place] += len(piece)
            if place == "nowhere":
                lost[f"{name}: {piece[:120]}"] += len(piece)
    whole = counts.total()
    print(f"bodies: {whole:,} characters of {len(pages):,} pages")
    for place, characters in counts.most_common():
        print(f"    {place:28} {characters:12,}  {characters / whole:.4%}")
    for piece, characters in lost.most_common(asked.lost):
        print(f"    nowhere {characters:6,}  {piece}")


def bare_whole(text: str) -> str:
    """A text as one string of letters and signs, without the marks that lines begin with and again with them."""
    lines = text.split("\n")
    marked = _NOISE.sub("", unicodedata.normalize("NFKC", text.translate(RADICALS)))
    return "".join(bare(line) for line in lines) + "\0" + marked


if __name__ == "__main__":
    main()
