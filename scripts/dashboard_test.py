#!/usr/bin/env python3
"""Looks at the dashboard in a real browser while the server is overloaded.

Usage: dashboard_test.py [--screenshots FOLDER] PATH_OF_KUNSERVE [ARGUMENTS OF serve…]

Starts the server with two small instances, sends more requests than their KV holds, opens the page
in headless Chromium, and checks in the page itself that it shows the instances with real numbers,
charts and events, that the what-if box answers, and that it says so when the server is gone. Uses
the standard library and loopback only; every wait has an end. Chromium is installed as a Debian
package when it is missing and this runs as root.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from local_server import HOST, free_port, wait_until_healthy

DEFAULT_ARGUMENTS = ["--data-parallel-size", "2", "--memory-per-instance", "26MiB"]
CLIENTS = 48


def main() -> None:
    options = arguments()
    chromium = find_chromium()
    port = free_port()
    command = [options.binary, "serve", "--host", HOST, "--port", str(port)]
    command += ["--shutdown-timeout", "2", *(options.arguments or DEFAULT_ARGUMENTS)]
    server = subprocess.Popen(command)
    try:
        wait_until_healthy(server, port)
        with Load(port) as load, Browser(chromium) as browser:
            page = browser.open(f"http://{HOST}:{port}/", width=1280, height=1400)
            check_page(page, options.screenshots)
            load.stopped.set()
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)
            check_loss(page)
    finally:
        if server.poll() is None:
            server.kill()
            server.wait(timeout=10)
    print("dashboard: passed")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Tests the dashboard in a real browser.")
    parser.add_argument("--screenshots", type=Path, default=Path(".build"), metavar="FOLDER")
    parser.add_argument("binary")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    options.screenshots.mkdir(parents=True, exist_ok=True)
    return options


def find_chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    expect(os.geteuid() == 0, "there is no Chromium; install the package 'chromium'")
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
        check=True, stdout=subprocess.DEVNULL)
    return shutil.which("chromium") or "chromium"


def check_page(page: Page, folder: Path) -> None:
    page.wait_for("document.querySelectorAll('.card').length >= 2", "two instance cards")
    page.wait_for("byText('.top #link', 'Live')", "a live connection")
    page.wait_for("document.querySelector('#events li time')", "an event", seconds=90)
    check_cards(page)
    check_charts(page)
    page.screenshot(folder / "dashboard.png")
    check_what_if(page)
    page.resize(400, 3200)
    width = page.value("document.documentElement.scrollWidth")
    expect(width <= 400, f"the page is {width} pixels wide on a screen of 400")
    page.screenshot(folder / "dashboard-narrow.png")
    page.dark()
    page.resize(1280, 1400)
    page.screenshot(folder / "dashboard-dark.png")
    expect(not page.errors, f"errors in the page: {page.errors}")


def check_cards(page: Page) -> None:
    """The bars say what the server says, and their parts fill the budget."""
    cards = page.value("""[...document.querySelectorAll('.card')].map((card) => ({
        title: card.querySelector('h3').textContent,
        cells: card.querySelectorAll('.cells i').length,
        label: card.querySelector('.bar').getAttribute('aria-label'),
        width: card.querySelector('.bar').getBoundingClientRect().width,
        parts: [...card.querySelectorAll('.bar > i')].map((part) => ({
            grow: Number(part.style.flexGrow), width: part.getBoundingClientRect().width})),
    }))""")
    for card in cards:
        name = card["title"]
        total = sum(part["grow"] for part in card["parts"])
        expect(card["cells"] >= 3, f"{name} shows {card['cells']} units")
        expect("Weights" in card["label"] and "iB" in card["label"], f"{name}: {card['label']}")
        expect(total >= 1 << 20, f"the bar of {name} stands for {total} bytes")
        drawn = sum(part["width"] for part in card["parts"])
        expect(drawn >= 0.9 * card["width"], f"the bar of {name} is {drawn} pixels wide")
    expect({card["title"] for card in cards} >= {"Instance 0", "Instance 1"}, f"cards: {cards}")


def check_charts(page: Page) -> None:
    page.wait_for(
        "[...document.querySelectorAll('.charts .line')].some((line) =>"
        " (line.getAttribute('d') || '').split('L').length > 12)", "a drawn history")
    for tile in ("running", "waiting", "kv"):
        text = page.value(f"document.getElementById('n-{tile}').textContent")
        expect(any(letter.isdigit() for letter in text), f"the tile {tile} says {text!r}")


def check_what_if(page: Page) -> None:
    page.value("document.getElementById('w-ask').click()")
    page.wait_for("document.querySelector('#answer .lead')", "a prediction", seconds=90)
    text = page.value("document.querySelector('#answer').innerText")
    expect("%" in text and "p99" in text, f"the prediction says {text!r}")


def check_loss(page: Page) -> None:
    page.wait_for("document.body.classList.contains('stale')", "the loss to show", seconds=15)
    page.wait_for("document.getElementById('top').dataset.link === 'lost'", "a lost connection")


class Load:
    """Clients that ask for long answers, one after the other, until they are stopped."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.stopped = threading.Event()
        self.threads = [
            threading.Thread(target=self.ask, args=(number,), daemon=True)
            for number in range(CLIENTS)
        ]

    def __enter__(self) -> Load:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()

    def ask(self, number: int) -> None:
        message = {"role": "user", "content": f"Write scene {number} of a long play. " * 8}
        body = {"messages": [message], "max_tokens": 600, "ignore_eos": True, "seed": number}
        while not self.stopped.is_set():
            try:
                connection = http.client.HTTPConnection(HOST, self.port, timeout=120)
                headers = {"Content-Type": "application/json"}
                connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
                connection.getresponse().read()
                connection.close()
            except (OSError, http.client.HTTPException):
                pass
            self.stopped.wait(0.2)


