"""Statutes told again: what a word means, who must do what by when, what an article refers to, where a matter is governed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tekio.knowledge.facts import facts_of
from tekio.knowledge.formulas import is_unfilled
from tekio.knowledge.passages import Passage
from tekio.study.material import Draft, LeftOut, Material
from tekio.study.strategies.sentences import PARAGRAPH, article_number, article_sentences, leads_on, without_parentheses
from tekio.study.wording import pick
from tekio.text.dates import japanese_number

_DEFINITION = re.compile(r"「([^「」]{1,40})」とは、(.{4,400}?)をい(?:う。|い、|うものとする。)")
_DEFINED = (
    "{law}{place}において、「{term}」とは、{meaning}をいう。",
    "{meaning}を、{law}{place}は「{term}」と呼ぶ。",
    "「{term}」という語は、{law}では{meaning}を意味する（{place}）。",
)
_ASK_MEANING = ("{law}において「{term}」とは何をいいますか。", "{law}{place}の「{term}」の定義を答えてください。")
_ASK_TERM = ("{law}では、{meaning}を何といいますか。", "次の定義に当たる{law}の用語は何ですか。\n{meaning}")

_DUTY = re.compile(
    r"^(?P<who>[^、。「」]{2,40}?)は、(?P<what>.{6,300}?)(?P<mode>しなければならない|なければならない|してはならない|てはならない|ことができる|ことができない"
    r"|ものとする)。$"
)
_DEADLINE = re.compile(
    r"(?:[^、。]{0,30}?(?:(?:日|とき|終了|満了)[^、。]{0,12}から(?:起算して)?|終了後|経過後|満了後)、?)?(?:[一二三四五六七八九十百0-9０-９]+(?:日|週間|月|か月|箇月|年)以内に|遅滞なく|直ちに|速やかに|あらかじめ)"
)
_MODES = {
    "しなければならない": "義務",
    "なければならない": "義務",
    "してはならない": "禁止",
    "てはならない": "禁止",
    "ことができる": "権限",
    "ことができない": "制限",
    "ものとする": "定め",
}
_ASK_DUTY = {
    "義務": "{law}{place}によれば、{who}は何をしなければなりませんか。",
    "禁止": "{law}{place}は、{who}に何を禁じていますか。",
    "権限": "{law}{place}によれば、{who}は何をすることができますか。",
    "制限": "{law}{place}によれば、{who}は何をすることができませんか。",
    "定め": "{law}{place}は、{who}についてどう定めていますか。",
}
_TELL_DUTY = (
    "{law}{place}によれば、{sentence}",
    "{who}について、{law}{place}は次のとおり定める。{sentence}",
    "{sentence}これは{law}{place}の定めである。",
)
_REFERENCE = re.compile(
    r"(?<![法令則律項号条例約程])(第[〇一二三四五六七八九十百千0-9０-９]+条(?:の[〇一二三四五六七八九十百千0-9０-９]+)*)|(?<![一-龥])(前条|次条)"
)
_OTHER_LAW = re.compile(r"(?:法|令|則|律|規程|条例|条約)(?:[（(][^（）()]*[）)])?$")
_LISTED = re.compile(r"同$|(?:条(?:の[〇一二三四五六七八九十0-9]+)*|項|号)(?:から|及び|、|又は|若しくは|並びに)$")
_TELL_REFERENCE = (
    "{law}{place}は{target}を引いている。{target}{caption}は、次のとおり定める。{said}",
    "{law}{place}にいう{target}{caption}とは、次の規定である。{said}",
    "{law}{target}{caption}は「{said}」と定めており、{place}はこれを引いている。",
)
_CAPTION = re.compile(r"(第[^（]+)[（(](.+)[）)]$")
_TELL_CAPTION = (
    "{law}{article}は、「{caption}」について定める。",
    "「{caption}」は、{law}の{article}に定められている。",
    "{law}で「{caption}」を定めるのは、{article}である。",
)
_POINTS_BACK = ("その", "当該", "これら", "この", "同")
_SOMEBODY = re.compile(
    r"(?:[者人社行庫臣官事構会員長関国局府省庁県市町村主役職家団署院校]|基金|公庫|組合|機関|法人|銀行|業者|会社|受託|取締役|監査役|指定都市|政府)$"
)
_NO_SUBJECT = ("に", "で", "と", "へ", "から", "より", "とき", "場合", "後", "前", "間", "限り", "ところ", "ため")
"""What stands before は where it is not who must do something: 契約書面には、…を記載しなければならない; 端数があるときは、…."""
_LONGEST_SAID = 250
_PARAGRAPH = re.compile(r"第([〇一二三四五六七八九十0-9０-９]{1,3})項")
_GOES_ON = re.compile("ただし|但し|この場合|その場合|前項|同項|前条")


def _place(passage: Passage, paragraph: int = 0) -> str:
    """`第三条第二項`; of a supplement `附則第一条`."""
    article = passage.heading.split("（")[0].split("(")[0]
    supplement = "附則" if passage.path and passage.path[0].replace(" ", "").startswith("附則") else ""
    return f"{supplement}{article}" + (f"第{paragraph}項" if paragraph > 1 else "")


def _articles(material: Material) -> Iterator[Passage]:
    """Articles told once: of a supplement of one of several amendments the law's name alone says not which.

    None of a document that quotes articles of another (`quoted_articles` counts them): its title is not their law's name.
    """
    if not material.title or not material.names_articles:
        return
    supplements = {passage.path[0] for passage in material.passages if passage.path and passage.path[0][:1] == "附"}
    for passage in material.passages:
        supplement = passage.path[0] if passage.path and passage.path[0] in supplements else ""
        if passage.kind == "article" and not (supplement and len(supplements) > 1):
            yield passage


def quoted_articles(material: Material, strategy: str) -> Iterator[LeftOut]:
    """Articles that stand in a document which is not their rule: nothing says whose they are."""
    if material.title and not material.names_articles:
        for passage in material.passages:
            if passage.kind == "article":
                yield LeftOut(strategy, passage, "quoted_article", {"article": passage.heading})


def definitions(material: Material, wordings: int) -> Iterator[Draft | LeftOut]:
    """`「X」とは、…をいう。`: from the word to its meaning and back."""
    yield from quoted_articles(material, "definitions")
    for passage in _articles(material):
        for sentence in article_sentences(passage.text, article_number(passage), leading=True):
            found = _DEFINITION.search(without_parentheses(sentence.text))
            if found is None:
                continue
            if leads_on(sentence.text):
                yield LeftOut("definitions", passage, "leads_to_a_list", {"term": found[1]})
                continue
            place = _place(passage, sentence.paragraph)
            if found[1] in found[2]:  # 「支店等」とは、法第…条に規定する支店等をいう
                yield LeftOut("definitions", passage, "circular", {"term": found[1]})
                continue
            if found[1].startswith(_POINTS_BACK) or is_unfilled(f"{place}{found[2]}"):
                reason = "points_back" if found[1].startswith(_POINTS_BACK) else "not_filled_in"
                yield LeftOut("definitions", passage, reason, {"term": found[1]})
                continue
            words = {"law": material.title, "place": place, "term": found[1], "meaning": found[2]}
            key = f"{material.title}{place}{found[1]}"
            for wording in range(min(wordings, len(_DEFINED))):
                yield Draft("definitions", passage, wording, pick(_DEFINED, key, wording).format(**words))
            yield Draft(
                "definitions",
                passage,
                0,
                f"{found[2]}をいいます（{place}）。",
                pick(_ASK_MEANING, key, 0).format(**words),
            )
            yield Draft("definitions", passage, 1, f"「{found[1]}」です。", pick(_ASK_TERM, key, 1).format(**words))


def duties(material: Material, wordings: int) -> Iterator[Draft | LeftOut]:
    """Who must, may or must not do what, and by when."""
    yield from quoted_articles(material, "duties")
    for passage in _articles(material):
        for sentence in article_sentences(passage.text, article_number(passage)):
            plain = without_parentheses(sentence.text)
            found = _DUTY.match(plain)
            if found is None or found["who"].startswith(("前", "この", "これ", "その", "同", "当該", "第", "次")):
                continue
            if found["who"].endswith(_NO_SUBJECT):
                continue
            place = _place(passage, sentence.paragraph)
            if is_unfilled(f"{place}{plain}"):
                yield LeftOut("duties", passage, "not_filled_in", {"article": place})
                continue
            words = {"law": material.title, "place": place, "who": found["who"], "sentence": plain}
            for wording in range(min(wordings, len(_TELL_DUTY))):
                yield Draft("duties", passage, wording, pick(_TELL_DUTY, place, wording).format(**words))
            mode = _MODES[found["mode"]]
            if mode != "定め" and not _SOMEBODY.search(found["who"]):
                continue  # a term, a paper: nobody who must do something
            yield Draft("duties", passage, 0, plain, _ASK_DUTY[mode].format(**words))
            deadline = _DEADLINE.search(found["what"])
            if deadline and mode == "義務":
                done = found["what"].replace(deadline[0], "", 1).lstrip("、").replace("、、", "、")
                question = (
                    f"{material.title}{place}によれば、{found['who']}は、いつまでに「{done}{found['mode']}」のですか。"
                )
                yield Draft("duties", passage, 1, f"{deadline[0]}行います。", question)


def references(material: Material, wordings: int) -> Iterator[Draft | LeftOut]:
    """An article of the same law that a sentence refers to, with what it says."""
    yield from quoted_articles(material, "references")
    articles = list(_articles(material))
    main = [passage for passage in articles if passage.part == 1 and not _place(passage).startswith("附則")]
    by_number = {fact: passage for passage in main for fact in [_value(article_number(passage))] if fact}
    order = {passage.number: place for place, passage in enumerate(main)}
    for passage in main:
        own = _value(article_number(passage))
        seen: set[int] = set()
        body = passage.text[passage.text.find(article_number(passage)) + len(article_number(passage)) :]
        for match in _REFERENCE.finditer(body):
            target = _target(match, body, passage, by_number, main, order)
            if target is None or target.number in seen or _value(article_number(target)) == own:
                continue
            seen.add(target.number)
            paragraph = _paragraph(body[match.end() :])
            said = _said(target, paragraph)
            if not said or is_unfilled(said):
                reason = "not_filled_in" if said else "nothing_short_to_quote"
                yield LeftOut("references", passage, reason, {"target": target.heading})
                continue
            caption = _CAPTION.match(target.heading)
            words = {
                "law": material.title,
                "place": _place(passage),
                "target": _place(target, paragraph),
                "caption": f"（{caption[2]}）" if caption else "",
                "said": said,
            }
            key = f"{passage.heading}{target.heading}"
            extra = {"also": target.id, "also_text": target.text, "also_heading": target.heading}
            for wording in range(min(wordings, len(_TELL_REFERENCE))):
                text = pick(_TELL_REFERENCE, key, wording).format(**words)
                yield Draft("references", passage, wording, text, extra=dict(extra))
            question = "{law}{place}が引く{target}は、何を定めていますか。".format(**words)
            yield Draft("references", passage, 0, said, question, extra=dict(extra))


def _paragraph(after: str) -> int:
    """The paragraph of an article that is referred to (第三条第二項: 2); 0 where it is the article."""
    found = _PARAGRAPH.match(after)
    return (int(found[1]) if found[1].isdecimal() else japanese_number(found[1]) or 0) if found else 0


def _said(target: Passage, paragraph: int) -> str:
    """What an article, or a paragraph of it, says: its first sentence; empty where that is long, or one of several paragraphs is not
    named. A sentence that goes on from another (ただし, この場合) says nothing alone.
    """
    number = article_number(target)
    if not paragraph and any(PARAGRAPH.match(line.strip()) for line in target.text.split("\n")):
        return ""
    first = next((item for item in article_sentences(target.text, number) if item.paragraph == max(paragraph, 1)), None)
    if first is None or len(first.text) > _LONGEST_SAID or _GOES_ON.match(first.text):
        return ""
    return first.text


def _value(article: str) -> str:
    return next((fact.value for fact in facts_of(article) if fact.kind == "article"), "")


def _target(
    match: re.Match[str],
    body: str,
    passage: Passage,
    by_number: Mapping[str, Passage],
    main: list[Passage],
    order: Mapping[int, int],
) -> Passage | None:
    """The article that is meant; None where it is one of another law."""
    if match[2]:
        place = order[passage.number] + (-1 if match[2] == "前条" else 1)
        return main[place] if 0 <= place < len(main) else None
    before = body[max(0, match.start() - 40) : match.start()]
    if _OTHER_LAW.search(before) or _LISTED.search(before):
        return None  # 同法第三条, or one of a list that another law may head
    return by_number.get(_value(match[1]))


def captions(material: Material, wordings: int) -> Iterator[Draft | LeftOut]:
    """Where a law governs what: article and caption."""
    yield from quoted_articles(material, "captions")
    found: dict[str, list[Passage]] = {}
    for passage in _articles(material):
        caption = _CAPTION.match(passage.heading)
        if passage.part == 1 and caption and not _place(passage).startswith("附則"):
            found.setdefault(caption[2], []).append(passage)
    for caption, passages in found.items():
        if len(passages) > 1:
            yield LeftOut("captions", passages[0], "ambiguous_labels", {"caption": caption, "articles": len(passages)})
            continue
        words = {"law": material.title, "article": _place(passages[0]), "caption": caption}
        for wording in range(min(wordings, len(_TELL_CAPTION))):
            yield Draft("captions", passages[0], wording, pick(_TELL_CAPTION, caption, wording).format(**words))
        yield Draft(
            "captions",
            passages[0],
            0,
            "{article}です。".format(**words),
            "{law}で「{caption}」を定めるのは第何条ですか。".format(**words),
        )
        yield Draft(
            "captions",
            passages[0],
            1,
            "「{caption}」について定めています。".format(**words),
            "{law}{article}は何について定めていますか。".format(**words),
        )
