"""A real browser, the same for every walk, and how it knows that a page has come to rest."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
STREAMLITS = {"presentation-role-conflict"}  # its file uploader's drop zone, which we cannot change


@pytest.fixture(scope="package")
def browser(chromium_path):
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def look(browser):
    """`look(address)`: a page in a browser of its own, come to rest, with the hosts it spoke to and its errors."""
    contexts = []

    def go(address: str, width: int = 1280, theme: str = "light", height: int = 900):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme))
        tab = contexts[-1].new_page()
        tab.hosts, tab.faults = set(), []
        tab.on("request", lambda request: tab.hosts.add(request.url.split("/")[2].split(":")[0]))
        tab.on("pageerror", lambda error: tab.faults.append(str(error)))
        tab.goto(address)
        settled(tab)
        return tab

    yield go
    for context in contexts:
        context.close()


# The run is over, nothing of an earlier run is still shown, and nothing fades or slides any more: what is measured in
# the middle of a fade is paler than what people read. The status widget cannot tell: it comes only after a while.
AT_REST = """() =>
    document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-testid=stMain] [data-stale=true]')
    && document.getAnimations().every(moving =>
        moving.playState !== 'running' || moving.effect.getComputedTiming().endTime === Infinity)
"""


def settled(tab) -> None:
    expect(tab.get_by_role("heading", level=1)).to_be_visible(timeout=60_000)
    for _ in range(2):  # a rerun may follow the first run at once: what stands must still stand a moment later
        tab.wait_for_function(AT_REST, timeout=60_000)
        tab.wait_for_timeout(200)
    tab.wait_for_function(AT_REST, timeout=60_000)


def violations(tab) -> list:
    """What axe-core finds wrong, by rule and place."""
    found = Axe().run(tab, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        (rule["id"], [node["target"] for node in rule["nodes"]][:3]) for rule in found if rule["id"] not in STREAMLITS
    ]
