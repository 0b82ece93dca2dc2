"""Every page with much data and with hostile data: shown as text, usable by everybody, on any screen, with and without scripts."""

import json
import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from selenium.webdriver.common.keys import Keys

from support.browser import Browser
from support.stack import Stack
from support.waiting import wait_for
from test_findings import sample

# Markup, ends of scripts and attributes, quotes that a combining mark follows, marks that turn the text around.
HOSTILE = [
    "<script>window.pwned=1</script>",
    "</script><script>window.pwned=1</script>",
    "\"><img src=x onerror=window.pwned=1>",
    "'\u0301 onmouseover=window.pwned=1 x='",
    "\"\u200d onfocus=window.pwned=1 autofocus x=\"",
    "<\u0301img src=x onerror=window.pwned=1>",
    "\u202etpircs<\u2066 {{{name}}} {{name}} &lt;b&gt;",
    "javascript:window.pwned=1",
]


@pytest.fixture(scope="module")
def filled(shared_stack: Stack) -> Stack:
    """With a sample, and one person and one company whose every word is hostile."""
    done = sample(shared_stack, "--persons", "200", "--days", "45", "--seed", "2")
    assert done.returncode == 0, done.stderr
    for number, text in enumerate(HOSTILE):
        # What a template should have filled in is nobody's id.
        id = text.replace("{", "(").replace("}", ")")
        traits = {"email": f"x{number}@evil.example", "name": f"{text} {number}", "title": f"CTO {text}", text: text,
                  "company": {"name": f"Evil {text}", "id": "evil", "industry": text, text: text}}
        assert shared_stack.post(
            "/v1/identify", {"userId": f"evil {id}", "anonymousId": id, "traits": traits}).status == 200
        properties = {"feature": text, "eventFlag": text, text: {text: [text]}}
        for flag in (text, "negative", "positive"):
            assert shared_stack.post("/v1/track", {
                "userId": f"evil {id}", "event": text, "properties": {**properties, "eventFlag": flag}}).status == 200
    name = json.dumps({"kind": "persona", "name": f"Personas {HOSTILE[1]}", "definition": {"personas": [
        {"name": HOSTILE[0], "description": HOSTILE[2], "match": "all",
         "conditions": [{"subject": "trait.name", "operator": "contains", "value": HOSTILE[0]}]}]}}).encode()
    made = shared_stack.request("POST", "/v1/scanners", name, key=shared_stack.api_key, port=shared_stack.hydra)
    assert made.status in (201, 422), made.body
    shared_stack.drained()
    wait_for(lambda: shared_stack.ask_hydra("/v1/patterns").json["asOf"], "the patterns", timeout=60)
    return shared_stack


@pytest.fixture(scope="module")
def browser(filled: Stack) -> Iterator[Browser]:
    browser = Browser(filled)
    try:
        browser.sign_in()
        yield browser
        browser.note()
        assert browser.complaints == [], "what pages did that they must not"
    finally:
        browser.close()


@pytest.fixture(scope="module")
def pages(browser: Browser) -> dict[str, str]:
    """Every page by its name."""
    stack = browser.stack
    person = stack.persons("sort=-uses&limit=1")[0]["id"]
    evil = stack.ask_hydra("/v1/persons?q=evil.example").json["items"][0]
    companies = stack.ask_hydra("/v1/companies?sort=-persons&limit=1").json["items"]
    scanners = {item["kind"]: item["id"] for item in stack.ask_hydra("/v1/scanners").json["items"]}
    key = stack.ask_hydra("/v1/settings/keys").json["items"][0]["id"]
    return {
        "persons": "/persons", "found persons": "/persons?q=evil&sort=-lastSeenAt", "person": f"/persons/{person}",
        "hostile person": f"/persons/{evil['id']}?days=all", "erase": f"/persons/{evil['id']}/erase",
        "companies": "/companies", "company": f"/companies/{companies[0]['id']}",
        "hostile company": f"/companies/{evil['company']['id']}", "insights": "/insights", "scanners": "/scanners",
        "new scanner": "/scanners/new", **{f"{kind} scanner": f"/scanners/{name}" for kind, name in scanners.items()},
        "new profile": "/scanners/new?kind=ideal_customer_profile", "settings": "/settings",
        "rotate": f"/settings/keys/{key}/rotate", "revoke": f"/settings/keys/{key}/revoke",
        "not found": "/persons/p_nobody", "live view": browser.live_view, "sign in": "/sign-in",
    }


