"""Report, viewer, blind comparison and review in a browser: nothing serious for axe-core, every control reachable by keyboard, hostile
text shown as text.

axe-core is not part of the project: `npm pack axe-core`, and TEKIO_AXE=.../axe.min.js.
"""

# pyright: standard

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from compare.judge.cases import answers
from report.report_fixture import HOSTILE, RECIPE, config
from report.test_browser import CHROMIUM, DRIVER, FLAGS, started
from tekio.compare.judge.server import JudgeServer
from tekio.compare.judge.session import open_judge_desk
from tekio.instruct.review.server import ReviewServer
from tekio.instruct.review.session import open_desk
from tekio.report import write_report
from tekio.report.several import PAGE, write_several
from tekio.view.runs import OpenRun
from tekio.view.server import ViewServer
from view.view_fixture import open_run

AXE = os.environ.get("TEKIO_AXE", "")
PAGES = ["report", "judge", "judge alone", "review", "view scores", "view answers", "view documents", "view records", "view items?task=chabsa",
         "several", "view ", "view rejected", "view funnel", "view curves", "view record?at=0", f"view document?id={5:016x}", "view items?task=fp2"]  # fmt: skip

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not installed"),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in [*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"]:
        options.add_argument(flag)
    driver = started(lambda: webdriver.Chrome(options=options, service=Service(str(DRIVER))))
    driver.set_script_timeout(120)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    run = open_run(folder / "run")
    write_report(config(), run / "report", run=run, recipe=RECIPE)
    other = shutil.copytree(run, folder / "other")
    write_several([run, other], folder / "compared", recipes=[RECIPE, RECIPE], first="ja")
    answers(folder / "asked", 3, said=HOSTILE)
    row = {"instruction": f"質問です。{HOSTILE}", "input": "", "output": f"回答です。{HOSTILE}"}
    (folder / "records.jsonl").write_text(json.dumps(row) + "\n")
    return folder


@contextmanager
def shown(browser: Any, place: Path, page: str) -> Iterator[None]:
    """The page, open and ready."""
    from tekio.compare.judge.page import write_page

    server: Any = None
    if page == "report":
        address = (place / "run" / "report" / "report.html").as_uri()
    elif page == "several":
        address = (place / "compared" / PAGE).as_uri()
    elif page == "judge alone":
        desk = open_judge_desk(place / "asked")
        write_page(place / "alone.html", desk.judged, "ja", reviewer="Sato", decisions={})
        address = (place / "alone.html").as_uri()
    else:
        if page == "judge":
            desk = open_judge_desk(place / "asked")
            server = JudgeServer(desk.judged, desk.store, "ja", reviewer="Sato")
        elif page == "review":
            review = open_desk(place / "records.jsonl")
            server = ReviewServer(review.items, review.store, "ja", reviewer="Sato")
        else:
            server = ViewServer([OpenRun(place / "run")], "ja")
        server.in_background()
        address = server.url + (f"r0/{page.removeprefix('view ')}" if page.startswith("view ") else "")
    browser.get(address)
    if page in ("judge", "judge alone", "review"):
        until = time.monotonic() + 30
        while not browser.execute_script("return document.body.dataset.ready") and time.monotonic() < until:
            time.sleep(0.05)
    try:
        yield
    finally:
        if server is not None:
            server.shutdown()
            server.server_close()


@pytest.mark.skipif(not AXE, reason="TEKIO_AXE names no axe.min.js")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_serious(browser: Any, place: Path, page: str, scheme: str):
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    with shown(browser, place, page):
        browser.execute_script(Path(AXE).read_text(encoding="utf-8"))
        found = browser.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run(document).then(r => done(r.violations.map(v => [v.impact, v.id, v.nodes[0].html.slice(0, 200)])));"
        )
    assert [item for item in found if item[0] in ("serious", "critical")] == []


WANTED = """
const named = e => e.type === 'radio' ? 'radio ' + e.name : e;
const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')];
const seen = all.filter(e => !e.disabled && e.type !== 'hidden' && e.checkVisibility({visibilityProperty: true}));
window.wanted = new Set(seen.map(named)); window.named = named; return window.wanted.size;
"""
HERE = "const e = document.activeElement; if (e) window.wanted.delete(window.named(e)); return window.wanted.size;"


@pytest.mark.parametrize("page", PAGES)
def test_every_control_is_reached_by_the_tab_key(browser: Any, place: Path, page: str):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    with shown(browser, place, page):
        count = browser.execute_script(WANTED)
        assert count > 2
        browser.execute_script("document.activeElement && document.activeElement.blur(); window.scrollTo(0, 0)")
        left = count
        for _ in range(count + 60):
            ActionChains(browser).send_keys(Keys.TAB).perform()
            left = browser.execute_script(HERE)
            if not left:
                break
        missed = browser.execute_script(
            "return [...window.wanted].map(e => e.outerHTML ? e.outerHTML.slice(0, 160) : e)"
        )
    assert missed == []


@pytest.mark.parametrize("page", PAGES)
def test_hostile_text_is_shown_as_text(browser: Any, place: Path, page: str):
    from selenium.common.exceptions import NoAlertPresentException

    with shown(browser, place, page):
        with pytest.raises(NoAlertPresentException):
            browser.switch_to.alert.accept()
        assert browser.execute_script("return document.querySelectorAll('img[src=x]').length") == 0
        assert browser.title != "taken"
        shows = browser.execute_script("return document.body.innerText")
        if page in ("judge", "judge alone", "review", "report", "view answers"):
            assert "<script>" in shows
        if page in ("judge", "judge alone", "report", "view answers"):
            assert "⟨U+202E⟩" in shows  # what would turn the line around
