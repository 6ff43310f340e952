"""Wrapped and damaged texts that were written, with what an editor would make of them, without sight of the code."""

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from tekio.corpus.units.clean import clean_texts
from tekio.recipe.corpus import CorpusConfig, NormalizeConfig, PersonalDataConfig, SourceConfig
from tekio.recipe.paths import RecipePath
from tekio.text.encoding import decode

FOLDERS = [Path(__file__).parent / f"blind_paragraphs{number}" for number in ("", "_2", "_3", "_4")]
TEXTS = sorted(
    path.with_name(path.name.removesuffix(".gold.txt")) for folder in FOLDERS for path in folder.glob("*.gold.txt")
)
ODD = {
    "blind_paragraphs_2/p10_footnote_rule": "the last line of a page ends two characters before the width of its lines",
    "blind_paragraphs_2/p28_short_lines": "lines of 20 columns are not taken for wrapped ones",
    "blind_paragraphs_3/p16_pdf_layout": "a head that stands on one page only cannot be told from a title",
    **dict.fromkeys(
        [
            f"blind_paragraphs_4/{name}"
            for name in ("p06_box_table", "p14_glossary_hang", "p29_municipal_budget", "p40_textbook_journal")
        ],
        "the head or foot of one page only",
    ),
    "blind_paragraphs_4/p04_annual_report_pdf": "the number of the last page, behind the end of its text",
    "blind_paragraphs_4/p10_contents_leaders": "Roman numbers of pages, and the last page's",
    "blind_paragraphs_4/p12_essay_haiku": "a head that holds a kanji number, where no other line is a page's",
    "blind_paragraphs_4/p13_footnotes_paper": "footnotes at the end of the text stay, those of its pages go behind their paragraphs",
    "blind_paragraphs_4/p22_mail_newsletter": "rules of a mail stay",
    "blind_paragraphs_4/p33_old_bank_history": "kanji numbers of pages, the first and the last of which stand outside of sentences",
    "blind_paragraphs_4/p39_terms_insurance": "a head with its number behind blanks, which cuts no sentence",
    "blind_paragraphs_4/p07_branch_addresses": "sentences that end a line that is full but for its width in half-width signs",
    "blind_paragraphs_4/p27_mobile_mail": "an address on two short lines",
    "blind_paragraphs_4/p32_ocr_circular": "a line of mojibake that is quoted, behind a sentence",
}

FIFTH = Path(__file__).parent / "blind_paragraphs_5"
"""Its gold names the paragraphs and items of several lines (first measurement: 100 of 106), `.alone.txt` what stands for itself (81 of 81)."""
DIGITS = frozenset("0123456789△▲%‰円")
QUOTED = re.compile(r"(?m)^(?:[>＞|] ?)+")


def lines(text: str) -> list[str]:
    return [line for line in ("".join(unicodedata.normalize("NFKC", raw).split()) for raw in text.split("\n")) if line]


def repaired(path: Path) -> str:
    config = CorpusConfig(
        sources=[SourceConfig(name="texts", path=RecipePath.of("texts"))],
        personal_data=PersonalDataConfig(mode="report"),
        normalize=NormalizeConfig(contents_lists="keep"),
    )
    text = decode(path.with_name(f"{path.name}.txt").read_bytes()).text.replace("\r\n", "\n")
    return clean_texts([text], config, None).texts[0]


def named(text: Path) -> str:
    return f"{text.parent.name}/{text.name}"


@pytest.mark.parametrize("path", [text for text in TEXTS if named(text) not in ODD], ids=named)
def test_comes_out_as_an_editor_would_have_it(path: Path):
    found = repaired(path)
    assert Counter(lines(found)) == Counter(lines(path.with_name(f"{path.name}.gold.txt").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "path", sorted(path.with_name(path.name.removesuffix(".gold.txt")) for path in FIFTH.glob("*.gold.txt")), ids=named
)
def test_paragraphs_are_whole_and_what_stands_alone_stays_alone(path: Path):
    wanted = [path.with_name(f"{path.name}.{kind}.txt").read_text(encoding="utf-8") for kind in ("gold", "alone")]
    text = QUOTED.sub("", repaired(path))
    found = Counter(lines(text))
    assert Counter(line for part in wanted for line in lines(part)) - found == Counter()
    kept = [Counter(char for char in "".join(lines(part)) if char in DIGITS) for part in ("\n".join(wanted), text)]
    assert kept[0] - kept[1] == Counter()
