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


MIN_CONTEXT = 30


def jsquad(rows: Reading, options: Mapping[str, Any]) -> Reading:
    """Of answers that contain each other the longest; `title：context` as input, which has at least 30 characters.

    A question with answers that differ gives no row, and with `original` one for each, as in llm-japanese-dataset.
    """
    for place, row in rows:
        if isinstance(row, InputError):
            yield place, row
            continue
        context = str(row["context"])
        title, separator, rest = context.partition("[SEP]")
        title, context = (title.strip(), rest.strip()) if separator else (str(row["title"]), context)
        answers = set(cast("list[str]", row["answers"]))
        largest = [one for one in answers if not any(one != other and one in other for other in answers)]
        if row.get("impossible") or not answers:
            yield place, DroppedError("no_answer", str(row["question"]))
        elif len(f"{title}：{context}") < MIN_CONTEXT:
            yield place, DroppedError("context_too_short", context)
        elif len(largest) > 1 and not options.get("original"):
            yield place, DroppedError("answers_differ", " / ".join(sorted(answers)))
        else:
            for number, answer in enumerate(sorted(largest)):
                identity = f"{row['id']}.{number}" if len(largest) > 1 else row["id"]
                yield place, {**row, "id": identity, "context": context, "title": title, "answer": answer}


_ASKS_FOR_NUMBER = re.compile(
    r"(?:何|なん|いく)(?:人|年|月|日|時|歳|回|番|個|本|枚|種|度|キロ|メートル|センチ|つ|世紀|分|円|パーセント|文字|画|州|か国)"
)
_ASKS_TO_CHOOSE = re.compile(
    r"どちら|どっち|どれ|次のうち|何番目|AとB|対して何|(?:の他に|と)(?:何|誰|どこ)|と(?:言|い)えば"
)
_TWO_SENTENCES = re.compile(r"(?:です|ます|でした|ました)が、")
_DIGITS = re.compile(r"[0-9０-９]|^[一二三四五六七八九十百千万億兆]+.{0,3}$")
_CALLED = r"(?:何|なん)と(?:いう|言う|呼ぶ|呼ばれる|いった|いい|言い|呼び|呼ばれてい)(?:のでしょう|でしょう|のです|ます|る)?か?"
_ASKED = r"(?:でしょう|ですか|だろう)?か?"
_STATEMENTS = tuple(
    (re.compile(f"(?:{ending})[?？。]?$"), statement)
    for ending, statement in (
        (rf"を総称して、?{_CALLED}", "の総称"),
        (rf"を略して、?{_CALLED}", "の略"),
        (rf"を、?和製英語で{_CALLED}", "を表す和製英語"),
        (rf"のことを、?(?:一般に|特に|俗に|英語で|漢字.文字で)?{_CALLED}", "のこと"),
        (rf"を、?(?:一般に|特に|俗に|英語で|漢字.文字で)?{_CALLED}", ""),
        (rf"のは、?(?:誰|だれ){_ASKED}", "人"),
        (rf"のは、?どこ{_ASKED}", "場所"),
        (rf"のは、?(?:何|なん|なに){_ASKED}", "もの"),
        (rf"は、?(?:誰|だれ|どこ|何|なん|なに){_ASKED}", ""),
    )
)
"""How a quiz question ends -> what stands there in the statement (です follows)."""
MIN_STATEMENT = 15


def aio(row: Row) -> Row | DroppedError:
    """AI王: question and first answer, and, where the question describes its answer, that description as a statement.

    Left out of the reverse task (`statement` empty), as in llm-japanese-dataset: answers with digits, questions in two
    sentences, for one of a set, for a number or a choice. Questions whose end is not understood are left out too, where
    that set keeps the question as the explanation; the rows it leaves out by hand (of its first 513) are not known by text.
    """
    answers = cast("list[Any]", row.get("answers") or [])
    question = str(row.get("original_question") or row.get("question") or "").strip()
    answer = str(row.get("original_answer") or (answers[0] if answers else "")).strip()
    if not question or not answer:
        return DroppedError("no_answer", question)
    statement = ""
    if not any(pattern.search(question) for pattern in (_ASKS_FOR_NUMBER, _ASKS_TO_CHOOSE, _TWO_SENTENCES)):
        found = next(((hit, told) for ending, told in _STATEMENTS if (hit := ending.search(question))), None)
        if found is not None and not _DIGITS.search(answer):
            told = question[: found[0].start()].rstrip("、") + found[1]
            if len(told) >= MIN_STATEMENT and answer not in told:
                statement = told
    return {**row, "question": question, "answer": answer, "statement": statement}


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
    """A film as year, director, cast and plot; one in the published set has a studio for its year (a mix-up of fields).

    about: the film in sentences; sentences of what is not known are left out. whole: all four are known.
    """
    knowledge = cast("Mapping[str, Any]", row["knowledge"])
    year = _told(knowledge, "製作年度", "公開年", "year")
    if not re.search(r"(?:18|19|20)\d\d", year):
        return DroppedError("year_is_no_year", f"{row.get('title')}: {year}")
    director = _told(knowledge, "監督名", "監督")
    cast_names = _told(knowledge, "キャスト名", "キャスト")
    genre = _told(knowledge, "ジャンル")
    plot = _told(knowledge, "あらすじ", between="")
    sentences = [f"「{row['title']}」は{re.sub(r'年.*$', '', year)}年に製作された映画です。"]
    for told, text in (
        (director, "監督は{}です。"),
        (cast_names, "出演は{}です。"),
        (genre, "ジャンルは{}です。"),
        (plot, "{}"),
    ):
        if told:
            sentences.append(text.format(told))
    known = {"year": year, "director": director, "cast": cast_names, "plot": plot}
    return {**row, **known, "about": "".join(sentences), "whole": all(known.values())}


def _told(knowledge: Mapping[str, Any], *names: str, between: str = "、") -> str:
    value = next((knowledge[name] for name in names if knowledge.get(name)), "")
    return between.join(str(item) for item in cast("list[Any]", value)) if isinstance(value, list) else str(value)


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
    "jsquad": jsquad,
    "aio": each(aio),
    "jcommonsenseqa": each(jcommonsenseqa),
    "jmrd": each(jmrd),
    "paraphrase": each(paraphrase),
}
