"""A finished run folder with every stage, made by hand in the formats of docs/formats.md."""

import math
from pathlib import Path
from typing import Any

from tekio.artifacts.answers import AnsweredPrompt
from tekio.artifacts.model import parse
from tekio.compare import summarize
from tekio.recipe.report import CompareConfig, ReportConfig
from tekio.store import Manifest, Workspace, run_stage, write_json, write_jsonl

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> \u202eecalp\u202c \x1b[31mred\x1b[0m \u200b\"'&"

RECIPE: dict[str, Any] = {
    "tekio": 1,
    "name": "fixture",
    "seed": 17,
    "corpus": {"sources": [{"name": "reports", "path": "data/reports"}], "personal_data": {"mode": "mask"}},
    "pretrain": {"optimizer": {"learning_rate": 5e-7}},
}


def write_stage(run: Path, stage: str, files: dict[str, Any]) -> Manifest:
    """A finished stage folder with a real manifest."""

    def work(space: Workspace) -> None:
        for name, content in files.items():
            if name.endswith(".jsonl"):
                write_jsonl(space.path / name, content)
            else:
                write_json(space.path / name, content)

    return run_stage(stage, run / stage, config={"stage": stage}, inputs=[], seed=17, work=work)


def source(name: str, domain: str, rows: int, **more: Any) -> dict[str, Any]:
    rejected = {"exact_duplicate": rows // 20, "near_duplicate": rows // 15, "too_short": rows // 10}
    held_out = rows // 20
    train = rows - held_out - sum(rejected.values())
    return {
        "name": name,
        "domain": domain,
        "license": "PDL-1.0",
        "reader": "html",
        "attribution": f"出典: {name}（PDL1.0）をもとに作成",
        "files": rows // 10,
        "files_rejected": 0,
        "rows_in": rows,
        "rows_train": train,
        "rows_held_out": held_out,
        "characters_in": rows * 830,
        "characters_train": train * 800,
        "characters_held_out": held_out * 800,
        "rejected": rejected,
        "personal_data": {"phone": 3, "e-mail": 1} if domain == "finance" else {},
        **more,
    }


def corpus_funnel() -> dict[str, Any]:
    sources = [
        source("annual-reports", "finance", 2400),
        source("watchers", "finance", 830, license="CC-BY-4.0", files_rejected=2),
        source("branch-notes", "finance", 120, license="unknown", attribution=""),
        source("aozora", "general", 900, license="public-domain", attribution="青空文庫"),
    ]
    return {"sources": sources, "totals": {}}


def instruct_funnel() -> dict[str, Any]:
    return {
        "sources": [
            {"name": "faq", "kind": "harvest", "license": "PDL-1.0", "files": 6, "rows_in": 180, "rows_train": 140,
             "rows_validation": 25, "rejected": {"low_confidence": 9, "near_duplicate": 6}},
            {"name": "sentiment", "kind": "expand", "license": "CC-BY-4.0", "files": 1, "rows_in": 500,
             "rows_train": 420, "rows_validation": 74, "rejected": {"too_long": 6}},
        ],
        "totals": {},
        "pages": [
            {"file": "faq/nisa.html", "pairs": 44, "coverage": 0.91, "remainder_characters": 512},
            {"file": "faq/pension.html", "pairs": 21, "coverage": 0.64, "remainder_characters": 2210},
        ],
    }  # fmt: skip


def training(kind: str, steps: int, start: float, end: float, **more: Any) -> dict[str, Any]:
    """`summary.json` and `metrics.jsonl` of one training stage."""
    rows: list[dict[str, Any]] = []
    for step in range(0, steps + 1, max(1, steps // 120)):
        share = step / steps
        loss = end + (start - end) * math.exp(-4 * share) + 0.05 * math.sin(step * 1.7)
        row: dict[str, Any] = {"step": step, "epoch": share, "tokens": step * 2048, "loss": loss,
                               "learning_rate": 3e-4 * (1 - share), "gradient_norm": 1.1}  # fmt: skip
        if step % (steps // 4 or 1) == 0:
            row["held_out"] = {
                "finance": {"loss": loss, "bits_per_character": 3.1 - 0.7 * share, "tokens": 9000, "characters": 16000},
                "general": {"loss": loss, "bits_per_character": 2.8 + 0.1 * share, "tokens": 9000, "characters": 15000},
            }
        rows.append(row)
    measured = [row["held_out"] for row in rows if "held_out" in row]
    summary = {
        "kind": kind, "method": "full", "steps": steps, "epochs": 1.0, "rows": steps * 8,
        "tokens": {"in": 1_020_000, "trained": 1_000_000, "masked": 0, "dropped": 0},
        "parameters": 4_300_000, "trainable_parameters": 4_300_000, "packing": {"fill": 0.993, "probe_error": 2e-6},
        "optimizer": {"name": "adamw", "learning_rate": 5e-7, "schedule": "linear"}, "threads": 2, "precision": "fp32",
        "held_out_before": measured[0], "held_out_after": measured[-1], "template": None, "stopped": "done",
        "sources": {"speeches": {"documents": 812, "characters": 1_500_321, "tokens": 987_654, "epochs": 2.5}}, **more,
    }  # fmt: skip
    return {"summary.json": summary, "metrics.jsonl": rows}


def metric(value: float, width: float, n: int, method: str = "Wilson") -> dict[str, Any]:
    return {"value": value, "low": value - width, "high": value + width, "n": n, "method": method}


def task(
    name: str, group: str, n: int, values: dict[str, float], verdicts: dict[str, str], **more: Any
) -> dict[str, Any]:
    kind = more.pop("kind", "choice")
    headline = more.pop("headline", "acc")
    width = more.pop("width", 1 / math.sqrt(n))
    constant = more.pop("constant", None)
    scores = {
        label: {
            "metrics": {headline: metric(value, width, n), "acc_norm": metric(value, width, n)}
            if kind == "choice"
            else {headline: metric(value, width, n, "BCa bootstrap")},
            "degenerate": None, "unparsed": 0, "truncated": 0, "lost_characters": 0,
        }
        for label, value in values.items()
    }  # fmt: skip
    comparisons = [
        {"model": label, "reference": "base", "metric": headline, "difference": values[label] - values["base"],
         "low": values[label] - values["base"] - width, "high": values[label] - values["base"] + width,
         "p": 0.0004 if verdict != "cannot tell" else 0.41, "p_adjusted": 0.002 if verdict != "cannot tell" else 1.0,
         "test": "McNemar exact", "method": "Bonett-Price", "verdict": verdict, "minimum_detectable": 1.4 * width, "wins": 12, "losses": 7,
         "ties": n - 19}
        for label, verdict in verdicts.items()
    ]  # fmt: skip
    templates = {
        version: {label: value + 0.03 * math.sin(len(version) + number) for label, value in values.items()}
        for number, version in enumerate(("default", "0.1", "0.2", "0.3", "0.4"))
    }
    templates["default"] = dict(values)
    return {
        "task": name, "group": group, "kind": kind, "n": n, "template": "default", "shots": 0,
        "prompt_hash": "0f" * 32, "license": "see source", "headline": headline, "higher_is_better": kind != "perplexity",
        "scores": scores, "baselines": {} if constant is None else {"constant:1": {headline: constant}},
        "templates": templates if kind == "choice" else {}, "comparisons": comparisons, **more,
    }  # fmt: skip


def results() -> dict[str, Any]:
    unsure = {"pretrained": "cannot tell", "tuned": "cannot tell"}
    tasks: list[dict[str, Any]] = [
        task("chabsa", "finance", 7723, {"base": 0.3595, "pretrained": 0.371, "tuned": 0.612},
             {"pretrained": "cannot tell", "tuned": "improved"}, headline="macro_f1", constant=0.3595),
        task("cma_basics", "finance", 38, {"base": 0.2632, "pretrained": 0.289, "tuned": 0.316}, unsure, constant=0.2632),
        task("fp2", "finance", 475, {"base": 0.24, "pretrained": 0.25, "tuned": 0.267}, unsure, constant=0.24),
        task("jnli", "general", 2434, {"base": 0.5534, "pretrained": 0.55, "tuned": 0.52},
             {"pretrained": "cannot tell", "tuned": "worse"}, constant=0.5534),
        task("perplexity:finance", "finance", 166, {"base": 3.1, "pretrained": 2.41, "tuned": 2.45},
             {"pretrained": "improved", "tuned": "improved"}, kind="perplexity", headline="bits_per_character", width=0.06),
        task("perplexity:general", "general", 45, {"base": 2.8, "pretrained": 2.9, "tuned": 2.91},
             {"pretrained": "cannot tell", "tuned": "cannot tell"}, kind="perplexity", headline="bits_per_character", width=0.2),
    ]  # fmt: skip
    losses = {
        "pretrained": [
            {"task": "jnli", "loss": 0.34, "low": -1.7, "high": 2.4, "unit": "points", "verdict": "cannot tell"}
        ],
        "tuned": [{"task": "jnli", "loss": 3.34, "low": 1.3, "high": 5.4, "unit": "points", "verdict": "lost"}],
    }
    tasks[0]["scores"]["base"]["degenerate"] = "equals the constant answer 'positive'"
    tasks[0]["scores"]["base"]["degenerate_ja"] = "「positive」だけを答える場合と同じ"
    tasks[2]["scores"]["tuned"]["truncated"] = 4
    tasks[0]["selection"] = {
        label: {"registered": "default", "best": "0.4", "best_value": 0.63, "mean": 0.5, "range": 0.06,
                "optimism": 0.004, "corrected": 0.626, "k": 5}
        for label in ("base", "tuned")
    }  # fmt: skip
    return {
        "protocol": "fin-harness-2025", "boundary": "lossless", "bos": "tokenizer", "dtype": "fp32", "confidence": 0.95,
        "reference": "base",
        "models": {
            label: {"path": path, "sha256": "ab" * 32, "parameters": 4_300_000, "tokenizer_sha256": "cd" * 32}
            for label, path in (("base", "base/model"), ("pretrained", "pretrain/model"), ("tuned", "tune/adapter"))
        },
        "tasks": tasks,
        "forgetting": {"margin": 2.0, "declared": True, "losses": losses, "verdict": {"pretrained": "cannot tell", "tuned": "lost"}},
    }  # fmt: skip


def item_files() -> dict[str, Any]:
    """Per-item files of one task: tuned gains items 1, 4, 7 ... and loses item 2."""
    files: dict[str, Any] = {}
    for label in ("base", "tuned"):
        rows: list[dict[str, Any]] = []
        for number in range(10):
            correct = number % 3 != 1 if label == "base" else number != 2
            rows.append({
                "item": f"fp2-{number}", "prompt": "### 指示:\n" + "説明。" * 100 + f"\n問 {number}: 正しいものを選べ。",
                "prompt_sha256": "0f" * 32,
                "choices": ["ア", "イ", "ウ"], "prediction": 1 if correct else 0, "gold": 1, "gold_text": "イ",
                "correct": correct,
            })  # fmt: skip
        files[f"items/{label}/fp2.default.jsonl"] = rows
    return files


def answers() -> list[dict[str, Any]]:
    prompts = [
        ("NISA の非課税保有期間はどのくらいですか。", "2024 年以降の NISA では無期限です。", "NISA"),
        ("住宅ローンを繰り上げ返済する利点を説明してください。", "利息の総額が減ります。", "ローン"),
        ("有価証券報告書とは何ですか。", "上場会社などが事業年度ごとに提出する開示書類です。", "開示"),
    ]
    rows: list[dict[str, Any]] = []
    for number, (prompt, reference, topic) in enumerate(prompts):
        texts = {
            "base": "はいはいはいはいはいはいはいはい" * (number + 1),
            "pretrained": "当社グループの当連結会計年度の経営成績は、" * (number + 1),
            "tuned": f"{topic}についてお答えします。{reference}",
        }
        rows.append({
            "id": f"q{number}", "prompt": prompt, "input": None, "reference": reference, "topic": topic,
            "rendered": prompt,
            "answers": {
                label: {"text": text, "tokens": len(text) // 2, "characters": len(text),
                        "finish": "eos" if label == "tuned" else "length", "japanese_share": 0.97,
                        "repetition": 0.8 if label == "base" else 0.05}
                for label, text in texts.items()
            },
        })  # fmt: skip
    rows[1]["answers"]["tuned"] |= {
        "ungrounded": [{"kind": "number", "text": "3 割", "start": 4, "end": 7}], "copied": 14,
        "copied_from": {"kind": "r1", "text": "利息の総額が減ります", "start": 12, "end": 22},
        "conduct": [{"kind": "assertion", "text": "必ず減ります", "start": 3, "end": 9}],
        "refusal": {"kind": "refusal", "text": "お答えできません", "start": 0, "end": 8},
    }  # fmt: skip
    return rows


def answer_summary() -> dict[str, Any]:
    """What `compare` makes of these answers."""
    rows = [parse(AnsweredPrompt, row) for row in answers()]
    by_model = {label: [row.answers[label] for row in rows] for label in rows[0].answers}
    return summarize(by_model, [row.id for row in rows], "alpaca-japanese", CompareConfig(), 17).plain()


def full_run(folder: Path, *, without: tuple[str, ...] = ()) -> Path:
    """A run folder with all stages but `without`."""
    stages: dict[str, dict[str, Any]] = {
        "corpus": {"funnel.json": corpus_funnel()},
        "base": training("scratch", 400, 8.9, 4.1),
        "pretrain": training("pretrain", 240, 5.2, 3.6),
        "instruct": {"funnel.json": instruct_funnel()},
        "tune": training("tune", 120, 4.8, 2.2, method="lora", trainable_parameters=65_536, template="alpaca-japanese",
                         tokens={"in": 90_000, "trained": 31_000, "masked": 57_800, "dropped": 1_200}),
        "evaluate": {"results.json": results(), **item_files()},
        "compare": {"answers.jsonl": answers(), "summary.json": answer_summary()},
    }  # fmt: skip
    for stage, files in stages.items():
        if stage not in without:
            write_stage(folder, stage, files)
    return folder


def config(**more: Any) -> ReportConfig:
    return ReportConfig(purpose="窓口の質問に答えるモデルが、追加学習で良くなるかを確かめる。", **more)
