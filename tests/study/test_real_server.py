"""llama.cpp's server with a small real model writes for `study` and `exam`: whatever it says, every reply is accounted for."""

# pyright: standard

import json
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from exam.corpus import write_documents
from real_parts import llama_server, smollm2_gguf
from study.test_endpoint import accounted
from tekio.artifacts.exam import Exam, RejectedItem, UnreadDraft, read_items
from tekio.artifacts.model import read_artifact, read_lines
from tekio.artifacts.study import STUDY, Study
from tekio.errors import NothingError
from tekio.exam import build_exam
from tekio.offline import open_network
from tekio.recipe.exam import ExamConfig
from tekio.recipe.study import StudyConfig
from tekio.study import build_study

pytestmark = pytest.mark.heavy


def test_a_real_server_writes_rows_and_items_and_nothing_is_lost(tmp_path: Path):
    corpus = write_documents(tmp_path / "corpus", range(2), range(10, 11))
    open_network()
    with llama_server(smollm2_gguf()) as address:
        server = {
            "url": f"{address}/v1",
            "model": "smollm2",
            "terms": "Apache-2.0",
            "timeout": 600,
            "max_tokens": 320,
            "parallel": 1,
        }
        study = StudyConfig.model_validate(
            {
                "generator": "endpoint",
                "endpoint": server,
                "sources": ["answers"],
                "strategies": ["restate", "ask"],
                "wordings": 1,
            }
        )
        exam = ExamConfig.model_validate(
            {"generator": "endpoint", "endpoint": server, "sources": ["answers"], "seen": 1, "unseen": 1}
        )
        for work in (
            lambda: build_study(study, tmp_path / "study", corpus=corpus, seed=17),
            lambda: build_exam(exam, tmp_path / "exam", corpus=corpus, seed=17),
        ):
            with suppress(
                NothingError
            ):  # so small a model may write nothing that passes; what it wrote is there all the same
                work()
    told = read_artifact(Study, tmp_path / "study" / STUDY)
    accounted(told, tmp_path / "study")
    assert told.cost is not None
    assert told.cost.asked >= told.passages  # two strategies a passage of some length, repairs among them
    made = sum(item.made for item in told.strategies.values())
    assert made + told.cost.unread > 0

    made_exam = read_artifact(Exam, tmp_path / "exam" / "exam.json")
    unread = list(read_lines(UnreadDraft, tmp_path / "exam" / "unread.jsonl"))
    rejected = list(read_lines(RejectedItem, tmp_path / "exam" / "rejected.jsonl"))
    assert made_exam.drafting is not None
    assert made_exam.drafting.asked == made_exam.items + len(rejected) + len(unread) >= 2
    assert made_exam.drafting.unread == Counter(one.reason for one in unread)
    for item in read_items(tmp_path / "exam"):
        assert item.passage_text[item.start : item.end] == item.right
    print(json.dumps({"study": told.plain(), "exam": made_exam.plain()}, ensure_ascii=False, indent=1))
