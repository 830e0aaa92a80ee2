"""Drives a headless Chromium by its DevTools protocol over a pipe. Only the standard library.

`Browser` starts one without network, `Page` opens a file in it and collects what went wrong there: messages of
errors, exceptions, requests to anything but the file itself.
"""
import base64
import json
import os
import pathlib
import select
import shutil
import struct
import subprocess
import tempfile
import time
import zlib


def find_chromium():
    """The path of a Chromium that starts, or a text that says why there is none."""
    for name in ("chromium", "google-chrome", "chromium-browser"):
        path = shutil.which(name)
        if not path:
            continue
        if name == "chromium-browser" and b"snap" in pathlib.Path(path).read_bytes()[:4096]:
            return None, f"{path} only points to a snap"
        return path, ""
    return None, "Chromium is not installed (Debian: apt-get install chromium)"


class Browser:
    def __init__(self, path):
        self.profile = tempfile.mkdtemp(prefix="sluice_chromium_")
        to_read, self.write_end = os.pipe()
        self.read_end, to_write = os.pipe()
        # The protocol speaks on descriptors 3 and 4.
        os.set_inheritable(to_read, True)
        os.set_inheritable(to_write, True)
        command = [path, "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu",
                   "--disable-background-networking", "--disable-component-update", "--disable-sync",
                   "--host-resolver-rules=MAP * ~NOTFOUND", "--disable-dev-shm-usage", "--hide-scrollbars",
                   "--user-data-dir=" + self.profile, "about:blank"]
        if os.geteuid() == 0 or os.environ.get("CI"):
            command.insert(1, "--no-sandbox")  # as root there is none, in containers often

        def place_pipes():
            a, b = os.dup(to_read), os.dup(to_write)  # 3 and 4 may be either of them
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.log = open(os.path.join(self.profile, "log"), "w+b")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        close_fds=False, preexec_fn=place_pipes)
        os.close(to_read)
        os.close(to_write)
        self.buffer = b""
        self.next_id = 0
        self.events = []

    def read(self, deadline):
        while b"\0" not in self.buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.read_end], [], [], left)[0]:
                raise TimeoutError("Chromium does not answer")
            piece = os.read(self.read_end, 1 << 20)
            if not piece:
                self.log.seek(0)
                raise EOFError("Chromium ended: " + self.log.read().decode(errors="replace")[-2000:])
            self.buffer += piece
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, seconds=120, **parameters):
        self.next_id += 1
        message = {"id": self.next_id, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.write_end, data):]
        deadline = time.monotonic() + seconds
        while True:
            answer = self.read(deadline)
            if answer.get("id") != message["id"]:
                self.events.append(answer)
                continue
            if "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']}")
            return answer["result"]

    def close(self):
        try:
            self.call("Browser.close", seconds=10)
            self.process.wait(10)
        except (OSError, EOFError, TimeoutError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.read_end)
        os.close(self.write_end)
        self.log.close()
        shutil.rmtree(self.profile, ignore_errors=True)


class Page:
    def __init__(self, browser, path, width=1280, height=800, scheme="light", ratio=1, mobile=False):
        self.browser = browser
        self.url = pathlib.Path(path).absolute().as_uri()
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(domain + ".enable")
        self.resize(width, height, ratio, mobile)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Page.navigate", url=self.url)
        self.wait("document.readyState === 'complete' && !!window.sluicePage")
        self.settle()

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def resize(self, width, height, ratio=1, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=ratio, mobile=mobile)

    def value(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait(self, expression, seconds=60):
        deadline = time.monotonic() + seconds
        while not self.value(expression):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.url}: never true: {expression}\n{self.faults()}")
            time.sleep(0.02)

    def settle(self):
        """Waits until everything is drawn, and what that changed around it is drawn too."""
        self.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => "
                   "sluicePage.settled().then(() => requestAnimationFrame(() => requestAnimationFrame(() => "
                   "sluicePage.settled().then(done))))))).then(() => 1)")

    def mouse(self, kind, x, y, **more):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def click(self, x, y, **more):
        self.mouse("mouseMoved", x, y)
        for kind in ("mousePressed", "mouseReleased"):
            self.mouse(kind, x, y, button="left", clickCount=1, **more)

    def click_on(self, selector, **more):
        box = self.value(f"(e => {{ e.scrollIntoView(); const b = e.getBoundingClientRect(); return [b.x + b.width / 2, "
                         f"b.y + b.height / 2] }})(document.querySelector({json.dumps(selector)}))")
        self.click(*box, **more)

    def press(self, key):
        text = key if len(key) == 1 else ""
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def screenshot(self, path=None):
        data = base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])
        if path:
            pathlib.Path(path).write_bytes(data)
        return Picture(data)

    def faults(self):
        """What must not have happened: one line each."""
        found = []
        for event in self.browser.events:
            if event.get("sessionId") != self.session:
                continue
            method, p = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                found.append("exception: " + json.dumps(p["exceptionDetails"])[:600])
            elif method == "Runtime.consoleAPICalled" and p["type"] in ("error", "warning", "assert"):
                found.append("console: " + json.dumps(p["args"])[:600])
            elif method == "Log.entryAdded" and p["entry"]["level"] in ("error", "warning"):
                found.append("log: " + p["entry"]["text"])
            elif method == "Network.requestWillBeSent":
                url = p["request"]["url"]
                if url != self.url and not url.startswith(("data:", "blob:")):
                    found.append("request: " + url)
            elif method == "Page.javascriptDialogOpening":
                found.append("dialog: " + p["message"])
        return found

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)


class Picture:
    """The pixels of a PNG of 8 bits, red, green and blue (and opacity), not interlaced."""

    def __init__(self, data):
        at, packed = 8, b""
        while at < len(data):
            size, kind = struct.unpack(">I4s", data[at:at + 8])
            if kind == b"IHDR":
                self.width, self.height, depth, color = struct.unpack(">IIBB", data[at + 8:at + 18])
                assert depth == 8 and color in (2, 6)
                self.bytes = 3 if color == 2 else 4
            if kind == b"IDAT":
                packed += data[at + 8:at + 8 + size]
            at += size + 12
        raw, stride, step = zlib.decompress(packed), self.width * self.bytes, self.bytes
        self.rows, above = [], bytes(stride)
        for y in range(self.height):
            kind, line = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
            for i in range(stride if kind else 0):
                left = line[i - step] if i >= step else 0
                if kind == 1:
                    line[i] = (line[i] + left) & 255
                elif kind == 2:
                    line[i] = (line[i] + above[i]) & 255
                elif kind == 3:
                    line[i] = (line[i] + (left + above[i]) // 2) & 255
                else:
                    corner = above[i - step] if i >= step else 0
                    p = left + above[i] - corner
                    a, b, c = abs(p - left), abs(p - above[i]), abs(p - corner)
                    line[i] = (line[i] + (left if a <= b and a <= c else above[i] if b <= c else corner)) & 255
            self.rows.append(line)
            above = line

    def at(self, x, y):
        i = int(x) * self.bytes
        return tuple(self.rows[int(y)][i:i + 3])
