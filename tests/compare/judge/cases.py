"""Pairs of answers to judge, as `compare` writes them."""

from pathlib import Path
from typing import Any

from tekio.store import write_jsonl

HOSTILE = "<script>document.title='taken'</script><img src=x onerror=alert(1)> \u202eecalp"


def answers(folder: Path, number: int = 6, *, said: str = "") -> Path:
    """`answers.jsonl` of two models in `folder`/compare. said: stands in every text."""

    def answer(text: str) -> dict[str, Any]:
        measured = {"characters": len(text), "japanese_share": 1.0, "repetition": 0.0}
        return {"text": text, "tokens": len(text), "finish": "eos", **measured}

    rows = [
        {
            "id": f"q{n}", "prompt": f"{n} 番目の質問です。{said}", "input": f"参照文 {n}{said}" if n % 2 else None, "reference": None,
            "topic": said or None, "rendered": "", "answers": {
                "base": answer(f"短い答え {n}{said}"), "tuned": answer(f"調整したほうの、長い答え {n} です。{said}"),
            },
        }
        for n in range(number)
    ]  # fmt: skip
    write_jsonl(folder / "compare" / "answers.jsonl", rows)
    return folder
