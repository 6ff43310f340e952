"""Prompts rendered by the public harness's own task files and functions: an independent path to what Tekio sends.

Needs a clone of japanese-lm-fin-harness (environment variable TEKIO_FIN_HARNESS); its data is read here without Tekio's readers.
"""

# pyright: standard

import hashlib
import importlib.util
import json
from pathlib import Path
from typing import Any

import jinja2
import openpyxl
import yaml

TASKS = ("chabsa", "cma_basics", "cpa_audit", "fp2", "security_sales_1")
KANA = "アイウエオカ"


class _Loader(yaml.SafeLoader):
    pass


def _function(loader: Any, node: Any) -> tuple[str, str]:
    return "function", loader.construct_scalar(node)


_Loader.add_constructor("!function", _function)


def task_file(folder: Path, name: str) -> dict[str, Any]:
    """A task file with what it includes."""
    own = yaml.load((folder / name).read_text(encoding="utf-8"), _Loader)
    below = task_file(folder, own.pop("include")) if "include" in own else {}
    return below | own


def documents(task: str, data: Path, chabsa: Path) -> list[dict[str, Any]]:
    """The items as the harness's loading scripts give them."""
    if task == "chabsa":
        return [
            {"sentence": sentence["sentence"], "target": opinion["target"]}
            for path in sorted(chabsa.glob("e*_ann.json"), key=lambda path: path.name)
            for sentence in json.loads(path.read_text(encoding="utf-8"))["sentences"]
            for opinion in sentence["opinions"]
        ]
    if task != "cpa_audit":
        rows = json.loads((data / task / "data.json").read_text(encoding="utf-8"))["data"]
        return [row | {"choices": _columns(row["choices"])} for row in rows]
    sheet = openpyxl.load_workbook(data / "cpa" / "CPA_AUDIT.xlsx", read_only=True, data_only=True)["data"]
    header, *rows = sheet.iter_rows(values_only=True)
    found: list[dict[str, Any]] = []
    for values in rows:
        row: dict[Any, Any] = dict(zip(header, values, strict=False))
        if not row.get("question") or row["abnormal_flg"] == 1:
            continue
        context = "\n".join(f"{kana}: {row[kana]}" for kana in KANA if row.get(kana))
        texts = [str(row.get(number, row.get(str(number))) or "nan") for number in range(1, 7)]
        choices = [{"id": number, "text": text} for number, text in enumerate(texts)]
        found.append(
            {"question": row["question"], "context": context, "choices": _columns(choices), "answer": row["a_no"] - 1}
        )
    return found


def _columns(choices: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {"id": [choice["id"] for choice in choices], "text": [choice["text"] for choice in choices]}


def prompts_hash(clone: Path, task: str, template: str, old_jinja: bool, data: Path, chabsa: Path) -> str:
    """SHA-256 of all prompts and continuations (0x1F, 0x1E between). old_jinja: a trailing newline is dropped."""
    folder = clone / "jlm_fin_eval" / "tasks" / task
    found = task_file(folder, f"{task}.yaml" if template == "default" else f"{task}-1.0-{template}.yaml")
    environment = jinja2.Environment(keep_trailing_newline=not old_jinja, undefined=jinja2.StrictUndefined)

    def part(name: str, document: dict[str, Any]) -> Any:
        value = found[name]
        if isinstance(value, tuple):
            return getattr(_functions(folder), value[1].removeprefix("utils."))(document)
        return environment.from_string(value).render(document) if isinstance(value, str) else value

    digest = hashlib.sha256()
    for number, document in enumerate(documents(task, data, chabsa)):
        prompt = environment.from_string(found["description"]).render() + part("doc_to_text", document)
        choices = [found.get("target_delimiter", " ") + choice for choice in part("doc_to_choice", document)]
        digest.update((b"\x1e" if number else b"") + "\x1f".join((prompt, *choices)).encode())
    return digest.hexdigest()


def _functions(folder: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"harness_{folder.name}", folder / "utils.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
