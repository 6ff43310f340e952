"""Checks that need one record only. Each is a function `(told, config) -> None | measure`: a measure rejects.

The order is the order of the funnel: the first failed check is the reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, cast

from tekio.instruct.candidate import Row
from tekio.instruct.expand.edinet import answer_agrees
from tekio.instruct.screen import defects
from tekio.instruct.screen.editorial import apply_rules, is_about_words
from tekio.instruct.screen.numbers import disagreements
from tekio.instruct.screen.patterns import beginning
from tekio.instruct.screen.personal import screen_personal_data
from tekio.licenses import find_license
from tekio.recipe.instruct import ScreenConfig
from tekio.records import InstructionRecord
from tekio.text.ocr_debris import first_debris
from tekio.text.personal_data.pseudonyms import PseudonymKey
from tekio.text.scripts import japanese_share


@dataclass(frozen=True, slots=True)
class Told:
    """A record and what its checks look at: everything the model is asked, and everything it is to say."""

    record: InstructionRecord
    asked: str
    answered: str

    @classmethod
    def of(cls, record: InstructionRecord) -> Told:
        return cls(record, asked(record), answered(record))

    def turns(self) -> list[str]:
        """What the model is to say, turn by turn."""
        return [turn["content"] for turn in self.record.messages if turn["role"] == "assistant"]

    def systems(self) -> list[str]:
        """What the model is told about its part: its marks open and close turns as those of any other message do."""
        return [turn["content"] for turn in self.record.messages if turn["role"] == "system"]


Check = Callable[[Told, ScreenConfig], Any]

JAPANESE = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff々〆\uf900-\ufaff\uff66-\uff9d]")
LATIN = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]")
# UTF-8 read as CP932 or Latin-1, EUC-JP read as CP932, and characters that no decoding should leave.
DAMAGE = beginning(
    r"\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f縺繧繝蜷譁ãäåæçèé､･｡",
    r"[\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
    r"|[縺繧繝](?=[\uff61-\uff9f\u0080-\uffff])|蜷・|譁・|ã[\u0080-\u00bf]|[äåæçèé][\u0080-\u00bf]{1,2}"
    r"|(?!･+(?![､｡ﾀ-ﾟ]))[､･｡][､･ﾀ-ﾟ]{2,}",  # ･･･ alone are leaders
)
SELF_REFERENCE = re.compile(
    r"(?:AI|人工知能)(?:言語モデル|アシスタント|モデル)(?:として|である|です|なので)|(?:^|[。\n])\s*AI(?:として[、,は]|である私|なので)"
    r"|大規模言語モデル(?:として|である|です|なので)"
    r"|(?:私|わたし)は(?:、)?(?:OpenAI|ChatGPT|Claude|Gemini|Bard|人工知能|(?:大規模)?言語モデル|AI)"
    r"|OpenAI(?:が|に|によって)(?:開発|訓練|トレーニング|作)"
    r"|As an AI(?: language)? model|I(?:'m| am) an AI|私の(?:学習データ|トレーニングデータ|知識の範囲)",
    re.IGNORECASE,
)
MAY_NAME_ITSELF = re.compile("[aA]|人工知能|言語モデル|私|わたし")
REFUSAL = beginning(
    "申す残恐I",
    r"(?:申し訳(?:あり|ござい)ませんが|すみませんが|残念ながら|恐れ入りますが)[、,]?[^。]{0,25}?"
    r"(?:お答え|答える|回答|お応え|応じ|対応|提供|予測|お手伝い)[^。]{0,12}(?:できません|できかね|いたしかね|しかね|ません)"
    r"|I(?:'m| am) (?:sorry|unable)|I cannot (?:assist|help|fulfill)",
    re.IGNORECASE,
)
MAY_BE_A_MARK = re.compile(r"[{}%_nNuU<\[#＜［]")
LEFTOVER = beginning(
    r"{}%_nu",
    r"\{\{|\}\}|\{%|%\}"
    r"|\{(?:instruction|input|output|question|answer|context|text)\}|__[A-Z_]{3,}__"
    r"|^(?:null|None|nan|NaN|undefined)$",
    re.IGNORECASE | re.MULTILINE,
)
TO_ENGLISH = beginning("英日it", r"(?:英語|英文)に(?:翻訳|訳|直)|(?:into|to) English|日本語を英語")
TO_JAPANESE = beginning("日和英it", r"(?:日本語|和文|日本文)に(?:翻訳|訳|直)|(?:into|to) Japanese|英語を日本語")


def asked(record: InstructionRecord) -> str:
    """Everything the model is asked: all user turns and the input, in order."""
    turns = [turn["content"] for turn in record.messages if turn["role"] == "user"]
    return "\n".join([*turns, record.meta.input or ""]).strip()


def answered(record: InstructionRecord) -> str:
    """Everything the model is to say: all assistant turns."""
    return "\n".join(turn["content"] for turn in record.messages if turn["role"] == "assistant").strip()


def check_schema(told: Told, _: ScreenConfig) -> Any:
    roles = [turn["role"] for turn in told.record.messages if turn["role"] != "system"]
    if not told.record.id or not told.record.meta.task or not told.record.meta.origin:
        return "no id, task or origin"
    if not roles or roles[0] != "user" or roles[-1] != "assistant":
        return f"turns: {' '.join(roles) or 'none'}"
    if any(first == second for first, second in pairwise(roles)):
        return f"turns: {' '.join(roles)}"
    if not all(turn["content"].strip() for turn in told.record.messages):
        return "empty turn"
    return None


def check_instruction_length(told: Told, config: ScreenConfig) -> Any:
    length = len(told.asked)
    if not config.min_instruction_characters <= length <= config.max_instruction_characters:
        return {"characters": length}
    return None


def check_answer_length(told: Told, config: ScreenConfig) -> Any:
    length = len(told.answered)
    return None if config.min_answer_characters <= length <= config.max_answer_characters else {"characters": length}


def check_mojibake(told: Told, config: ScreenConfig) -> Any:
    text = told.asked + "\n" + told.answered
    found = len(DAMAGE.findall(text))
    share = found / len(text)
    # One damaged character in a short record is as bad as many in a long one.
    return {"share": round(share, 4), "characters": found} if found and share > config.max_damage else None


def check_language(told: Told, config: ScreenConfig) -> Any:
    if config.min_japanese_share <= 0 or "direction" in told.record.meta.extra:
        return None
    share = japanese_share(told.asked + told.answered)
    return {"japanese_share": round(share, 3)} if share < config.min_japanese_share else None


def check_refusal(told: Told, _: ScreenConfig) -> Any:
    """A model that speaks of itself or refuses. Pages written by people may decline politely; models may not."""
    answer = told.answered
    found = (MAY_NAME_ITSELF.search(answer) and SELF_REFERENCE.search(answer)) or (
        REFUSAL.search(answer) if told.record.meta.task != "faq" else None
    )
    return found[0] if found else None


def check_leftovers(told: Told, config: ScreenConfig) -> Any:
    texts = (told.asked, told.answered, *told.systems())
    return next(filter(None, (_mark(text, config) for text in texts)), None) or defects.plays_both(
        told.answered, told.asked
    )


def _mark(text: str, config: ScreenConfig) -> str | None:
    if not config.special_tokens and MAY_BE_A_MARK.search(text) is None:
        return None
    found = LEFTOVER.search(text)
    return found[0] if found else defects.template_mark(text, frozenset(config.special_tokens))


def check_empty_answer(told: Told, _: ScreenConfig) -> Any:
    return defects.empty_answer(told.answered)


def check_html(told: Told, _: ScreenConfig) -> Any:
    return defects.html(told.asked, told.answered)


def check_interface(told: Told, _: ScreenConfig) -> Any:
    return defects.copied_interface(told.answered)


def check_loop(told: Told, _: ScreenConfig) -> Any:
    return defects.loop(told.answered)


def check_ocr(told: Told, _: ScreenConfig) -> Any:
    return first_debris(told.asked) or first_debris(told.answered)


def check_placeholder(told: Told, _: ScreenConfig) -> Any:
    return defects.placeholder(told.answered)


def check_links(told: Told, _: ScreenConfig) -> Any:
    if is_about_words(told.asked):
        return None  # 「詳しくはこちら」 in other words
    return next(filter(None, map(defects.links_only, told.turns())), None)


def check_other_language(told: Told, _: ScreenConfig) -> Any:
    if "direction" in told.record.meta.extra:
        return None
    return next(filter(None, (defects.other_language(told.asked, turn) for turn in told.turns())), None)


def check_impossible(told: Told, _: ScreenConfig) -> Any:
    first = sum(turn["role"] == "user" for turn in told.record.messages) == 1
    return defects.impossible_task(told.record.instruction, told.record.meta.input or "", first=first)


def _solid(text: str) -> str:
    """`text` without white space."""
    return "".join(text.split())


_EXPLAIN = re.compile("意味|説明|とは|定義|教えて")
"""Asks for more than the word that is given."""


def check_repeats_question(told: Told, config: ScreenConfig) -> Any:
    question = _solid(told.record.instruction + (told.record.meta.input or ""))
    answer = _solid(told.record.output)
    if len(answer) >= 4 and answer == question:
        return {"repeats": 1.0}
    if answer and answer == _solid(told.record.meta.input or "") and _EXPLAIN.search(told.record.instruction):
        return {"repeats": 1.0}
    if len(answer) < 8:
        return None
    if answer in (question, _solid(told.record.instruction), _solid(told.record.meta.input or "")):
        return {"repeats": 1.0}
    bare = answer.rstrip("。．.?？")
    if len(question) >= 8 and question.rstrip("。．.?？") == bare:
        return {"repeats": 1.0}
    if len(question) >= 8 and question in answer and len(question) / len(answer) > config.max_answer_repeats:
        return {"repeats": round(len(question) / len(answer), 3)}
    return None


def check_direction(told: Told, _: ScreenConfig) -> Any:
    """A translation whose input or output is in the other language than the instruction says (jesc's `R` rows)."""
    instruction = told.record.instruction
    to_english, to_japanese = TO_ENGLISH.search(instruction), TO_JAPANESE.search(instruction)
    if bool(to_english) == bool(to_japanese):
        return None
    source, target = told.record.meta.input or instruction, told.record.output
    given, made = bool(JAPANESE.search(source if told.record.meta.input else "")), bool(JAPANESE.search(target))
    if to_english and made and not (told.record.meta.input and given and LATIN.search(target)):
        return {"to": "English", "output_is": "Japanese"}
    if to_japanese and not made and LATIN.search(target):
        return {"to": "Japanese", "output_is": "English"}
    return None


def check_figure(told: Told, _: ScreenConfig) -> Any:
    """An answer made from a figure must still state that figure (EDINET questions, also after an edit)."""
    check = told.record.meta.extra.get("check")
    if not isinstance(check, dict) or "answer" not in check:
        return None
    expected = cast("dict[str, Any]", check)
    return None if answer_agrees(told.record.output, expected) else {"expected": expected["answer"]}


def check_license(told: Told, config: ScreenConfig) -> Any:
    """A license the recipe does not list, or one under which nothing may be trained (docs/licenses.md)."""
    identity = told.record.meta.license
    if config.licenses and identity not in config.licenses:
        return {"license": identity, "allowed": config.licenses}
    return {"license": identity, "may_train": "no"} if not _may_train(identity) else None


@lru_cache(maxsize=256)
def _may_train(identity: str) -> bool:
    return find_license(identity).may_train != "no"


CHECKS: dict[str, Check] = {
    "schema": check_schema,
    "license": check_license,
    "instruction_length": check_instruction_length,
    "answer_length": check_answer_length,
    "empty_answer": check_empty_answer,
    "mojibake": check_mojibake,
    "language": check_language,
    "other_language": check_other_language,
    "refusal": check_refusal,
    "template_leftover": check_leftovers,
    "copied_interface": check_interface,
    "html": check_html,
    "loop": check_loop,
    "ocr_debris": check_ocr,
    "placeholder": check_placeholder,
    "links_only": check_links,
    "impossible_task": check_impossible,
    "repeats_question": check_repeats_question,
    "flipped_direction": check_direction,
    "wrong_answer": check_figure,
}


def screen_rows(rows: Sequence[Row], config: ScreenConfig, key: PseudonymKey | None = None) -> Counter[str]:
    """Run the checks on rows that are still alive; the first that fails rejects a row.

    Returns how often each kind of personal data was found. key: of its pseudonyms, where any are made.
    """
    checks = [(name, check) for name, check in CHECKS.items() if name not in config.off]
    numbers = config.numbers if "numbers" not in config.off else "off"
    for row in rows:
        _clear_placeholder(row, config)
        told = Told.of(row.record)
        for name, check in checks:
            if not row.alive:
                break
            measured = check(told, config)
            if measured is not None:
                row.reject(name, measured)
        if row.alive and numbers != "off":
            _screen_numbers(row, reject=numbers == "reject")
        if row.alive:
            apply_rules(row, config.rules)
            if "placeholder" not in config.off and defects.blanked_name(asked(row.record), answered(row.record)):
                row.flags.append("placeholder")
    if "personal_data" in config.off:
        return Counter()
    return screen_personal_data(rows, config.personal_data, key)


def _clear_placeholder(row: Row, config: ScreenConfig) -> None:
    """`<noinput>` and its kin are no input: they go, and the record says so."""
    given = row.record.meta.input
    if row.alive and given and "placeholder_input" not in config.off and defects.placeholder_input(given):
        row.record.meta.input = None
        row.record.meta.extra.setdefault("rewritten", []).append({"rule": "placeholder_input", "before": given})
        row.flags.append("placeholder_input")
    for turn in row.record.messages if row.alive and "placeholder_input" not in config.off else ():
        if (
            turn["role"] == "user"
            and (shorter := defects.without_placeholder_lines(turn["content"])) != turn["content"]
        ):
            row.record.meta.extra.setdefault("rewritten", []).append(
                {"rule": "placeholder_input", "before": turn["content"]}
            )
            turn["content"] = shorter
            row.flags.append("placeholder_input")


def _screen_numbers(row: Row, *, reject: bool) -> None:
    found = disagreements(row.record)
    if found and reject:
        row.reject("numbers", found)
    elif found:
        row.flags.append("numbers")
