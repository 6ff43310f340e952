"""Rules of published data sets that templates cannot say: which rows are left out, joined or completed.

A rule is a function from the reader's rows to the rows the templates see. A row it leaves out comes out as a
`DroppedError` value with its reason, so that nothing disappears.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from tekio.errors import InputError
from tekio.instruct.expand.readers import Reading, Row


class DroppedError(InputError):
    """A row a data set's own rule leaves out; `reason` goes into the funnel."""

    def __init__(self, reason: str, what: str) -> None:
        super().__init__(what)
        self.reason = f"rule:{reason}"


Rule = Callable[[Reading, Mapping[str, Any]], Reading]
RowRule = Callable[[Row], Row | DroppedError]


def each(rule: RowRule) -> Rule:
    """A rule that looks at one row at a time."""

    def apply(rows: Reading, _: Mapping[str, Any]) -> Reading:
        for place, row in rows:
            yield place, row if isinstance(row, InputError) else rule(row)

    return apply


def wikipedia_summary(row: Row) -> Row | DroppedError:
    """The article up to the first line ending; disambiguation pages and blank texts are left out."""
    title, text = str(row.get("title") or ""), str(row.get("text") or "")
    if "(曖昧さ回避)" in title or "（曖昧さ回避）" in title:
        return DroppedError("disambiguation", title)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if lines and lines[0] == title:  # WikiExtractor repeats the title in front of the text
        lines = lines[1:]
    if not title or not lines:
        return DroppedError("blank", title)
    return {**row, "summary": lines[0]}


def typo(row: Row) -> Row | DroppedError:
    """Wikipedia typos (JWTD v2): pairs before and after a correction that differ."""
    before, after = str(row.get("pre_text") or ""), str(row.get("post_text") or "")
    if not before or not after or before == after:
        return DroppedError("nothing_corrected", before[:40])
    return row


def jsquad(row: Row) -> Row | DroppedError:
    """Of answers that contain each other the longest; the context at least 30 characters; `title：context` as input."""
    context = str(row["context"])
    title, separator, rest = context.partition("[SEP]")
    if separator:
        context = rest.strip()
    if row.get("impossible") or not row["answers"]:
        return DroppedError("no_answer", str(row["question"]))
    if len(context) < 30:
        return DroppedError("context_too_short", context)
    answers = cast("list[str]", row["answers"])
    longest = max(answers, key=len)
    if any(answer not in longest for answer in answers):
        return DroppedError("answers_differ", " / ".join(sorted(set(answers))))
    return {**row, "context": context, "title": row["title"] or title.strip(), "answer": longest}


_ASKS_FOR_NUMBER = re.compile(
    r"(?:何|なん|いく)(?:人|年|月|日|時|歳|回|番|個|本|枚|種|度|キロ|メートル|センチ|つ|世紀|分|円|パーセント|文字|画|州|か国)"
)
_ASKS_TO_CHOOSE = re.compile(r"どちら|どっち|どれ|次のうち|何番目|AとB")
_QUESTION_TAIL = re.compile(
    r"(?:を|は|とは|のことを|のは|といえば|と言えば)?(?:、)?(?:一般に|特に|漢字\d?文字で|英語で|俗に|何と|なんと|何という|誰|だれ|どこ|何|なに|どんな[^。、]{1,8})"
    r"(?:と)?(?:でしょう|でしょうか|ですか|いうでしょう|いいますか|いうでしょうか|いいますでしょうか|言うでしょう|呼ぶでしょう|呼びますか|呼ばれるでしょう)?(?:か)?[?？。]?$"
)
MIN_STATEMENT = 15


def aio(row: Row) -> Row | DroppedError:
    """AI王: question and first answer, and, where the question describes its answer, that description as a statement.

    Left out of the reverse task (`statement` empty): questions for a number or a choice, answers that are numbers, and
    questions whose end is not understood. llm-japanese-dataset has a longer list of its own.
    """
    answers = cast("list[Any]", row.get("answers") or [])
    question = str(row.get("question") or "").strip()
    if not question or not answers or not str(answers[0]).strip():
        return DroppedError("no_answer", question)
    answer = str(answers[0]).strip()
    statement = ""
    sure = not _ASKS_FOR_NUMBER.search(question) and not _ASKS_TO_CHOOSE.search(question)
    found = _QUESTION_TAIL.search(question)
    if sure and found and not re.fullmatch(r"[0-9０-９.,一二三四五六七八九十百千万億兆]+.{0,3}", answer):
        told = question[: found.start()].rstrip("、はをとがの")
        if len(told) >= MIN_STATEMENT and answer not in told:
            statement = told
    return {**row, "answer": answer, "statement": statement}


def jcommonsenseqa(row: Row) -> Row | DroppedError:
    """The five choices joined by 、 and the text of the right one."""
    choices = [str(row.get(f"choice{number}") or "") for number in range(5)]
    label = row.get("label")
    if not isinstance(label, int) or not 0 <= label < 5 or not all(choices):
        return DroppedError("no_label", str(row.get("question")))
    return {
        **row,
        "choices": "、".join(choices),
        "answer": choices[label],
        "lettered": _lettered(choices),
        "letter": "ABCDE"[label],
    }


def _lettered(choices: list[str]) -> str:
    return "\n".join(f"{letter}. {choice}" for letter, choice in zip("ABCDE", choices, strict=True))


def jmrd(row: Row) -> Row | DroppedError:
    """Films whose year is a year; one in the published set has a studio there (a mix-up of fields)."""
    year = str(row.get("製作年度") or row.get("公開年") or row.get("year") or "")
    if not re.search(r"(?:18|19|20)\d\d", year):
        return DroppedError("year_is_no_year", f"{row.get('title')}: {year}")
    sentences = [f"「{row['title']}」は{re.sub(r'年.*$', '', year)}年に製作された映画です。"]
    for name, text in (
        ("監督", "監督は{}です。"),
        ("キャスト", "出演は{}です。"),
        ("ジャンル", "ジャンルは{}です。"),
        ("あらすじ", "{}"),
    ):
        if row.get(name):
            sentences.append(text.format(row[name]))
    return {**row, "about": "".join(sentences)}


def paraphrase(row: Row) -> Row | DroppedError:
    """JSTS: pairs with a similarity from 0 to 5; 4 and more are paraphrases, 1 and less are not, between is left out."""
    score = row.get("label")
    if not isinstance(score, int | float) or not 0 <= score <= 5:
        return DroppedError("no_score", str(score))
    if row.get("sentence1") == row.get("sentence2"):
        return DroppedError("same_sentence", str(row.get("sentence1"))[:40])
    return {**row, "same": "yes" if score >= 4 else "no" if score <= 1 else "between"}


RULES: dict[str, Rule] = {
    "wikipedia-summary": each(wikipedia_summary),
    "typo": each(typo),
    "jsquad": each(jsquad),
    "aio": each(aio),
    "jcommonsenseqa": each(jcommonsenseqa),
    "jmrd": each(jmrd),
    "paraphrase": each(paraphrase),
}
