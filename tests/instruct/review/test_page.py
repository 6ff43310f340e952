"""The review page in a real browser: ten records by keyboard, a killed server, the static file, both languages."""

# pyright: standard
# (selenium's results are untyped)

import colorsys
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tekio.desk.page import script_json
from tekio.instruct.review.actions import Action
from tekio.instruct.review.items import load_items
from tekio.instruct.review.page import render_page, set_hash, write_static_page
from tekio.instruct.review.server import ReviewServer
from tekio.instruct.review.session import merge, open_desk, status
from tekio.instruct.review.store import open_store
from tekio.offline import open_network
from tekio.records import InstructionMeta, new_record
from tekio.store import write_jsonl

FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-dev-shm-usage", "--window-size=1400,900",
]  # fmt: skip
HOSTILE = '</script><img src=x onerror="document.title=1"><b>太字</b>\u202e {{7*7}}'


@pytest.fixture(scope="module")
def browser():
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("Chromium with chromedriver is not installed (Debian: chromium, chromium-driver)")
    open_network()  # another test may have run a command that closed it for this process
    selenium = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    from selenium.webdriver.chrome.service import Service

    options = selenium.ChromeOptions()
    options.binary_location = chromium
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    opened = selenium.Chrome(options=options, service=Service(driver))
    opened.set_script_timeout(20)
    yield opened
    opened.quit()


PASSAGE = (
    "個人向け国債は、個人の方だけが購入できる国債です。満期は3年、5年、10年の3種類があります。"
    "発行から1年が経過すれば、いつでも中途換金することができます。中途換金の際は、直前2回分の利子相当額が差し引かれます。"
)


def records(count=10):
    found = []
    for number in range(count):
        extra: dict[str, Any] = {"passage": PASSAGE, "file": f"faq/{number}.html", "confidence": 0.9}
        if number == 2:
            extra["suggestions"] = [{"rule": "self_reference", "found": ["当庁"], "why": "name it"}]
        answer = (
            "当庁が所管しています。" if number == 2 else "発行から1年が経過すれば、いつでも中途換金することができます。"
        )
        question = HOSTILE if number == 3 else f"国債の質問{number}は何ですか。"
        meta = InstructionMeta("faq", "財務省", "PDL-1.0", topic="個人向け国債", as_of="2026-04-01", extra=extra)
        found.append(new_record(question, answer, meta))
    return found


@pytest.fixture
def file(tmp_path):
    write_jsonl(tmp_path / "pairs.jsonl", [record.as_dict() for record in records()])
    return tmp_path / "pairs.jsonl"