class Browser:
    """Headless Chromium, driven over the pipe that its debugging protocol offers."""

    def __init__(self, path: str) -> None:
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()
        command = [
            path, "--headless", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu",
            "--disable-dev-shm-usage", "--disable-background-networking", "--hide-scrollbars",
            f"--user-data-dir={self.folder.name}", "about:blank",
        ]
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")
        # The protocol wants the descriptors 3 and 4.
        shell = f'exec "$@" 3<&{to_browser} 4>&{from_browser}'
        self.process = subprocess.Popen(
            ["bash", "-c", shell, "bash", *command], pass_fds=(to_browser, from_browser),
            stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.pending = b""
        self.last_id = 0
        self.listeners: dict[str, Page] = {}

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)
        os.close(self.input)
        os.close(self.output)
        self.folder.cleanup()

    def open(self, url: str, width: int, height: int) -> Page:
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.call(
            "Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        page = Page(self, session)
        self.listeners[session] = page
        page.call("Page.enable")
        page.call("Runtime.enable")
        page.call("Log.enable")
        page.resize(width, height)
        page.call("Page.navigate", {"url": url})
        page.wait_for("document.readyState === 'complete'", "the page to load")
        return page

    def call(self, method: str, parameters: dict | None = None, session: str = "") -> dict:
        self.last_id += 1
        message = {"id": self.last_id, "method": method, "params": parameters or {}}
        if session:
            message["sessionId"] = session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + 60
        while True:
            reply = self.receive(deadline)
            if reply.get("id") == self.last_id:
                expect("error" not in reply, f"{method}: {reply.get('error')}")
                return reply["result"]
            if page := self.listeners.get(reply.get("sessionId", "")):
                page.hear(reply)

    def receive(self, deadline: float) -> dict:
        while b"\0" not in self.pending:
            ready, _, _ = select.select([self.input], [], [], deadline - time.monotonic())
            expect(bool(ready), "the browser did not answer within a minute")
            chunk = os.read(self.input, 1 << 16)
            expect(bool(chunk), "the browser has ended")
            self.pending += chunk
        message, self.pending = self.pending.split(b"\0", 1)
        return json.loads(message)


class Page:
    """One tab."""

    def __init__(self, browser: Browser, session: str) -> None:
        self.browser = browser
        self.session = session
        self.errors: list[str] = []

    def call(self, method: str, parameters: dict | None = None) -> dict:
        return self.browser.call(method, parameters, self.session)

    def hear(self, message: dict) -> None:
        """Keeps what goes wrong: exceptions, and what the browser refuses to run or load."""
        if message["method"] == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(message["params"]["exceptionDetails"]))
        elif message["method"] == "Log.entryAdded":
            entry = message["params"]["entry"]
            if entry["level"] == "error":
                self.errors.append(entry["text"])

    def value(self, expression: str) -> object:
        """What an expression is in the page; `byText` looks for an element by its text."""
        helper = "const byText = (at, text) => [...document.querySelectorAll(at)]" \
            ".some((one) => one.textContent.includes(text));"
        reply = self.call("Runtime.evaluate", {
            "expression": f"(() => {{ {helper} return {expression}; }})()",
            "returnByValue": True, "awaitPromise": True})
        expect("exceptionDetails" not in reply, f"{expression}: {reply.get('exceptionDetails')}")
        return reply["result"].get("value")

    def wait_for(self, condition: str, name: str, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not self.value(f"Boolean({condition})"):
            text = "" if time.monotonic() < deadline else self.value("document.body.innerText")
            expect(time.monotonic() < deadline, f"{name} did not appear; errors: {self.errors}; "
                   f"the page says: {text}")
            time.sleep(0.2)

    def resize(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})

    def dark(self) -> None:
        feature = {"name": "prefers-color-scheme", "value": "dark"}
        self.call("Emulation.setEmulatedMedia", {"features": [feature]})

    def screenshot(self, path: Path) -> None:
        time.sleep(0.7)  # Movements of the page end.
        data = self.call("Page.captureScreenshot", {"format": "png"})["data"]
        path.write_bytes(base64.b64decode(data))
        print(f"dashboard: wrote {path}")


def expect(condition: bool, message: str) -> None:
    if not condition:
        raise SystemExit(f"dashboard: {message}")


if __name__ == "__main__":
    main()
