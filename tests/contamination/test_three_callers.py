"""One table of cases through all three callers of the one rule: corpus build, screen of records, search of `evaluate`.

What one stage removes another can only call seen if they answer alike, whatever form a text is in and whatever thresholds the
recipe names.
"""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from tekio.corpus.inspect import clean_file
from tekio.evaluate.results.contamination import find_contamination
from tekio.evaluate.tasks import load_task
from tekio.instruct.candidate import Row
from tekio.instruct.screen.whole import screen_whole
from tekio.recipe.contamination import ContaminationConfig
from tekio.recipe.corpus import CorpusConfig
from tekio.recipe.instruct import ScreenConfig
from tekio.records import InstructionMeta, new_record

LONG = "銀行法において、業務報告書の提出が義務付けられている会社が、事業年度の終了後に提出すべき期限として、正しいものは次のうちどれか。"
BY_OPTIONS = "認められないものはどれか。"
OPTIONS = [
    "先入先出法による払出単価の計算",
    "後入先出法による払出単価の計算",
    "総平均法による払出単価の計算",
    "個別法による払出単価の計算",
]
STATEMENT = "売上高は増加した。"
SENTENCE = "当連結会計年度の売上高は、主力製品の販売が堅調に推移したことにより、前年同期比で一割増加いたしました。"
PHRASE = "次の文章を読み、記載された内容として最も適切なものを選択肢の中から一つ選びなさい。"
ITEMS = [
    {"id": "long", "question": LONG, "choices": ["一か月", "二か月", "三か月", "六か月"], "answer": 1},
    {"id": "options", "question": BY_OPTIONS, "choices": OPTIONS, "answer": 1},
    {"id": "statement", "question": STATEMENT, "choices": ["正", "誤"], "answer": 0},
    {"id": "sentence", "question": SENTENCE, "choices": ["正", "誤"], "answer": 0},
    *(
        {"id": f"phrase {n}", "question": f"{PHRASE}{word * 20}", "choices": ["正", "誤"], "answer": 0}
        for n, word in enumerate(["株価", "金利", "為替", "債券", "預金", "保険", "年金"])
    ),
]
BEFORE = "市場は落ち着いた動きとなり、投資家は決算の発表を待っている。"
AFTER = "担当者は次の会議の日程を調整している。"


def letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def replaced(text: str, step: int) -> str:
    return "".join("＊" if number % step == step - 1 else char for number, char in enumerate(letters(text)))


CASES: dict[str, tuple[str, bool]] = {
    "as it is": (LONG, True),
    "with other marks": (LONG.replace("、", "，").replace("。", "．"), True),
    "without marks": (letters(LONG), True),
    "a comma after every eighth letter": ("".join(c + ("、" if n % 8 == 7 else "") for n, c in enumerate(LONG)), True),
    "spaced": (" ".join(LONG), True),
    "wrapped": ("\n".join(LONG[start : start + 17] for start in range(0, len(LONG), 17)), True),
    "full width": ("".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in LONG), True),
    "decomposed": (unicodedata.normalize("NFD", SENTENCE), True),
    "a sentence among others": (SENTENCE, True),
    "its first half": (LONG[: len(LONG) // 2], False),
    "its first four fifths": (LONG[: int(len(LONG) * 0.85)], True),
    "every twentieth letter another": (replaced(SENTENCE, 20), True),
    "every sixth letter another": (replaced(SENTENCE, 6), False),
    "a short question with its options": (f"{BY_OPTIONS}\n{'　'.join(OPTIONS)}", True),
    "its options in another order": (f"{BY_OPTIONS}{' / '.join(reversed(OPTIONS))}", True),
    "one of its options": (OPTIONS[2], False),
    "a short question alone": (BY_OPTIONS, False),
    "a short statement": (STATEMENT, False),
    "the exam's own phrase": (PHRASE, False),
    "other text": ("取締役会は配当の方針を変えないことを決め、株主総会の日程を公表した。", False),
    "nothing": ("", False),
}
THRESHOLDS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "strict": {"containment": 0.95, "longest": 200},
    "longer statements only": {"shortest": 55, "shortest_question": 80, "longest": 200},
}
EXPECTED = {
    "defaults": {name: found for name, (_, found) in CASES.items()},
    "strict": {name: found for name, (_, found) in CASES.items()}
    | {"its first four fifths": False, "every twentieth letter another": False},
}


def texts() -> list[str]:
    return [f"{BEFORE * 3}{text}{AFTER * 3}" for text, _ in CASES.values()]


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exam")
    (folder / "exam.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ITEMS), "utf-8")
    (folder / "exam.yaml").write_text(
        "name: exam\nkind: choice\nlicense: internal\ndata:\n  files: [exam.jsonl]\n"
        "  fields: {id: id, options: choices, gold: answer}\ntemplates:\n  default: {prompt: '{{ question }}'}\n",
        "utf-8",
    )
    rows = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts())
    (folder / "texts.jsonl").write_text(rows, "utf-8")
    return folder


def by_corpus(exam: Path, thresholds: dict[str, Any]) -> list[bool]:
    config = CorpusConfig.model_validate(
        {
            "sources": [{"name": "texts", "path": "texts.jsonl", "domain": "exam"}],
            "normalize": {"join_lines": "never"},
            "filters": {"preset": "none"},
            "decontaminate": {"items": ["exam.jsonl"], **thresholds},
        },
        context={"base": exam},
    )
    return [piece.rejected_by == "contaminated" for piece in clean_file(exam / "texts.jsonl", config)]


def by_instruct(exam: Path, thresholds: dict[str, Any]) -> list[bool]:
    config = ContaminationConfig.model_validate({"items": ["exam.jsonl"], **thresholds}, context={"base": exam})
    meta = [InstructionMeta(task="qa", origin="test", license="internal", input=text) for text in texts()]
    rows = [Row(new_record("次の文書を要約してください。", f"{n}番の答え。", own)) for n, own in enumerate(meta)]
    off = ["exact_duplicate", "near_duplicate", "conflicting_answers"]
    screen_whole(rows, ScreenConfig.model_validate({"contamination": config, "off": off}))
    return [row.rejected_by == "contaminated" for row in rows]


def by_evaluate(exam: Path, thresholds: dict[str, Any]) -> list[bool]:
    task = load_task("exam.yaml", base=exam).build(
        None, template="default", protocol="plain", shots=0, limit=None, seed=17
    )
    config = ContaminationConfig.model_validate(thresholds)
    return [
        any(finding.matches for finding in find_contamination([task], [("f", "d", text)], config)[0])
        for text in texts()
    ]


@pytest.mark.parametrize("thresholds", THRESHOLDS)
def test_all_three_callers_give_the_same_answer(exam: Path, thresholds: str):
    given = THRESHOLDS[thresholds]
    found = {
        "corpus": dict(zip(CASES, by_corpus(exam, given), strict=True)),
        "instruct": dict(zip(CASES, by_instruct(exam, given), strict=True)),
        "evaluate": dict(zip(CASES, by_evaluate(exam, given), strict=True)),
    }
    assert found["corpus"] == found["instruct"] == found["evaluate"]
    if thresholds in EXPECTED:
        assert found["corpus"] == EXPECTED[thresholds]
