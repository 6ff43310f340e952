"""Why a row was not kept or a thing not told, in words: for the terminal and the report."""

from __future__ import annotations

from collections.abc import Mapping

from tekio.errors import Text

REASONS: dict[str, Text] = {
    "not_in_the_passage": Text("says what its passage does not", "原文にない事実"),
    "contaminated": Text("holds an evaluation item or held-out text", "評価用の文と一致"),
    "exam_item": Text("has the wording of an exam item", "試験の問題と同じ文面"),
    "repeats": Text("repeats earlier rows", "既出の繰り返し"),
    "over_the_budget": Text("over the token budget", "トークン数の上限を超過"),
    "no_subject": Text("nothing says whose figure it is", "何の数値か示すものがない"),
    "no_unit": Text("no unit", "単位がない"),
    "ambiguous_labels": Text("other things have the same labels", "同じ見出しのものが複数"),
    "bare_label": Text("nothing says of what it is the total or the rest", "何の合計・残りか示すものがない"),
    "no_period": Text("nothing says of when the figure is", "いつの数値か示すものがない"),
    "change_of_no_period": Text("a change between periods that are not named", "どの期からどの期への増減か示されない"),
    "change_of_a_change": Text("the row is a change itself", "行自体が増減額"),
    "in_parentheses": Text("figure in parentheses", "括弧書きの数値"),
    "long_label": Text("label too long", "見出しが長い"),
    "both_negative": Text("both figures negative", "両方が負の数"),
    "table_disagrees": Text("the table states another rate", "表の増減率と不一致"),
    "quoted_article": Text("article quoted from another rule", "別の規程から引用された条文"),
    "points_back": Text("points at what stands before it", "前の記述を指す"),
    "lost_marks": Text("marks (①, ②) are lost in its text", "①などの記号が失われている"),
    "not_filled_in": Text("a form that is not filled in", "未記入の書式"),
    "leads_to_a_list": Text("leads to a list that is not told", "続く列挙に続きがある"),
    "defines_nothing": Text("an explanation that defines nothing", "語を定義しない説明"),
    "another_question": Text("another question stands in the answer", "回答に別の質問が含まれる"),
    "needs_a_picture": Text("needs a picture that is missing", "失われた図を参照"),
    "circular": Text("defined by itself", "用語自身による定義"),
    "nothing_short_to_quote": Text("nothing short to quote", "引用できる短い文がない"),
    "long_answer": Text("answer too long", "回答が長い"),
    "no_answer": Text("no answer", "回答がない"),
    "long_list": Text("list too long", "列挙が長い"),
    "cut_off": Text("reply cut off", "応答が途中で終了"),
    "too_long": Text("reply much longer than its passage", "応答が資料よりはるかに長い"),
    "unreadable": Text("reply not in the asked form", "応答の形式が不正"),
    "not_japanese": Text("reply not in Japanese", "日本語でない応答"),
    "copies_the_passage": Text("copies the passage", "原文の写し"),
    "copies_the_prompt": Text("copies the prompt", "指示文の写し"),
    "repeats_itself": Text("repeats itself", "同じ文の繰り返し"),
    "refused_by_server": Text("refused or not answered by the server", "サーバが拒否または応答せず"),
    "nothing_to_link": Text("fewer than two names", "名称が二つ未満"),
    "not_repaired": Text("wrong, and the repair gave no row", "誤りがあり、修正も行にならず"),
    "says_it_does_not_know": Text("the model found nothing to tell", "モデルが該当なしと回答"),
}

_PROBLEMS: dict[str, Text] = {
    "number": Text("number", "数値"),
    "date": Text("date", "日付"),
    "article": Text("article", "条番号"),
    "name": Text("name", "名称"),
    "computation": Text("computation", "計算"),
    "answer": Text("answer", "回答"),
    "direction": Text("the other way round", "逆"),
    "subject": Text("another thing's value", "別のものの値"),
    "condition": Text("in every case", "すべての場合"),
    "topic": Text("nothing of the passage", "原文と無関係"),
}
_STANDS_THERE = ("direction", "subject")
"""Problems of which the passage has something else: it is shown beside."""

_KEPT_OUT: dict[str, Text] = {
    "evaluation_records": Text("evaluation items", "評価用の項目"),
    "held_out_passages": Text("passages of held-out documents", "評価用に確保した文書の区画"),
    "exam_items": Text("exam items", "試験の問題"),
}


def kept_out_words(name: str) -> Text:
    """The words of what was looked for in every row."""
    return _KEPT_OUT.get(name, Text(name, name))


def reason_words(reason: str) -> Text:
    """The words of a reason; one that is not known stands for itself."""
    return REASONS.get(reason, Text(reason, reason))


def problem_words(fact: Mapping[str, str]) -> Text:
    """A fact of a rejected row that is wrong: what it is, as the row has it, and what the passage has where it has something else."""
    kind, text = _PROBLEMS.get(fact["kind"], Text(fact["kind"], fact["kind"])), fact["text"]
    if fact["kind"] in _STANDS_THERE:
        return Text(f"{kind.en}: {text} (passage: {fact['value']})", f"{kind.ja}: {text}（資料: {fact['value']}）")
    return Text(f"{kind.en} {text}", f"{kind.ja} {text}")
