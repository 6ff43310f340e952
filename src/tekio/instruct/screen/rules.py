"""Checks that need one record only. Each is a function `(record, config) -> None | measure`: a measure rejects.

The order is the order of the funnel: the first failed check is the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from tekio.instruct.rows import Row
from tekio.recipe.instruct import ScreenConfig
from tekio.records import InstructionRecord

Check = Callable[[InstructionRecord, ScreenConfig], Any]

JAPANESE = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff々〆\uf900-\ufaff\uff66-\uff9d]")
LATIN = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]")
# UTF-8 read as CP932 or Latin-1, EUC-JP read as CP932, and characters that no decoding should leave.
DAMAGE = re.compile(
    r"[\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
    r"|[縺繧繝](?=[\uff61-\uff9f\u0080-\uffff])|蜷・|譁・|ã[\u0080-\u00bf]|[äåæçèé][\u0080-\u00bf]{1,2}"
    r"|[､･｡､][､･ﾀ-ﾟ]{2,}"
)
REFUSAL = re.compile(
    r"AI(?:言語モデル|アシスタント|モデル)?(?:として|である私|なので)|大規模言語モデル(?:として|である|です|なので)"
    r"|(?:私|わたし)は(?:、)?(?:OpenAI|ChatGPT|Claude|Gemini|Bard|人工知能|言語モデル|AI)"
    r"|OpenAI(?:が|に|によって)(?:開発|訓練|トレーニング|作)"
    r"|As an AI(?: language)? model|I(?:'m| am) (?:sorry|unable|an AI)|I cannot (?:assist|help|fulfill)"
    r"|私の(?:知識|学習データ|トレーニングデータ)(?:の範囲|は|では|に)|(?:申し訳(?:あり|ござい)ませんが|すみませんが|残念ながら)、?"
    r"(?:その|この|ご)?(?:質問|要求|リクエスト|要望|依頼|ご要望)(?:に|には)?(?:お?答え|お?応え|対応|回答)(?:する(?:こと)?|でき|いたし|し)?",
    re.IGNORECASE,
)
LEFTOVER = re.compile(
    r"\{\{|\}\}|\{%|%\}|###\s*(?:Instruction|Input|Response|Human|Assistant|指示|入力|応答|質問|回答)\s*:?|<\|(?:im_start|im_end|endoftext|user|assistant|system)\|>"
    r"|\[/?INST\]|<</?SYS>>|</?s>|\{(?:instruction|input|output|question|answer|context|text)\}|__[A-Z_]{3,}__"
    r"|^(?:null|None|nan|NaN|undefined)$",
    re.IGNORECASE | re.MULTILINE,
)
TO_ENGLISH = re.compile(r"(?:英語|英文)に(?:翻訳|訳|直)|(?:into|to) English|日本語を英語")
TO_JAPANESE = re.compile(r"(?:日本語|和文|日本文)に(?:翻訳|訳|直)|(?:into|to) Japanese|英語を日本語")
SPACE = re.compile(r"\s+")


def asked(record: InstructionRecord) -> str:
    """Everything the model is asked: all user turns and the input, in order."""
    turns = [turn["content"] for turn in record.messages if turn["role"] == "user"]
    return "\n".join([*turns, record.meta.input or ""]).strip()


def answered(record: InstructionRecord) -> str:
    """Everything the model is to say: all assistant turns."""
    return "\n".join(turn["content"] for turn in record.messages if turn["role"] == "assistant").strip()


def check_schema(record: InstructionRecord, _: ScreenConfig) -> Any:
    roles = [turn["role"] for turn in record.messages if turn["role"] != "system"]
    if not record.id or not record.meta.task or not record.meta.origin:
        return "no id, task or origin"
    if not roles or roles[0] != "user" or roles[-1] != "assistant":
        return f"turns: {' '.join(roles) or 'none'}"
    if any(first == second for first, second in pairwise(roles)):
        return f"turns: {' '.join(roles)}"
    if not all(turn["content"].strip() for turn in record.messages):
        return "empty turn"
    return None


def check_instruction_length(record: InstructionRecord, config: ScreenConfig) -> Any:
    length = len(asked(record))
    if not config.min_instruction_characters <= length <= config.max_instruction_characters:
        return {"characters": length}
    return None


def check_answer_length(record: InstructionRecord, config: ScreenConfig) -> Any:
    length = len(answered(record))
    return None if config.min_answer_characters <= length <= config.max_answer_characters else {"characters": length}


def check_mojibake(record: InstructionRecord, config: ScreenConfig) -> Any:
    text = asked(record) + "\n" + answered(record)
    found = len(DAMAGE.findall(text))
    share = found / len(text)
    # One damaged character in a short record is as bad as many in a long one.
    return {"share": round(share, 4), "characters": found} if found and share > config.max_damage else None


def check_language(record: InstructionRecord, config: ScreenConfig) -> Any:
    if config.min_japanese_share <= 0 or "direction" in record.meta.extra:
        return None
    text = asked(record) + answered(record)
    japanese, latin = len(JAPANESE.findall(text)), len(LATIN.findall(text))
    share = japanese / (japanese + latin) if japanese + latin else 0.0
    return {"japanese_share": round(share, 3)} if share < config.min_japanese_share else None


def check_refusal(record: InstructionRecord, _: ScreenConfig) -> Any:
    found = REFUSAL.search(answered(record))
    return found[0] if found else None


def check_leftovers(record: InstructionRecord, _: ScreenConfig) -> Any:
    found = LEFTOVER.search(asked(record)) or LEFTOVER.search(answered(record))
    return found[0] if found else None


def check_repeats_question(record: InstructionRecord, config: ScreenConfig) -> Any:
    question = SPACE.sub("", record.instruction + (record.meta.input or ""))
    answer = SPACE.sub("", record.output)
    if len(answer) < 8:
        return None
    if answer in (question, SPACE.sub("", record.instruction), SPACE.sub("", record.meta.input or "")):
        return {"repeats": 1.0}
    bare = answer.rstrip("。．.?？")
    if len(question) >= 8 and question.rstrip("。．.?？") == bare:
        return {"repeats": 1.0}
    if len(question) >= 8 and question in answer and len(question) / len(answer) > config.max_answer_repeats:
        return {"repeats": round(len(question) / len(answer), 3)}
    return None


def check_direction(record: InstructionRecord, _: ScreenConfig) -> Any:
    """A translation whose input or output is in the other language than the instruction says (jesc's `R` rows)."""
    instruction = record.instruction
    to_english, to_japanese = TO_ENGLISH.search(instruction), TO_JAPANESE.search(instruction)
    if bool(to_english) == bool(to_japanese):
        return None
    source, target = record.meta.input or instruction, record.output
    given, made = bool(JAPANESE.search(source if record.meta.input else "")), bool(JAPANESE.search(target))
    if to_english and made and not (record.meta.input and given and LATIN.search(target)):
        return {"to": "English", "output_is": "Japanese"}
    if to_japanese and not made and LATIN.search(target):
        return {"to": "Japanese", "output_is": "English"}
    return None


def check_license(record: InstructionRecord, config: ScreenConfig) -> Any:
    return record.meta.license if config.licenses and record.meta.license not in config.licenses else None


CHECKS: dict[str, Check] = {
    "schema": check_schema,
    "license": check_license,
    "instruction_length": check_instruction_length,
    "answer_length": check_answer_length,
    "mojibake": check_mojibake,
    "language": check_language,
    "refusal": check_refusal,
    "template_leftover": check_leftovers,
    "repeats_question": check_repeats_question,
    "flipped_direction": check_direction,
}


def screen_row(row: Row, config: ScreenConfig) -> None:
    """Run the checks on a row that is still alive; the first that fails rejects it."""
    for name, check in CHECKS.items():
        if not row.alive:
            return
        if name in config.off:
            continue
        measured = check(row.record, config)
        if measured is not None:
            row.reject(name, measured)
