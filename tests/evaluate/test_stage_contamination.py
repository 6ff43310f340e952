"""The stage says which test items its corpus trained on."""

# pyright: standard

import json
from pathlib import Path

import pytest

from evaluate.exam import TOPICS, exam_config, write_corpus, write_exam
from tekio.documents import Document, to_table, write_table
from tekio.evaluate import evaluate
from tekio.store import read_json, read_jsonl


@pytest.mark.parametrize("asked", [True, False])
def test_items_in_the_training_text_are_found_and_scored_apart(tmp_path: Path, asked: bool):
    from model.tiny import save_tiny

    save_tiny(tmp_path / "base")
    task = write_exam(tmp_path / "exam")
    rows = [json.loads(line) for line in (tmp_path / "exam" / "exam.jsonl").read_text().splitlines()]
    questions = [f"{n}番目の窓口で{row['question'][:-3]}係の説明を読み、一つ選びなさい。" for n, row in enumerate(rows)]
    rows = [{**row, "question": question} for row, question in zip(rows, questions, strict=True)]
    (tmp_path / "exam" / "exam.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    write_corpus(tmp_path / "corpus")
    leaked = questions[3]
    documents = [
        Document(id="clean", text="市場の動きは落ち着いている。" * 20, source="s", uri="u", license="CC0"),
        Document(id="leak", text=f"練習問題。{leaked}正解は{TOPICS[3]}は増える。", source="s", uri="v", license="CC0"),
    ]
    write_table(to_table(documents), tmp_path / "corpus" / "train" / "part-00000.parquet")
    config = exam_config(task if task.is_file() else tmp_path / "exam" / "own_exam.yaml", contamination=asked)
    instruct = tmp_path / "instruct"
    instruct.mkdir()
    asked_too = questions[5]
    messages = [{"role": "user", "content": asked_too}, {"role": "assistant", "content": f"{TOPICS[5]}は増える。"}]
    (instruct / "train.jsonl").write_text(json.dumps({"id": "row", "messages": messages}, ensure_ascii=False) + "\n")
    pairs = tmp_path / "prefer"
    pairs.mkdir()
    (pairs / "metrics.jsonl").write_text(
        json.dumps({"note": questions[8]}, ensure_ascii=False) + "\n"
    )  # nothing learned
    lines = []
    for place, (question, chosen, other) in enumerate(
        [(questions[7], "答え", "別"), ("問い", questions[9], "別"), ("問い", "答え", questions[11])]
    ):
        turns = [{"role": "user", "content": question}, {"role": "assistant", "content": chosen}]
        rejected = {"content": other, "id": None, "why": None}
        lines.append(json.dumps({"id": f"pair {place}", "messages": turns, "meta": {}, "rejected": rejected}))
    (pairs / "train.jsonl").write_text("\n".join(lines) + "\n")
    study = tmp_path / "study"
    retold = Document(
        id="retold", text=f"問　{questions[0]}\n答　{TOPICS[0]}は増える。", source="s", uri="w", license="CC0"
    )
    write_table(to_table([retold]), study / "documents" / "part-00000.parquet")
    messages = [{"role": "user", "content": questions[1]}, {"role": "assistant", "content": "分かりません。"}]
    (study / "train.jsonl").write_text(json.dumps({"id": "told", "messages": messages}, ensure_ascii=False) + "\n")
    evaluate(
        config,
        tmp_path / "out",
        models={"base": tmp_path / "base"},
        corpus=tmp_path / "corpus",
        instruct=instruct,
        prefer=pairs,
        study=study,
        seed=17,
    )
    entries = {entry["task"]: entry for entry in read_json(tmp_path / "out" / "results.json")["tasks"]}
    if not asked:
        assert not any(entry["contamination"] for entry in entries.values())
        return
    found = entries["own_exam"]["contamination"]
    # 3 and 15, 5 and 17, ... differ in a number only: near copies.
    assert (found["n"], found["question_seen"]) == (24, 14)
    assert found["scores"]["base"]["acc"]["n_clean"] == 10
    assert {name: part["question_seen"] for name, part in found["origins"].items()} == {
        "corpus": 2,
        "study": 4,
        "instruct": 2,
        "prefer": 6,
    }
    assert entries["perplexity:finance"]["contamination"] is None
    rows = list(read_jsonl(tmp_path / "out" / "contamination.jsonl"))
    seen = [row for row in rows if row["question_seen"]]
    where = [(row["origin"], row["item"], row["matches"][0]["document"]) for row in seen]
    assert where == [
        *(("corpus", item, "leak") for item in ("3", "15")),
        ("study", "0", "retold"),
        ("study", "1", "told"),
        ("study", "12", "retold"),
        ("study", "13", "told"),
        *(("instruct", item, "row") for item in ("5", "17")),
        *(("prefer", str(item + add), f"pair {place}") for add in (0, 12) for place, item in enumerate((7, 9, 11))),
    ]