class Page:
    """What a reviewer does."""

    def __init__(self, browser):
        self.browser = browser

    def open(self, url):
        self.browser.get(url)
        return self

    def wait(self, condition, seconds=10.0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.browser.execute_script("return " + condition):
                return self
            time.sleep(0.03)
        raise AssertionError(f"never true: {condition}\n{self.text('body')}\n{self.browser.get_log('browser')}")

    def ready(self):
        return self.wait("document.body.dataset.ready === 'true'")

    def key(self, *keys):
        from selenium.webdriver import ActionChains

        for key in keys:
            ActionChains(self.browser).send_keys(key).perform()
        return self

    def text(self, css):
        return self.browser.execute_script("return document.querySelector(arguments[0]).innerText", css)

    def record(self):
        return self.text("#record")

    def problems(self):
        return [entry for entry in self.browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def saved(self):
        return self.wait("!document.getElementById('saved').classList.contains('busy')")

    def open_again(self, url):
        """Open a page that keeps a reviewer's name in the browser's storage, which a new process may read a moment late."""
        end = time.monotonic() + 10
        while not self.open(url).wait("document.getElementById('who').open").value("#who-name"):
            assert time.monotonic() < end, "the name is not there any more"
            time.sleep(0.2)
        return self

    def value(self, css):
        return self.browser.execute_script("return document.querySelector(arguments[0]).value", css)

    def name(self, name):
        self.wait("document.getElementById('who').open")
        field = self.browser.find_element("id", "who-name")
        if name:
            field.clear()  # the name of an earlier test
        field.send_keys(name)
        self.browser.find_element("css selector", "#who button").click()
        return self.ready()


@pytest.fixture
def page(browser):
    from selenium.webdriver.common.keys import Keys

    open_network()
    opened: Any = Page(browser)
    opened.keys = Keys
    browser.get_log("browser")
    return opened


def serving(file, tmp_path, reviewer="山田"):
    store = open_store(tmp_path / "review.sqlite", "pairs")
    server = ReviewServer(load_items(file), store, "ja", reviewer=reviewer)
    server.in_background()
    return server, store


def test_ten_records_by_keyboard(page, file, tmp_path):
    server, store = serving(file, tmp_path, reviewer="")
    page.open(server.url).name("山田 花子")
    assert "国債の質問0" in page.record()
    assert page.text("#passage mark") == "発行から1年が経過すれば、いつでも中途換金することができます。"
    page.key("a").wait("document.querySelector('#record').innerText.includes('質問1')")
    page.key("r", "2").wait("document.querySelector('#record').innerText.includes('当庁')")
    page.browser.find_element("css selector", "#notes input").send_keys("金融庁", page.keys.ENTER)
    page.wait("document.activeElement.tagName === 'TEXTAREA'")
    page.browser.switch_to.active_element.send_keys(page.keys.CONTROL, page.keys.ENTER)
    page.wait("document.querySelector('#record').innerText.includes('太字')")
    assert "</script><img src=x" in page.record()  # shown, not run
    page.key("r").wait("!document.getElementById('reasons').hidden")
    page.key(page.keys.ENTER).wait("document.querySelector('#record').innerText.includes('質問4')")
    for number in range(5, 10):
        page.key("a").wait(f"document.querySelector('#record').innerText.includes('質問{number}')")
    page.key("a").saved().wait("document.getElementById('counts').innerText.startsWith('10 / 10')")
    page.browser.find_elements("css selector", "#list li")[2].click()
    page.wait("document.querySelector('#record').innerText.includes('金融庁')")
    page.key("a").wait(
        "document.querySelector('#record').innerText.includes('太字')"
    )  # an edit that is shown stays one
    page.key("u").wait("document.getElementById('counts').innerText.startsWith('9 / 10')")
    page.key("a").saved().wait("document.getElementById('counts').innerText.startsWith('10 / 10')")
    decisions = {action.item: action for action in store.decisions("山田 花子")}
    order = [decisions[item.key] for item in load_items(file)]
    assert [action.decision for action in order] == ["accept", "reject", "edit", "reject", *["accept"] * 6]
    assert order[1].reason == "outdated"
    assert order[2].messages is not None
    assert order[2].messages[1]["content"] == "金融庁が所管しています。"
    assert len(store.log()) == 12  # ten decisions, an undo, the decision again
    assert page.problems() == []
    server.shutdown()
    server.server_close()


def test_moving_searching_and_filtering(page, file, tmp_path):
    server, _ = serving(file, tmp_path)
    page.open(server.url).ready()
    page.key("j", "j").wait("document.querySelector('#record').innerText.includes('当庁')")
    page.key("k").wait("document.querySelector('#record').innerText.includes('質問1')")
    page.key("/", "質問7").wait("document.querySelectorAll('#list li').length === 1")
    page.wait("document.querySelector('#record').innerText.includes('質問7')")
    page.key(page.keys.ESCAPE, "e").wait("document.activeElement.tagName === 'TEXTAREA'")
    page.browser.switch_to.active_element.send_keys("捨てる")
    page.key(page.keys.ESCAPE).wait("document.getElementById('editing').hidden")
    assert "捨てる" not in page.record()
    assert page.text("#counts").startswith("0 / 10")
    server.shutdown()
    server.server_close()


def test_a_move_while_the_server_is_away_ends_at_the_record_it_went_to(page, file):
    running, url = command(file)
    page.open(url).ready()
    page.key("a").saved().wait("document.querySelector('#record').innerText.includes('質問1')")
    kill(running)
    page.key("j", "j", "j", "j").wait("!document.getElementById('trouble').hidden")  # records not fetched yet
    page.key("a")  # nothing is shown, so nothing is decided
    again, _ = command(file)
    page.wait("document.querySelector('#record').innerText.includes('質問5')")
    page.wait("document.getElementById('trouble').hidden")
    page.key("a").saved().wait("document.querySelector('#record').innerText.includes('質問6')")
    items = [item.key for item in load_items(file)]
    decided = [action.item for action in open_desk(file, language="en").store.decisions("A")]
    assert decided == [items[0], items[5]]
    kill(again)
    page.browser.get_log("browser")


def test_a_server_that_comes_back_with_other_records_shows_those(page, file):
    running, url = command(file)
    page.open(url).ready()
    page.key("a").saved().wait("document.querySelector('#record').innerText.includes('質問1')")
    kill(running)
    page.key("a").wait("!document.getElementById('trouble').hidden")  # the second record, waits
    rows = [record.as_dict() for record in records(12)]
    write_jsonl(file, [rows[11], *rows[:11]])
    again, _ = command(file)
    page.wait("document.getElementById('counts') && document.getElementById('counts').innerText.includes('/ 12')")
    page.ready().saved()
    decided = [action.item for action in open_desk(file, language="en").store.decisions("A")]
    assert decided == [rows[0]["id"], rows[1]["id"]]
    kill(again)
    page.browser.get_log("browser")


def test_a_server_at_another_address_is_told_and_the_decision_kept(page, file, tmp_path, browser):
    server, store = serving(file, tmp_path)
    page.open(server.url).ready()
    server.token = "x" * 32
    downloads = tmp_path / "unsent"
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(downloads)})
    page.key("r", "1").wait("!document.getElementById('trouble').hidden")
    page.wait("!document.getElementById('unsent').hidden")
    browser.find_element("id", "unsent").click()
    end = time.monotonic() + 10
    while not list(downloads.glob("*.jsonl")) and time.monotonic() < end:
        time.sleep(0.05)
    (saved,) = downloads.glob("*.jsonl")
    assert "1 new decisions" in merge(open_desk(file, language="en"), saved)[0]
    assert store.log() == []
    browser.execute_script("localStorage.clear(); window.onbeforeunload = null")
    browser.get("about:blank")
    server.shutdown()
    server.server_close()
    browser.get_log("browser")


