"""The page in a real browser without a network: nothing is requested, nothing is complained of, both languages show."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from report.report_fixture import HOSTILE, RECIPE, answers, config, full_run, write_stage
from tekio.report import write_report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-dev-shm-usage", "--window-size=1100,1400", "--hide-scrollbars",
]  # fmt: skip

pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not installed")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = full_run(tmp_path_factory.mktemp("browser") / "fixture", without=("compare",))
    rows: list[Any] = answers()
    rows[0]["answers"]["tuned"]["text"] = HOSTILE
    write_stage(folder, "compare", {"answers.jsonl": rows, "summary.json": {}})
    write_report(config(), folder / "report", run=folder, recipe=RECIPE)
    return folder / "report" / "report.html"


def started(start: Callable[[], Any], tries: int = 3) -> Any:
    """A browser; on a machine under heavy load it may need more than the driver's minute to come up."""
    from selenium.common.exceptions import SessionNotCreatedException

    for left in reversed(range(tries)):
        try:
            return start()
        except SessionNotCreatedException:
            if not left:
                raise
    raise AssertionError


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in [*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = started(lambda: webdriver.Chrome(options=options, service=Service(str(DRIVER))))
    driver.execute_cdp_cmd("Network.enable", {})
    offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
    yield driver
    driver.quit()


def opened(browser: Any, page: Path) -> None:
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(page.as_uri())


def requested(browser: Any) -> list[str]:
    """Everything the page asked for besides itself and data: addresses."""
    import json

    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    return [url for url in urls if not url.startswith("data:")]


def test_the_page_loads_without_a_request_or_a_complaint(browser: Any, page: Path):
    opened(browser, page)
    assert browser.get_log("browser") == []
    assert requested(browser) == [page.as_uri()]


def test_the_language_switch_shows_one_language_at_a_time_by_keyboard_or_mouse(browser: Any, page: Path):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    opened(browser, page)

    def shown() -> str:
        return browser.find_element(By.TAG_NAME, "main").text

    assert "注意点" in shown()
    assert "What to distrust" not in shown()
    browser.find_element(By.CSS_SELECTOR, 'label[for="lang-en"]').click()
    assert "What to distrust" in shown()
    assert "判別できない" not in shown()
    browser.find_element(By.ID, "lang-en").send_keys(Keys.ARROW_LEFT)
    assert "注意点" in shown()


def test_hostile_answers_stay_text(browser: Any, page: Path):
    from selenium.common.exceptions import NoAlertPresentException
    from selenium.webdriver.common.by import By

    opened(browser, page)
    with pytest.raises(NoAlertPresentException):
        browser.switch_to.alert.accept()
    texts = [item.text for item in browser.find_elements(By.CSS_SELECTOR, ".column .text")]
    assert any("<script>alert(1)</script>" in text and "⟨U+202E⟩ecalp" in text for text in texts)


CONTRAST = """
const out = [];
const channel = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
const parse = s => (s.match(/[\\d.]+/g) || []).map(Number);
for (const node of document.querySelectorAll('main *, header *')) {
  const own = [...node.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  if (!own || !node.offsetParent && !(node instanceof SVGElement)) continue;
  const style = getComputedStyle(node);
  const ink = parse(node instanceof SVGElement ? style.fill : style.color);
  let back = null;
  for (let up = node; up; up = up.parentElement) {
    const c = parse(getComputedStyle(up).backgroundColor);
    if (c.length === 3 || c[3] > 0) { back = c; break; }
  }
  back = back || [255, 255, 255];
  const [a, b] = [light(ink), light(back)].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < 4.5) out.push(node.tagName + '.' + node.getAttribute('class') + ' ' + ratio.toFixed(2) + ' ' + node.textContent.slice(0, 30));
}
return out;
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast_in_light_and_dark(browser: Any, page: Path, scheme: str):
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    opened(browser, page)
    assert browser.execute_script(CONTRAST) == []  # WCAG 2.2 AA: 4.5 to 1


@pytest.mark.parametrize("width", [360, 800, 1400])
def test_the_page_never_scrolls_sideways(browser: Any, page: Path, width: int):
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    opened(browser, page)
    overflow = browser.execute_script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert overflow <= 0


def test_it_prints_on_a4(browser: Any, page: Path):
    import base64
    import io

    import pypdfium2

    opened(browser, page)
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    document = pypdfium2.PdfDocument(io.BytesIO(base64.b64decode(printed["data"])))
    width, height = document[0].get_size()
    assert (round(width), round(height)) == (595, 842)
    first = document[0].get_textpage().get_text_range()
    assert "結論" in first
    assert "English" not in first  # the switch is not printed
    assert 5 < len(document) < 30
