"""The pages in a real browser: from signing in over the first event to erasing somebody."""

from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from support.browser import Browser, OtherOrigin
from support.stack import Stack
from support.waiting import wait_for


@pytest.fixture(scope="module")
def browser(shared_stack: Stack) -> Iterator[Browser]:
    browser = Browser(shared_stack)
    try:
        yield browser
        browser.note()
        assert browser.complaints == [], "what pages did that they must not"
    finally:
        browser.close()


@pytest.fixture(scope="module")
def shop() -> Iterator[OtherOrigin]:
    origin = OtherOrigin()
    try:
        yield origin
    finally:
        origin.close()


def send(browser: Browser, path: str, body: dict, content_type: str) -> int:
    """By the page's own `fetch`."""
    return browser.driver.execute_async_script(
        """
        const [address, body, type, done] = arguments;
        fetch(address, {method: 'POST', body: JSON.stringify(body), headers: {'Content-Type': type}})
            .then(answer => done(answer.status), error => done(String(error)))
        """, f"https://127.0.0.1:{browser.stack.https}{path}", body, content_type)


def person(browser: Browser, user: str) -> str:
    found = wait_for(lambda: browser.stack.persons(f"userId={user}"), "the person", timeout=20)
    return f"/persons/{found[0]['id']}"


def test_nobody_sees_anything_without_the_password(browser: Browser) -> None:
    for path in ("/", "/persons", "/companies", "/scanners", "/settings", "/insights"):
        browser.go(path)
        assert browser.path.startswith("/sign-in")
    browser.type("Administrator password", "not the password")
    browser.press("Sign in")
    assert "This is not the password." in browser.main and browser.path.startswith("/sign-in")
    browser.go("/settings")
    browser.type("Administrator password", (browser.stack.state / "hydra-admin-password").read_text().strip())
    browser.press("Sign in")
    assert browser.path == "/settings", "back to where one was going"


def test_an_empty_hydra_says_what_to_do_next(browser: Browser) -> None:
    browser.go("/persons")
    assert browser.all("a[href^='/settings#connect']") and "product usage" in browser.main.lower()
    browser.go("/settings")
    snippet = browser.one("#connect pre").text
    assert f"https://127.0.0.1:{browser.stack.https}/v1/identify" in snippet and "demo-write-key" in snippet


def test_a_usage_scanner_is_made_with_its_weights(browser: Browser) -> None:
    browser.go("/scanners/new")
    assert "Segment Product Usage Scanner" in browser.main
    browser.go("/scanners/new?kind=product_usage")
    browser.type("Name", "Use of the product")
    weight = browser.one("fieldset input[name*='positive' i]")
    weight.clear()
    weight.send_keys("a lot")
    browser.press(submit(browser))
    assert browser.all("[aria-invalid=true]"), "what is wrong stands at its field"
    assert browser.one("fieldset input[name*='positive' i]").get_attribute("value") == "a lot"
    weight = browser.one("fieldset input[name*='positive' i]")
    weight.clear()
    weight.send_keys("3")
    browser.press(submit(browser))
    kinds = {item["kind"]: item for item in browser.stack.ask_hydra("/v1/scanners").json["items"]}
    assert kinds["product_usage"]["definition"]["weights"]["positive"] == 3


def submit(browser: Browser) -> str:
    return browser.one(".form-buttons button[value=save]").text


def test_events_of_another_origins_page_are_in_the_charts_and_the_live_view(browser: Browser, shop: OtherOrigin) -> None:
    browser.go(shop.url)
    identify = {"writeKey": "demo-write-key", "userId": "u-browser", "messageId": "browser-i",
                "traits": {"email": "ada@acme.example", "firstName": "Ada", "lastName": "Doe", "title": "VP of Happiness",
                           "company": {"name": "Acme", "employees": 120, "plan": "business", "industry": "software"}}}
    # application/json is asked for first (a preflight), text/plain is not.
    assert send(browser, "/v1/identify", identify, "application/json") == 200
    for number, flag in enumerate(["Positive", "negative", "Neutral", "positive"]):
        track = {"writeKey": "demo-write-key", "userId": "u-browser", "messageId": f"browser-{number}", "event": "Opened",
                 "properties": {"feature": "Dashboards" if number else "Alerts", "eventFlag": flag}}
        assert send(browser, "/v1/track", track, "text/plain") == 200

    path = person(browser, "u-browser")
    wait_for(lambda: len(browser.stack.events(path.rpartition("/")[2])) == 4, "the events")

    def is_complete() -> bool:
        browser.go(path)
        return "Dashboards" in browser.main and "Executive" not in browser.main and "People" in browser.main

    wait_for(is_complete, "the scanners' word", timeout=20, interval=0.5)
    assert "Ada Doe" in browser.one("h1").text and "Acme" in browser.main and "VP of Happiness" in browser.main
    rows = {row.find_element(By.CSS_SELECTOR, "th").get_attribute("textContent").strip():
            [cell.get_attribute("data-value") for cell in row.find_elements(By.CSS_SELECTOR, "td[data-value]")]
            for row in browser.all("#features-table tbody tr")}
    assert rows == {"Dashboards": ["1", "1", "1"], "Alerts": ["1", "0", "0"]}, "positive, neutral, negative"
    charts = browser.all("canvas[role=img]")
    assert len(charts) == 2 and all(chart.get_attribute("aria-label") for chart in charts)
    drawn = "return [...arguments[0].getContext('2d').getImageData(0, 0, arguments[0].width, arguments[0].height).data]" \
            ".some(value => value !== 0)"
    for chart in charts:
        wait_for(lambda chart=chart: browser.driver.execute_script(drawn, chart), "the chart's drawing")

    browser.go(browser.live_view)
    wait_for(lambda: "browser-3" in browser.text and "delivered" in browser.text, "the events in the live view")
    before = browser.text.count("browser-")
    browser.stack.post("/v1/track", {"messageId": "browser-later", "userId": "u-browser", "event": "Later"})
    wait_for(lambda: "browser-later" in browser.text, "the page to update by itself")
    assert browser.text.count("browser-") > before


