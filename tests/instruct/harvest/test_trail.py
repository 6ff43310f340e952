"""Where in its site a page stands is read from the trail of links above it."""

import pytest

from tekio.instruct.harvest.files import harvest_bytes

BODY = "<h1>還付加算金</h1><dl><dt>何ですか。</dt><dd>利子の一種です。</dd><dt>課税されますか。</dt><dd>雑所得です。</dd></dl>"
TRAILS = {
    "list before the heading": '<ol><li><a href="/">ホーム</a></li><li><a href="/law">法令等</a></li><li><a href="/s">所得税</a></li><li>還付加算金</li></ol>',
    "named by its class": '<div class="topic-path"><a href="/">架空庁トップページ</a> &gt; <a href="/law">法令等</a> &gt; <a href="/s">所得税</a> &gt; 還付加算金</div>',
    "named for screen readers": '<nav aria-label="パンくずリスト"><ul><li><a href="/">HOME</a></li><li><a href="/law">法令等 &gt;</a></li><li><a href="/s">所得税</a></li><li>還付加算金</li></ul></nav>',
}
NO_TRAILS = {
    "a menu": '<ul><li><a href="/a">個人の方</a></li><li><a href="/b">法人の方</a></li></ul>',
    "text": "<ul><li>一つ目の点です。</li><li>二つ目の点です。</li></ul>",
    "below the heading": "",
}


@pytest.mark.parametrize("kind", sorted(TRAILS))
def test_the_places_above_the_page_are_found(kind):
    page = harvest_bytes(f"<html><body>{TRAILS[kind]}{BODY}</body></html>".encode(), ".html")
    assert page.trail == ["法令等", "所得税"]
    assert len(page.pairs) == 2


@pytest.mark.parametrize("kind", sorted(NO_TRAILS))
def test_other_lists_are_no_trail(kind):
    later = TRAILS["list before the heading"] if kind == "below the heading" else ""
    assert harvest_bytes(f"<html><body>{NO_TRAILS[kind]}{BODY}{later}</body></html>".encode(), ".html").trail == []


def test_a_trail_in_markdown():
    text = "1. [ホーム](https://a.example/)\n2. [法令等](https://a.example/law)\n3. [所得税](https://a.example/s)\n4. 還付加算金\n\n# 還付加算金\n\n## 【照会要旨】\n\n課税されますか。\n\n## 【回答要旨】\n\n雑所得として課税されます。\n"
    page = harvest_bytes(text.encode(), ".md")
    assert page.trail == ["法令等", "所得税"]
    assert [pair.topic for pair in page.pairs] == ["還付加算金"]


def test_a_heading_that_says_what_kind_of_text_follows_is_no_topic():
    text = "# 保存の要件\n\n# 【回答】\n\n問1　画像でもよいですか。\n\n【回答】\n\n差し支えありません。\n\n問2　紙は捨てられますか。\n\n【回答】\n\n要件を満たせば捨てられます。\n"
    page = harvest_bytes(text.encode(), ".md")
    assert {pair.topic for pair in page.pairs} <= {"保存の要件", ""}