def test_the_watchers_see_what_they_are_there_for(browser: Browser, pages: dict[str, str]) -> None:
    """Each kind of fault is planted once: a suite that cannot complain proves nothing."""
    before = list(browser.complaints)
    plants = {
        "policy violated": "const script = document.createElement('script'); script.textContent = 'window.pwned = 1';"
                           "document.body.append(script)",
        "style": "const style = document.createElement('style'); style.textContent = 'body { color: red }';"
                 "document.head.append(style)",
        "img-src": "document.body.append(Object.assign(new Image(), { src: 'https://localhost:1/x.png' }))",
        "a script from data ran": "window.pwned = 1",
        "status of 404": "document.body.append(Object.assign(new Image(), { src: '/nothing-is-here.png' }))",
        "Uncaught": "setTimeout(() => { throw new Error('planted') })",
    }
    try:
        for complaint, plant in plants.items():
            browser.complaints = []
            browser.go(pages["persons"])
            browser.driver.execute_script(plant)

            def is_seen(complaint: str = complaint) -> bool:
                browser.note()
                return any(complaint in each for each in browser.complaints)

            wait_for(is_seen, f"a complaint about: {complaint}", timeout=10)
        browser.go(pages["persons"])
        browser.driver.execute_script("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=\"data:,\">')")
        assert any("image-alt" in each for each in browser.accessibility())
    finally:
        browser.complaints = before


def test_hostile_words_are_shown_as_text_everywhere(browser: Browser, pages: dict[str, str]) -> None:
    for path in pages.values():
        browser.go(path)
    for number, text in enumerate(HOSTILE):
        found = browser.stack.ask_hydra(f"/v1/persons?email=x{number}@evil.example").json["items"]
        assert len(found) == 1, f"{len(found)} persons have the address x{number}@evil.example"
        found = found[0]
        browser.go(f"/persons/{found['id']}?days=all")
        shown = browser.driver.execute_script("return document.body.textContent")
        # As heading, job title, trait name and value, event, feature and property.
        assert shown.count(text) >= 6, f"{text!r} stands {shown.count(text)} times"
        assert f"{text} {number}" in browser.driver.execute_script("return document.querySelector('h1').textContent")
        for element in browser.all("main details"):
            browser.driver.execute_script("arguments[0].open = true", element)
        browser.note()
    # What is asked comes back in the page, too.
    for text in HOSTILE:
        browser.go(f"/persons?q={quote(text)}&company={quote(text)}&cursor={quote(text)}")
        browser.go(f"/sign-in?next={quote(text)}")
        browser.go(f"{browser.live_view}?q={quote(text)}&source={quote(text)}")
    browser.note()
    assert browser.complaints == []
    assert not browser.all("img[src=x]")


def test_forms_keep_hostile_words_as_they_were_typed(browser: Browser) -> None:
    browser.go("/scanners/new?kind=persona")
    field = browser.field("Name")
    text = HOSTILE[2] + HOSTILE[4]
    browser.driver.execute_script("arguments[0].value = arguments[1]", field, text)
    browser.press("Add a persona")
    assert browser.field("Name").get_attribute("value") == text
    browser.press("Edit as JSON")
    assert browser.field("Name").get_attribute("value") == text


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_everybody_can_use_every_page(browser: Browser, pages: dict[str, str], width: int, scheme: str) -> None:
    problems: list[str] = []
    with browser.size(width), browser.scheme(scheme):
        for name, path in pages.items():
            browser.go(path)
            problems += browser.accessibility()
            if browser.overflow() > 0:
                problems.append(f"{name} is {browser.overflow()} px wider than a window of {width}")
            assert len(browser.all("h1")) == 1, f"{name} has {len(browser.all('h1'))} main headings"
    assert problems == []