@pytest.mark.parametrize(
    ("asked", "word"), [(["ja-JP", "en"], "元の文章"), (["fr", "en-US"], "Source passage"), (["fr"], "元の文章")]
)
def test_the_page_speaks_the_language_of_the_browser(page, file, tmp_path, browser, asked, word):
    server, _ = serving(file, tmp_path)  # Japanese is what this server would say
    told = browser.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument",
        {"source": f"Object.defineProperty(navigator, 'languages', {{ get: () => {json.dumps(asked)} }})"},
    )
    page.open(server.url).ready()
    assert word in page.text("#passage-side h2")
    assert browser.execute_script("return document.documentElement.lang") == ("ja" if word == "元の文章" else "en")
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", told)
    server.shutdown()
    server.server_close()


def hue(color):
    """The hue in degrees of `rgb(r, g, b)`."""
    red, green, blue = (int(part) / 255 for part in color.removeprefix("rgb(").removesuffix(")").split(","))
    return 360 * colorsys.rgb_to_hsv(red, green, blue)[0]


def apart(one, other):
    distance = abs(hue(one) - hue(other))
    return min(distance, 360 - distance)


def test_accept_edit_and_reject_have_colors_of_their_own(page, file, tmp_path, browser):
    server, _ = serving(file, tmp_path)
    page.open(server.url).ready()
    for theme in ("light", "dark"):
        browser.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
        accept, edit, reject = (
            browser.execute_script(
                "return getComputedStyle(document.getElementById(arguments[0])).backgroundColor", name
            )
            for name in ("accept", "edit", "reject")
        )
        assert min(apart(accept, edit), apart(edit, reject), apart(accept, reject)) > 60
    server.shutdown()
    server.server_close()


def test_every_field_and_button_says_what_it_is(page, file, tmp_path, browser):
    write_static_page(tmp_path / "review.html", "pairs", load_items(file), "en")
    page.open((tmp_path / "review.html").as_uri()).wait("document.getElementById('who').open")
    browser.execute_script("localStorage.clear()")
    field = browser.find_element("id", "who-name")
    assert field.accessible_name == "Who reviews?"
    assert browser.find_element("id", "who").accessible_name == "Who reviews?"
    page.name("C")
    page.key("j", "j")
    page.wait("document.querySelector('#record').innerText.includes('当庁')")
    page.key("e").wait("document.activeElement.tagName === 'TEXTAREA'")
    shown = [
        element
        for element in browser.find_elements("css selector", "button, input, select, textarea")
        if element.is_displayed()
    ]
    assert len(shown) >= 15
    assert [element.get_attribute("outerHTML") for element in shown if not element.accessible_name] == []
    page.key(page.keys.ESCAPE)


