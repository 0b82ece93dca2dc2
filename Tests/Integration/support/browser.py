"""A headless Chromium that goes to the pages as a person does, and keeps account of what a page must never do."""

import contextlib
import importlib.util
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import ElementClickInterceptedException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from .stack import Stack
from .waiting import wait_for

# Before any script of a page: what the policy kept from running, and what ran that should not have.
WATCH = """
addEventListener('securitypolicyviolation', event => {
  const found = JSON.parse(sessionStorage.getItem('violations') || '[]');
  found.push(`${location.pathname}: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  sessionStorage.setItem('violations', JSON.stringify(found));
});
"""


class Browser:
    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        options = webdriver.ChromeOptions()
        for argument in (
                "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--ignore-certificate-errors",
                "--disable-background-networking", "--disable-component-update", "--no-first-run",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost", "--window-size=1280,900"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        options.binary_location = shutil.which("chromium") or "/usr/bin/chromium"
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.driver.set_page_load_timeout(30)
        self.driver.set_script_timeout(60)
        self.command("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        self.complaints: list[str] = []
        # Documents that were asked for; the console's lines about one may come after the next.
        self.asked: set[str] = set()

    def close(self) -> None:
        self.driver.quit()

    def command(self, name: str, arguments: dict[str, Any]) -> Any:
        return self.driver.execute_cdp_cmd(name, arguments)

    # Going about

    @property
    def hydra(self) -> str:
        return f"https://127.0.0.1:{self.stack.hydra}"

    @property
    def live_view(self) -> str:
        return f"http://127.0.0.1:{self.stack.http}/-/live-events"

    def go(self, address: str) -> None:
        self.get(address)
        self.note()

    def get(self, address: str) -> None:
        """Without a look at what the page has to be blamed for."""
        address = self.hydra + address if address.startswith("/") else address
        self.asked.add(address)
        self.driver.get(address)

    @property
    def path(self) -> str:
        return self.driver.execute_script("return location.pathname + location.search")

    def sign_in(self) -> None:
        password = (self.stack.state / "hydra-admin-password").read_text().strip()
        self.go("/sign-in")
        self.type("Administrator password", password)
        self.press("Sign in")
        wait_for(lambda: self.path == "/persons", "the persons page")

    # What is on a page, found as a person finds it: by its words

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        found = self.all(selector)
        assert found, f"{self.path} has no {selector}"
        return found[0]

    @property
    def text(self) -> str:
        return self.one("body").text

    @property
    def main(self) -> str:
        return self.one("main").text

    def field(self, label: str) -> WebElement:
        """What a label of this text is for."""
        for element in self.all("label"):
            if element.get_attribute("textContent").strip() == label:
                return self.driver.find_element(By.ID, element.get_attribute("for"))
        raise AssertionError(f"{self.path} has no field {label}")

    def type(self, label: str, text: str) -> None:
        field = self.field(label)
        field.clear()
        field.send_keys(text)

    def press(self, text: str, within: str = "body") -> None:
        """A button or a link with this text."""
        for element in self.all(f"{within} button, {within} a"):
            if element.is_displayed() and element.text.split("\n")[0].strip() == text:
                before = self.one("html")
                wait_for(lambda element=element: self.click(element), "the page to hold still")
                # Submitting and following lead to another document, however alike.
                if element_leads_away(self, before):
                    self.note()
                return
        raise AssertionError(f"{self.path} has nothing to press that says {text}")

    def click(self, element: WebElement) -> bool:
        """False while the page is still moving under the pointer."""
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        try:
            element.click()
        except ElementClickInterceptedException:
            return False
        return True

    # What must never be

    def note(self) -> None:
        """Remembers what the page has to be blamed for so far."""
        found = self.driver.execute_script("return sessionStorage.getItem('violations')")
        if found:
            self.complaints.append(f"policy violated: {found}")
            self.driver.execute_script("sessionStorage.removeItem('violations')")
        if self.driver.execute_script("return window.pwned"):
            self.complaints.append(f"{self.path}: a script from data ran")
        # A page that answers 4xx on purpose is logged by the browser as a resource that failed to load; whatever else
        # it loads must be there.
        self.asked.add(self.driver.current_url.split("#")[0])
        for entry in self.driver.get_log("browser"):
            document, _, fault = entry["message"].partition(" - Failed to load resource: ")
            if fault.startswith("the server responded with a status of 4") and document in self.asked:
                continue
            if entry["level"] == "SEVERE":
                self.complaints.append(entry["message"])

    def overflow(self) -> int:
        """By how much the page is wider than the window."""
        return self.driver.execute_script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth")

    @contextlib.contextmanager
    def size(self, width: int, height: int = 900) -> Iterator[None]:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.command("Emulation.setDeviceMetricsOverride", metrics)
        try:
            yield
        finally:
            self.command("Emulation.clearDeviceMetricsOverride", {})

    @contextlib.contextmanager
    def scheme(self, name: str) -> Iterator[None]:
        features = [{"name": "prefers-color-scheme", "value": name}]
        self.command("Emulation.setEmulatedMedia", {"features": features})
        try:
            yield
        finally:
            self.command("Emulation.setEmulatedMedia", {"features": []})

    @contextlib.contextmanager
    def without_scripts(self) -> Iterator[None]:
        self.command("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            yield
        finally:
            self.command("Emulation.setScriptExecutionDisabled", {"value": False})

    def accessibility(self) -> list[str]:
        """What axe-core finds that is serious or worse, in folded parts, too."""
        self.driver.execute_script("for (const part of document.querySelectorAll('details')) part.open = true")
        self.driver.execute_script(AXE)
        found = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run().then(result => done(result.violations), error => done(String(error)))")
        assert isinstance(found, list), found
        return [f"{self.path}: {rule['id']} ({rule['impact']}): {rule['nodes'][0]['html'][:160]}"
                for rule in found if rule["impact"] in ("serious", "critical")]


def element_leads_away(browser: Browser, before: WebElement) -> bool:
    """Waits for the next document; false if there is none, because the press changed something on this one."""
    def is_gone() -> bool:
        try:
            before.is_enabled()
        except WebDriverException:  # Of an element of a document that is no more, in one of its forms.
            return True
        return False

    with contextlib.suppress(AssertionError):
        wait_for(is_gone, "the next page", timeout=3, interval=0.02)
        wait_for(lambda: browser.driver.execute_script("return document.readyState") == "complete", "the page")
        return True
    return False


def axe_source() -> str:
    spec = importlib.util.find_spec("axe_playwright_python")
    assert spec and spec.submodule_search_locations, "Tests/run installs axe-playwright-python, which carries axe-core"
    return (Path(spec.submodule_search_locations[0]) / "axe.min.js").read_text()


AXE = axe_source()


class OtherOrigin:
    """A page of another site on this machine: one empty document."""

    def __init__(self) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802
                body = b"<!doctype html><title>a shop</title><link rel=icon href=data:,>"
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server.server_address[1]}/"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
