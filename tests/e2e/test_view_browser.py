"""The viewer and the pages in a real browser, at desktop and phone width: clicks, filters, keys.

Skipped where playwright or Chromium is not installed; the browser is the system's own.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.viewing import a_run

from fastdistill.view.serving import Viewer
from fastdistill.view.single import write_page

WIDTHS = {"desktop": 1280, "phone": 390}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    return a_run(tmp_path_factory.mktemp("browser") / "run")


@pytest.fixture(scope="module")
def browser(run: Path) -> Iterator[Any]:
    """Start after the run is made: playwright keeps an event loop in this thread."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no Chromium on the PATH")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_person_filters_opens_moves_and_says_a_verdict_is_wrong(
    browser: Any, run: Path, tmp_path: Path, width: int
) -> None:
    cases = tmp_path / "cases.jsonl"
    with Viewer(folder=run, cases=cases).start() as viewer:
        page, said = _page(browser, width)
        page.goto(viewer.url)
        assert "token" not in page.url
        _wait(page, "document.querySelectorAll('select[name=reason] option').length > 2")
        page.select_option("select[name=reason]", "refusal")
        page.wait_for_url("**reason=refusal**")
        assert page.locator("table.tasks tbody tr").count() == 2
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/task/5**")
        page.keyboard.press("j")
        page.wait_for_url("**/task/12**")
        page.keyboard.press("k")
        page.wait_for_url("**/task/5**")
        page.keyboard.press("?")
        assert page.locator("dialog#keys").is_visible()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="This verdict is wrong: accept").first.click()
        page.wait_for_selector("text=You said")
        assert cases.read_text(encoding="utf-8").count("\n") == 1
        page.keyboard.press("u")
        page.wait_for_selector("table.tasks")
        assert _fits(page, width)
        assert said == []
        page.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_what_models_say_never_runs_and_never_breaks_a_page(
    browser: Any, run: Path, tmp_path: Path, width: int
) -> None:
    single = tmp_path / "single.html"
    write_page(run, single, 100)
    with Viewer(folder=run).start() as viewer:
        page, said = _page(browser, width)
        page.goto(viewer.url)
        origin = viewer.url.split("/?")[0]
        files = [single.as_uri(), (run / "report.html").as_uri()]
        for address in (*(f"{origin}/task/{n}" for n in (1, 3, 4)), *files):
            page.goto(address)
            assert page.title() != "owned"
            assert page.locator("img").count() == 0
            assert _fits(page, width)
        page.goto(files[0])
        page.select_option("#status", "failed")
        assert page.locator("details.one:visible").count() == 2
        page.keyboard.press("Tab")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("j")
        assert page.locator("details.one[open]").count() == 1
        assert said == []
        page.close()


def _page(browser: Any, width: int) -> tuple[Any, list[str]]:
    """Return a page, and what goes wrong on it."""
    said = list[str]()
    page = browser.new_context(viewport={"width": width, "height": 800}).new_page()
    page.set_default_timeout(60_000)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    return page, said


def _wait(page: Any, holds: str) -> None:
    for _ in range(60):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(250)
        page.reload()
    pytest.fail(holds)


def _fits(page: Any, width: int) -> bool:
    """Whether nothing makes the page wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth")) <= width