def test_a_page_written_again_shows_what_was_decided(page, file, tmp_path, browser):
    items = load_items(file)
    store = open_store(tmp_path / "review.sqlite", "pairs")
    store.add(Action("k1", items[0].key, "D", "reject", items[0].digest(), reason="outdated"))
    write_static_page(tmp_path / "a.html", "pairs", items, "en", decisions=store.decisions("D"))
    page.open((tmp_path / "a.html").as_uri()).wait("document.getElementById('who').open")
    browser.execute_script("localStorage.clear()")
    page.name("D").wait("document.getElementById('counts').innerText.startsWith('1 / 10')")
    page.key("j", "j").wait("document.querySelector('#record').innerText.includes('太字')")
    page.key("a").wait("document.getElementById('counts').innerText.startsWith('2 / 10')")
    later = [*load_items(file)[1:5]]  # the set has changed since; what was decided in this browser stays
    write_static_page(tmp_path / "b.html", "renamed", later, "en")
    page.open((tmp_path / "b.html").as_uri()).wait("document.getElementById('who').open")
    page.name("").wait("document.getElementById('counts').innerText.startsWith('1 / 4')")


def command(file):
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")}
    words = [sys.executable, "-m", "tekio", "--lang", "en", "review", str(file), "--reviewer", "A"]
    running: Any = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)
    lines = [running.stdout.readline() for _ in range(2)]
    return running, lines[1].strip()


def kill(running):
    running.send_signal(signal.SIGKILL)
    running.wait()


def test_a_killed_server_loses_nothing_and_the_open_page_goes_on_when_it_is_back(page, file):
    running, url = command(file)
    page.open(url).ready()
    for seen in ("質問1", "当庁", "太字"):
        page.key("a").wait(f"document.querySelector('#record').innerText.includes('{seen}')")
    page.saved()
    kill(running)
    desk = open_desk(file, language="en")
    assert len(desk.store.decisions("A")) == 3
    assert "3 of 10" in status(desk)[0]
    page.key("r", "1").wait("!document.getElementById('trouble').hidden")  # said, kept, sent later
    again, same = command(file)
    assert same == url
    page.saved().wait("document.getElementById('trouble').hidden")
    assert [action.decision for action in desk.store.decisions("A")] == ["accept", "accept", "accept", "reject"]
    kill(again)
    page.browser.get_log("browser")  # the failed requests


def test_the_static_file_reviews_and_its_decisions_come_back(page, file, tmp_path, browser):
    items = load_items(file)
    write_static_page(tmp_path / "review.html", "pairs", items, "en")
    downloads = tmp_path / "downloads"
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(downloads)})
    page.open((tmp_path / "review.html").as_uri()).name("B")
    page.key("a", "r", "1", "u", "a", "r", page.keys.ENTER).wait(
        "document.getElementById('counts').innerText.startsWith('3 / 10')"
    )
    page.open_again((tmp_path / "review.html").as_uri()).name("")  # the name and the decisions are still there
    page.wait("document.getElementById('counts').innerText.startsWith('3 / 10')")
    browser.find_element("id", "export").click()
    end = time.monotonic() + 10
    while not list(downloads.glob("*.jsonl")) and time.monotonic() < end:
        time.sleep(0.05)
    (exported,) = downloads.glob("*.jsonl")
    desk = open_desk(file, language="en")
    assert "3 new decisions" in merge(desk, exported)[0]
    assert "0 new decisions, 3 known already" in merge(desk, exported)[0]
    assert [action.decision for action in desk.store.decisions("B")] == ["accept", "accept", "reject"]
    assert page.problems() == []


def test_nothing_in_a_record_can_leave_its_place():
    text, policy = render_page("x</title>", "ja", set_id="1", items=[])
    assert "default-src 'none'" in policy
    assert "connect-src 'none'" in policy
    assert "x</title>" not in text
    assert "<" not in script_json({"a": "</script>"})
    assert json.loads(script_json({"a": HOSTILE + "\u2028"})) == {"a": HOSTILE + "\u2028"}
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text


def test_a_set_has_one_name(file):
    assert set_hash(load_items(file)) == set_hash(load_items(file))