def test_everybody_can_mend_a_mistake(browser: Browser) -> None:
    """A form that was refused, and its other form, as an assistive technology meets them."""
    problems: list[str] = []
    for width, scheme in ((1280, "light"), (390, "dark")):
        with browser.size(width), browser.scheme(scheme):
            browser.go("/scanners/new?kind=persona")
            browser.field("Name").clear()
            # As a browser that does not check forms itself.
            browser.driver.execute_script("document.querySelector('button[value=save]').form.noValidate = true")
            browser.press("Make the scanner")
            wait_for(lambda: browser.all("[aria-invalid=true]"), "what is wrong")
            browser.note()
            problems += browser.accessibility()
            browser.press("Edit as JSON")
            problems += browser.accessibility()
            assert browser.overflow() <= 0
    assert problems == []


def test_every_page_works_without_scripts(browser: Browser, pages: dict[str, str]) -> None:
    with browser.without_scripts():
        for name, path in pages.items():
            browser.get(path)
            page = browser.driver.page_source
            assert "<h1" in page, name
            if name in ("person", "company"):
                assert page.count("<table") >= 3 and 'class="chart-table' in page, f"{name} has a table for each chart"
        # A form does its work.
        browser.get("/scanners/new?kind=persona")
        before = len(browser.all("fieldset.group"))
        browser.one("button[value='add:personas']").send_keys(Keys.ENTER)
        wait_for(lambda: len(browser.all("fieldset.group")) == before + 1, "one more persona to fill in")
        browser.get("/persons")
        browser.one("input[name=q]").send_keys("evil")
        browser.one("input[name=q]").send_keys(Keys.ENTER)
        wait_for(lambda: "q=evil" in browser.driver.current_url, "the search")
        assert "evil.example" in browser.driver.page_source


def test_times_are_the_viewers_with_utc_at_hand(browser: Browser, pages: dict[str, str]) -> None:
    browser.command("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Tokyo"})
    try:
        browser.go(pages["person"])
        moment = browser.one("time[datetime]")
        assert "UTC" in (moment.get_attribute("title") or "")
        zones = browser.driver.execute_script(
            """
            const times = [...document.querySelectorAll('time[data-local]')];
            return times.map(time => [time.textContent, new Date(time.dateTime).toLocaleTimeString('en-US', {
                hour: 'numeric', minute: '2-digit', timeZone: 'Asia/Tokyo'})]).filter(([text]) => /:/.test(text));
            """)
        assert zones and all(expected in text.replace("\u202f", " ") for text, expected in
                             [(text, expected.replace("\u202f", " ")) for text, expected in zones]), zones[:3]
    finally:
        browser.command("Emulation.setTimezoneOverride", {"timezoneId": ""})


def test_pages_are_made_quickly(browser: Browser, pages: dict[str, str]) -> None:
    """Figures to read; the bound is far above what a page takes, since machines differ."""
    cookie = browser.driver.get_cookie("__Host-hydra")["value"]
    slowest = 0.0
    for name, path in pages.items():
        if not path.startswith("/"):
            continue
        times = []
        for _ in range(5):
            begin = time.perf_counter()
            answer = browser.stack.request(
                "GET", path, headers={"Cookie": f"__Host-hydra={cookie}"}, key=None, port=browser.stack.hydra)
            times.append((time.perf_counter() - begin) * 1000)
            assert answer.status in (200, 404), f"{name}: {answer.status}"
        print(f"{name:<28}{statistics.median(times):6.1f} ms")
        slowest = max(slowest, statistics.median(times))
    assert slowest < 2000


def test_pictures_of_every_page(browser: Browser, pages: dict[str, str], tmp_path: Path) -> None:
    """Kept where HYDRA_PICTURES says, to be looked at; each shows something."""
    place = Path(os.environ.get("HYDRA_PICTURES") or tmp_path)
    place.mkdir(parents=True, exist_ok=True)
    for width in (1280, 390):
        with browser.size(width):
            for name, path in pages.items():
                browser.go(path)
                wait_for(lambda: browser.driver.execute_script(
                    "return document.getAnimations().every(one => one.playState !== 'running')"), "the page to be still")
                height = browser.driver.execute_script("return document.documentElement.scrollHeight")
                with browser.size(width, min(height, 4000)):
                    file = place / f"{name.replace(' ', '-')}-{width}.png"
                    browser.driver.save_screenshot(str(file))
                    assert file.stat().st_size > 5000, f"{name} is empty"