def test_a_persona_is_edited_and_the_second_editor_is_told(browser: Browser) -> None:
    browser.go("/scanners")
    browser.press("Persona", within="main")
    edit = browser.path
    first = browser.one("fieldset.group input[name$='name' i]")
    old = first.get_attribute("value")
    first.clear()
    first.send_keys("Champions")

    # Somebody else is quicker.
    scanner = edit.rpartition("/")[2]
    definition = browser.stack.ask_hydra(f"/v1/scanners/{scanner}").json
    answer = browser.stack.request(
        "PATCH", f"/v1/scanners/{scanner}", b'{"name":"Personas of ours"}', key=browser.stack.api_key,
        port=browser.stack.hydra)
    assert answer.status == 200, answer.body
    browser.press(submit(browser))
    assert "newer version" in browser.main, "the second one is told"
    assert browser.one("fieldset.group input[name$='name' i]").get_attribute("value") == "Champions", "and keeps it"
    browser.press("Save over the newer version")
    after = browser.stack.ask_hydra(f"/v1/scanners/{scanner}").json
    assert "Champions" in str(after["definition"]) and old in str(definition["definition"])

    browser.go(edit)
    browser.press("Show what would change")
    assert "Nothing was saved." in browser.main
    browser.press("Run now")
    wait_for(lambda: browser.stack.ask_hydra(f"/v1/scanners/{scanner}/runs").json["items"][0]["state"] == "finished", "the run")


def test_a_key_is_rotated_with_grace_and_shown_once(browser: Browser) -> None:
    old = browser.stack.api_key
    browser.go("/settings")
    browser.press("Rotate", within="#keys")
    browser.press(browser.one("main form button[type=submit]").text)
    shown = browser.one("#new-key")
    key = shown.get_attribute("value") or shown.text
    assert key.startswith("hk_") and key != old
    assert browser.stack.request("GET", "/v1/persons", key=key, port=browser.stack.hydra).status == 200
    assert browser.stack.request("GET", "/v1/persons", key=old, port=browser.stack.hydra).status == 200, "grace"
    browser.go("/settings")
    assert not browser.all("#new-key") and key not in browser.driver.page_source, "never again"


def test_by_keyboard_alone(browser: Browser) -> None:
    browser.go(person(browser, "u-browser"))
    active = browser.driver.switch_to.active_element
    active.send_keys(Keys.TAB)
    skip = browser.driver.switch_to.active_element
    assert "skip" in skip.text.lower() and skip.is_displayed(), "the first stop leads past the navigation"
    skip.send_keys(Keys.ENTER)
    assert browser.driver.execute_script("return document.activeElement.id") == "main"
    summary = browser.one("details summary")
    browser.driver.execute_script("arguments[0].focus()", summary)
    outline = browser.driver.execute_script("return getComputedStyle(arguments[0]).outlineStyle", summary)
    assert outline != "none", "where one is can be seen"
    is_open = "return arguments[0].parentElement.open"
    before = browser.driver.execute_script(is_open, summary)
    summary.send_keys(Keys.ENTER)
    assert browser.driver.execute_script(is_open, summary) != before


def test_absurd_questions_get_a_page_that_says_what_is_wrong(browser: Browser) -> None:
    for path, words in (("/persons/p_nobody", "no such person"), ("/companies/c_none", "no such company"),
                        ("/scanners/s_none", "no such scanner"), ("/nothing/here", "no such page"),
                        ("/persons?cursor=stale", "cursor")):
        browser.go(path)
        assert browser.all("h1") and words in browser.text.lower(), f"{path}: {browser.text[:300]}"
    browser.go("/settings")
    browser.driver.execute_script("document.querySelector('#key-name').removeAttribute('required')")
    browser.press("Make a key")
    assert browser.one("#key-name").get_attribute("aria-invalid") == "true"


def test_a_person_is_erased_after_a_question(browser: Browser) -> None:
    path = person(browser, "u-browser")
    browser.go(path)
    browser.press("Erase this person…")
    assert "Ada Doe" in browser.main and browser.path == f"{path}/erase"
    browser.press("Cancel")
    assert browser.path.startswith(path)
    browser.go(f"{path}/erase")
    browser.press(browser.one("main button.btn-danger").text)
    assert browser.path.startswith("/persons") and browser.stack.persons("userId=u-browser") == []
    browser.go(path)
    assert "no such person" in browser.main.lower()


def test_signing_out_ends_the_session(browser: Browser) -> None:
    cookie = browser.driver.get_cookie("__Host-hydra")
    assert cookie["secure"] and cookie["httpOnly"] and cookie["sameSite"] in ("Lax", "Strict")
    browser.go("/persons")
    browser.press("Sign out")
    assert browser.path.startswith("/sign-in")
    browser.command("Network.setCookie", {
        "name": "__Host-hydra", "value": cookie["value"], "url": browser.hydra, "secure": True, "path": "/"})
    browser.go("/persons")
    assert browser.path.startswith("/sign-in"), "an ended session does not come back with its cookie"
    browser.sign_in()
