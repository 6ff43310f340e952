"""Questions that a page asks and answers itself: from question to answer, back, and with one fact left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tekio.knowledge.facts import Fact, facts_of
from tekio.knowledge.formulas import is_formula, is_unfilled, names_nothing, points_at_a_picture
from tekio.knowledge.passages import Passage
from tekio.study.material import Draft, LeftOut, Material
from tekio.study.strategies.sentences import article_number, article_sentences, sentences, without_parentheses
from tekio.study.wording import pick, start_of

_MARK = re.compile(
    r"^[ \u3000]*(?:【[^】]{1,12}】|[QＱAＡ問答][ \u3000]*[0-9０-９]*[ \u3000]*[.．:：、]?)[ \u3000]*\n?"
)
_NUMBER = re.compile(r"^[0-9０-９]{1,3}(?:[-－‐−–][0-9０-９]{1,3})+(?![0-9０-９日年月人回%％円])[ \u3000.．:：、]*")
"""10-5 before a question: its place on the page, no word of it."""
_NEXT_HEADING = re.compile(r"[0-9０-９]{1,2}[ \u3000.．、][ \u3000]*[^。]{2,40}(?<![。、])")
"""The heading of what follows the answer on its page."""
_TO_COME = re.compile(
    "(?:以下|次)の(?:とおり|通り)(?:です|になります|となります|である)?。$|次の(?:ような|いずれか|場合)[^\n]*。$|次に掲げる[^\n]*。$"
)
_ASIDE = re.compile(r"〔[^〕]+〕|[（(][^（）()。]{2,30}[）)]")
"""What a picture showed, or the heading of the next part in brackets, alone on the last line."""
_LOST = re.compile("(?:上記|次|以下|前記)の(?:から|まで|又は|及び|の|に)|からのいずれ|[のを]の(?=いずれ|場合)")
"""What is left where ① and ② were pictures."""
_POINTS_BACK = re.compile(r"[－‐-]?[0-9０-９]{1,2}[.．][（(]|[（([0-9０-９]{1,2}[）)]|上記|前問|[①-⑳]")
"""A question that begins with a place in a text it does not have: （8）①イに「定期的に…」とありますが."""
_CUT_OUT = re.compile(r"[のをにはがとで][（(][0-9０-９一二三四五イロハニホ①-⑳⑴-⒇]{1,2}[）)]|の[⑴-⒇]?のでは")
"""A place in brackets that the sentence needs: 本通達の(1)では."""
_ANOTHER = re.compile(r"(?:^|[】。\s])(?:[QＱ][ \u3000]*[.．:：]?[ \u3000]*[0-9０-９]|[AＡ][.．:：])")
_LEANS = re.compile("ただし|但し|もっとも|この場合|その場合|これらの場合")
"""How a sentence begins that says nothing without the one before."""
_RELATED = re.compile(r"【関連条文|[QＱ][ \u3000]*[.．][ \u3000]*[0-9０-９]")
_TELL = (
    "問　{question}\n答　{answer}",
    "「{question}」という照会がある。これに対する回答は次のとおりである。\n{answer}",
    "{title}について。\n{question}\n{answer}",
)
_ASK_BACK = (
    "次の回答に対応する質問を書いてください。\n{answer}",
    "次の説明は、どのような照会に答えたものですか。\n{answer}",
)
_BULLET = re.compile(r"^[ \u3000・※○●]+|^[(（]?[0-9０-９]{1,2}[)）.．]?[ \u3000]+|^[①-⑳][ \u3000]*")
_WORD = re.compile(r"[一-龥々ァ-ヴーA-Za-zＡ-Ｚａ-ｚ0-9０-９]")
_BLANK = "（　　　）"
_CLOZE = (
    "次の文の空欄に入る語句を答えてください。{about}\n{blanked}",
    "空欄を埋めてください。{about}\n{blanked}",
)
_REPLY = ("{fact}", "{fact}です。", "空欄に入るのは「{fact}」です。")
_LONGEST_ANSWER = 1200
_CLOZE_LENGTH = (20, 240)
_MOST_BLANKS = 2
_SMALLEST = 2
_SHORT = 200


def _parts(passage: Passage) -> tuple[str, str]:
    """Question and answer without their marks."""
    answer = _MARK.sub("", passage.text[passage.answer :], count=1).strip().split("\n")
    while len(answer) > 1 and _ASIDE.fullmatch(answer[-1].strip()):
        answer.pop()
    while len(answer) > 1 and _NEXT_HEADING.fullmatch(answer[-1].strip()) and answer[-2].rstrip().endswith("。"):
        answer.pop()
    return _NUMBER.sub("", passage.heading.strip()), "\n".join(answer).strip()


def questions(material: Material, wordings: int) -> Iterator[Draft | LeftOut]:
    """Question -> answer, and answer -> question."""
    for passage in material.passages:
        if passage.kind != "answer" or passage.part > 1:
            continue
        question, answer = _parts(passage)
        whole = passage.end >= _end(material, passage)
        if not question or not answer or not whole or len(answer) > _LONGEST_ANSWER:
            yield LeftOut("questions", passage, "long_answer" if answer else "no_answer", {"characters": len(answer)})
            continue
        if _ANOTHER.search(answer) or points_at_a_picture(question) or points_at_a_picture(answer):
            reason = "another_question" if _ANOTHER.search(answer) else "needs_a_picture"
            yield LeftOut("questions", passage, reason, {"question": question[:80]})
            continue
        if _LOST.search(answer):
            yield LeftOut("questions", passage, "lost_marks", {"question": question[:80]})
            continue
        if _TO_COME.search(answer):
            yield LeftOut("questions", passage, "leads_to_a_list", {"question": question[:80]})
            continue
        if _POINTS_BACK.match(question) or is_unfilled(question) or is_unfilled(answer):
            reason = "points_back" if _POINTS_BACK.match(question) else "not_filled_in"
            yield LeftOut("questions", passage, reason, {"question": question[:80]})
            continue
        words = {"question": question, "answer": answer, "title": material.title or "照会"}
        # A long text in another frame is the same text again.
        for wording in range(min(wordings, len(_TELL)) if len(question) + len(answer) <= _SHORT else 1):
            yield Draft("questions", passage, wording, pick(_TELL, question, wording).format(**words))
        yield Draft("questions", passage, 0, answer, question)
        yield Draft("questions", passage, 1, question, pick(_ASK_BACK, question, 0).format(**words))


def _end(material: Material, passage: Passage) -> int:
    """Where the last part of an answer ends: one that was cut goes on in the next passage."""
    end = passage.end
    for other in material.passages[passage.number + 1 :]:
        if other.part == 1:
            break
        end = other.end
    return end


def cloze(material: Material, wordings: int) -> Iterator[Draft | LeftOut]:
    """A sentence of an answer or an article with one number, date, article or name left out."""
    for passage in material.passages:
        if passage.kind not in ("answer", "article"):
            continue
        body = passage.text[passage.answer :] if passage.kind == "answer" else passage.text
        about = f"（{material.title}）" if material.title else ""
        if passage.kind == "answer":
            told = sentences(_MARK.sub("", body, count=1))
        else:
            told = [item.text for item in article_sentences(body, article_number(passage))]
        for sentence in told:
            plain = _BULLET.sub("", without_parentheses(sentence)).strip()
            if not plain.endswith("。") or not _CLOZE_LENGTH[0] <= len(plain) <= _CLOZE_LENGTH[1]:
                continue
            if is_formula(plain) or is_unfilled(plain) or plain.endswith("か。") or _RELATED.search(plain):
                continue
            if points_at_a_picture(plain) or _CUT_OUT.search(sentence) or _LEANS.match(plain) or _LOST.search(plain):
                continue
            blanks = [fact for fact in facts_of(plain) if _asks(fact, plain) and fact.text not in about]
            chosen = sorted(blanks, key=lambda fact: start_of(f"{plain}{fact.start}"))[: min(_MOST_BLANKS, wordings)]
            for number, fact in enumerate(chosen):
                words = {"about": about, "blanked": plain[: fact.start] + _BLANK + plain[fact.end :], "fact": fact.text}
                question = pick(_CLOZE, plain, number).format(**words)
                yield Draft("cloze", passage, number, pick(_REPLY, plain, number).format(**words), question)


def _asks(fact: Fact, sentence: str) -> bool:
    """Whether a fact can be asked for: it stands once in its sentence, and is no article's own number at its beginning."""
    if fact.start == 0 or len(fact.text) < _SMALLEST or sentence.count(fact.text) > 1:
        return False
    after = sentence[fact.end : fact.end + 1]
    if fact.kind == "article" and "条" not in fact.text:
        return False  # a paragraph or item of an article that stands beside the blank
    if fact.kind == "name":  # not a part of a longer word
        return not names_nothing(fact.text) and not _WORD.match(sentence[fact.start - 1]) and not _WORD.match(after)
    if re.match(r"[-－―‐‑–.．][0-9０-９]", sentence[fact.end :]) or re.search(
        r"[令平昭大][0-9.]*$", sentence[: fact.start]
    ):
        return False  # 35 of 所得税基本通達35-3, 6.3 of 令6.3.31
    return (
        not after.isdecimal()
        and after not in tuple("〇一二三四五六七八九十百千万")
        and sentence[fact.start - 1] not in "0123456789０１２３４５６７８９-－―の"
    )
