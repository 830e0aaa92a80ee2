"""Interactive pages as a reader meets them, in headless Chromium: `page_browser.py PAGE_SAMPLES [FOLDER]`.

PAGE_SAMPLES writes the pages; what is shown is compared with what they hold. Screenshots stay in FOLDER.
"""
import array
import os
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from page_chromium import Browser, Page, Picture, find_chromium

BLUE, VERMILION, GREEN = (0, 114, 178), (213, 94, 0), (0, 158, 115)


def check(condition, message):
    if not condition:
        print("FAILED:", message, flush=True)
        sys.exit(1)


def equal(found, expected, what):
    check(found == expected, f"{what}: expected {expected!r}, found {found!r}")


def near(color, other, distance=40):
    return all(abs(a - b) <= distance for a, b in zip(color, other))


def text(page, selector):
    return page.value(f"[...document.querySelectorAll('{selector}')].map(e => e.innerText).join('|')")


def place(page, x, y):
    """Where an offset (x, y) of the data is on the screen."""
    return page.value(f"(() => {{ const s = sluicePage.scene, b = s.stage.getBoundingClientRect(); return "
                      f"[b.x + s.plot.left + s.frame.px({x}), b.y + s.plot.top + s.frame.py({y})] }})()")


def has_color(picture, at, color, reach=3):
    x, y = map(round, at)
    return any(near(picture.at(u, v), color) for u in range(x - reach, x + reach + 1) for v in range(y - reach, y + reach + 1))


def tip(page):
    return page.value("document.getElementById('tip').hidden ? '' : document.getElementById('tip').innerText")


def ten_points(browser, folder):
    page = Page(browser, f"{folder}/ten.html")
    equal(page.value("document.title"), 'Ten points <b>&amp; "quotes"</b> @data@', "the title")
    equal(text(page, "h1"), 'Ten points <b>&amp; "quotes"</b> @data@', "the heading")
    check("</script><script>document.title" in text(page, "#description"), "the description is not shown as text")
    equal(text(page, "#key .name"), "</script><b>|plain|<img src=x onerror=alert(1)>", "names in the key")
    equal(text(page, "#key .count"), "4|3|3", "counts in the key")
    equal(page.value("document.querySelectorAll('img, #key b, h1 b').length"), 0, "elements made from texts")
    equal(text(page, "#summary"), "10 points.", "the summary")
    shown = page.screenshot(f"{folder}/ten.png")
    for i in range(10):
        color = (BLUE, VERMILION, GREEN)[i % 3]
        check(has_color(shown, place(page, i, i * i), color), f"point {i} is not drawn in {color}")

    page.mouse("mouseMoved", *place(page, 7, 49))
    found = tip(page)
    for part in ("point <7>", "distance\t7 m", "speed\t49 \u00b1 3 m/s", "kind\tplain", "run\t17"):
        check(part in found, f"no {part!r} in the values of point 7: {found!r}")
    middle = place(page, 5, 60)
    page.mouse("mouseMoved", *middle)
    equal(tip(page), "", "values where no point is")

    # A click hides a category, another shows it again; with Shift it is alone.
    page.click_on("#key button")
    page.settle()
    hidden = page.screenshot(f"{folder}/ten-hidden.png")
    check(not has_color(hidden, place(page, 6, 36), BLUE), "a hidden category is still drawn")
    check(has_color(hidden, place(page, 7, 49), VERMILION), "hiding one category hides another")
    equal(page.value("document.querySelector('#key button').getAttribute('aria-pressed')"), "false", "aria-pressed")
    page.mouse("mouseMoved", *place(page, 6, 36))
    equal(tip(page), "", "values of a hidden point")
    page.click_on("#key button")
    page.click_on("#key button", modifiers=8)
    equal(page.value("sluicePage.layers[0].hidden.join()"), "0,1,1", "hidden categories after Shift and click")
    page.click_on("#key button", modifiers=8)
    equal(page.value("sluicePage.layers[0].hidden.join()"), "0,0,0", "hidden categories after it again")
    equal(page.faults(), [], "faults")
    page.close()


def moving(browser, folder):
    """Wheel, drag, keys, buttons, and the rectangle."""
    page = Page(browser, f"{folder}/ten.html")
    span = lambda: page.value("[sluicePage.scene.frame.spanX, sluicePage.scene.frame.spanY]")
    full, at = span(), place(page, 4, 16)
    page.mouse("mouseWheel", *at, deltaX=0, deltaY=-200)
    page.settle()
    check(span()[0] < 0.7 * full[0] and span()[1] < 0.7 * full[1], "the wheel does not zoom in")
    after = place(page, 4, 16)
    check(abs(after[0] - at[0]) < 2 and abs(after[1] - at[1]) < 2, f"the place under the pointer moves: {at}, {after}")
    page.mouse("mousePressed", *at, button="left", clickCount=1)
    for step in range(1, 6):
        page.mouse("mouseMoved", at[0] + 20 * step, at[1] + 10 * step, button="left", buttons=1)
    page.mouse("mouseReleased", at[0] + 100, at[1] + 50, button="left", clickCount=1)
    page.settle()
    moved = place(page, 4, 16)
    check(abs(moved[0] - at[0] - 100) < 2 and abs(moved[1] - at[1] - 50) < 2, f"a drag by 100, 50 moves to {moved} from {at}")
    check(has_color(page.screenshot(), moved, VERMILION), "the dragged point is not where it should be")
    page.press("0")
    page.settle()
    equal(span(), full, "what is shown after 0")
    for key, grows in (("+", False), ("-", True)):
        before = span()
        page.press(key)
        page.settle()
        check((span()[0] > before[0]) == grows, f"{key} does not zoom")
    before = place(page, 4, 16)
    page.press("ArrowLeft")
    page.settle()
    check(abs(place(page, 4, 16)[0] - before[0] - 60) < 2, "the left arrow does not move the picture")
    page.click_on("#zoom-in")
    page.click_on("#reset")
    page.settle()
    equal(span(), full, "what is shown after Reset")

    a, b = place(page, 2, 40), place(page, 6, 10)
    page.mouse("mousePressed", *a, button="left", clickCount=1, modifiers=8)
    for t in (0.5, 1):
        page.mouse("mouseMoved", a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), button="left", buttons=1, modifiers=8)
    page.mouse("mouseReleased", *b, button="left", clickCount=1, modifiers=8)
    page.settle()
    shown = page.value("[...sluicePage.scene.frame.x, ...sluicePage.scene.frame.y]")
    check(all(abs(f - e) < 0.02 * s for f, e, s in zip(shown, (2, 6, 10, 40), (4, 4, 30, 30))), f"the rectangle shows {shown}")

    page.press("0")
    page.press("]")
    check("point <0>" in tip(page), "] does not go to the first point")
    page.press("]")
    check("point <1>" in text(page, "#said"), "the point is not said")
    page.press("?")
    equal(page.value("document.getElementById('help').open"), True, "help after ?")
    page.click_on("#help button")
    equal(page.value("document.getElementById('help').open"), False, "help after Close")
    page.value("document.getElementById('stage').focus()")
    for kind in ("keyDown", "keyUp"):
        page.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    equal(page.value("document.activeElement.tagName"), "BUTTON", "the element after the picture")
    check(page.value("getComputedStyle(document.activeElement).outlineStyle") != "none", "the focus is not seen")
    equal(page.faults(), [], "faults")
    page.close()


def pinch(browser, folder):
    page = Page(browser, f"{folder}/ten.html", 400, 800, mobile=True)
    span = "sluicePage.scene.frame.spanX"
    before, (x, y) = page.value(span), place(page, 4, 40)
    touch = lambda kind, *gaps: page.call("Input.dispatchTouchEvent", type=kind, touchPoints=[
        {"x": x + side * gap, "y": y, "id": k} for gap in gaps for k, side in enumerate((-1, 1))])
    touch("touchStart", 30)
    for gap in (40, 50, 60):
        touch("touchMove", gap)
    touch("touchEnd")
    page.settle()
    check(0.4 < page.value(span) / before < 0.6, f"a pinch to twice the size shows {page.value(span) / before} of what was shown")
    equal(page.value("document.documentElement.scrollWidth"), 400, "the width of the page on a telephone")
    equal(page.faults(), [], "faults")
    page.close()


def values_and_log(browser, folder):
    page = Page(browser, f"{folder}/thousands.html", scheme="dark")
    equal(text(page, "#summary"), "9,990 of 10,000 values, 10 without a place.", "the summary")
    check("110 without a value: grey" in text(page, "#key p"), "missing values are not in the key")
    equal(page.value("sluicePage.axes.x.title(sluicePage.scene.xTicks.note)"), "position (+ 1,000,000,000)", "the x axis")
    labels = page.value("sluicePage.scene.yTicks.ticks.map(t => t.label).join()")
    check("0.1,1,10,100" in labels, f"the logarithmic axis has {labels}")
    i = 4321
    x, y = page.value(f"[sluicePage.layers[0].xs[{i}], sluicePage.layers[0].ys[{i}]]")
    page.value(f"(sluicePage.view.x = [{x} - 0.01, {x} + 0.01], sluicePage.view.y = [{y} - 0.01, {y} + 0.01], sluicePage.scene.request())")
    page.settle()
    page.mouse("mouseMoved", *place(page, x, y))
    raw_x, raw_y, value = page.value(f"(l => [l.rawX[{i}], l.rawY[{i}], l.values[{i}]])(sluicePage.layers[0])")
    found = dict(line.split("\t") for line in tip(page).splitlines() if "\t" in line)
    number = lambda name: float(found[name].replace(",", "").replace("\u2212", "-"))
    check(abs(number("position") - 1e9 - raw_x) < 1e-6, f"position {found['position']}, expected 1e9 + {raw_x}")
    check(abs(number("signal") / raw_y - 1) < 1e-5 and abs(number("energy") / value - 1) < 1e-5, f"values {found}")
    expected = page.value(f"sluicePage.layers[0].color({i})")
    check(has_color(page.screenshot(f"{folder}/thousands-near.png"), place(page, x, y), expected, 1), "the colour of the value")
    background = page.screenshot(f"{folder}/thousands-dark.png").at(640, 5)
    check(sum(background) < 120, f"the page is not dark: {background}")
    equal(page.faults(), [], "faults")
    page.close()


def million_points(browser, folder):
    begun = time.monotonic()
    page = Page(browser, f"{folder}/million.html")
    print(f"   a million points: open and drawn in {time.monotonic() - begun:.1f} s")
    equal(text(page, "#summary"), "1,000,000 points, more opaque where they lie thick.", "the summary")
    counts = [int(n.replace(",", "")) for n in text(page, "#key .count").split("|")]
    equal(sum(counts), 1000000, "points in all categories")
    shown = page.screenshot(f"{folder}/million.png")
    purple = (204, 121, 167)
    for at, color in (((0, 3), BLUE), ((3, 0), VERMILION), ((0, -3), GREEN), ((-3, 0), purple)):
        found = shown.at(*place(page, *at))
        most = max(range(3), key=lambda k: color[k])
        check(found != (255, 255, 255) and found[most] == max(found), f"{found} at {at}, expected a shade of {color}")
    # Nearest by the page's index, and by looking at all.
    for x, y in ((0.1, 0.2), (2.5, -0.7), (-3.3, 1.1)):
        page.value(f"(sluicePage.view.x = [{x} - 0.05, {x} + 0.05], sluicePage.view.y = [{y} - 0.05, {y} + 0.05], sluicePage.scene.request())")
        page.settle()
        px, py = page.value(f"(f => [f.px({x}), f.py({y})])(sluicePage.scene.frame)")
        nearest = page.value("""((px, py) => {
          const l = sluicePage.layers[0], f = sluicePage.scene.frame; let best = -1, least = 1e9, inside = 0;
          for (let i = 0; i < l.count; ++i) {
            const u = f.px(l.xs[i]), v = f.py(l.ys[i]), d = Math.hypot(u - px, v - py);
            if (u >= 0 && v >= 0 && u <= f.width && v <= f.height) ++inside;
            if (d < least) { least = d; best = i; }
          }
          const found = l.nearest(f, px, py, 1000);
          return [best, found.index, inside, l.seen];
        })(%f, %f)""" % (px, py))
        equal(nearest[1], nearest[0], f"the point nearest to {x}, {y}")
        equal(nearest[3], nearest[2], "points in view")
    # Dragging a million points never blocks for long: no frame of it waits for all of them.
    page.press("0")
    page.settle()
    page.value("(() => { const s = sluicePage.scene, tick = s.tick.bind(s); window.ticks = []; s.tick = () => "
               "{ const a = performance.now(); tick(); ticks.push(performance.now() - a) } })()")
    page.mouse("mousePressed", 500, 400, button="left", clickCount=1)
    for step in range(30):
        page.mouse("mouseMoved", 500 + 4 * step, 400 + step, button="left", buttons=1)
    page.mouse("mouseReleased", 620, 430, button="left", clickCount=1)
    page.settle()
    ticks = sorted(page.value("ticks"))
    print(f"   dragging it: median {ticks[len(ticks) // 2]:.0f} ms of work a frame, longest {ticks[-1]:.0f} ms")
    check(ticks[len(ticks) // 2] < 150, "moving a million points is slow")
    equal(page.faults(), [], "faults")
    page.close()


def times(browser, folder):
    page = Page(browser, f"{folder}/times.html")
    equal(page.value("sluicePage.axes.x.title(sluicePage.scene.xTicks.note)"), "time (2023 UTC)", "the time axis")
    ticks = page.value("sluicePage.scene.xTicks.ticks.map(t => [t.label, t.at])")
    for label, at in ticks:  # midnights of November and December 2023
        month, day = map(int, label.split("-"))
        days = day + (30 if month == 12 else 0) - 14
        expected = days * 86400 - (22 * 3600 + 13 * 60 + 20.123456789)
        check(abs(at - expected) < 1e-6, f"the tick {label} lies at {at}, expected {expected}")
    check("299 of 300 measured g, 1 without a place" in text(page, "#summary"), text(page, "#summary"))
    # To the nanosecond, where one looks closely enough.
    page.value("(sluicePage.view.x = [-1e-6, 1e-6], sluicePage.scene.request())")
    page.settle()
    equal(page.value("sluicePage.axes.x.text(0, sluicePage.scene.frame.spanX)"), "2023-11-14 22:13:20.123456789 UTC", "the origin")
    labels = page.value("sluicePage.scene.xTicks.ticks.map(t => t.label)")
    check(all(l.startswith("20.12345") for l in labels) and len(set(labels)) == len(labels) > 1, f"labels {labels}")
    page.press("0")
    page.settle()
    page.click_on("#key button")  # the first model
    page.settle()
    equal(page.value("sluicePage.layers.map(l => l.visible).join()"), "false,true,true,true", "layers after a click")
    equal(page.faults(), [], "faults")
    page.close()


def layout(browser, folder):
    page = Page(browser, f"{folder}/layout.html", 900, 700)
    per = page.value("[sluicePage.scene.frame.perX, sluicePage.scene.frame.perY]")
    check(abs(per[0] / per[1] - 1) < 1e-9, "units of a layout differ along x and y")
    x, y = page.value("[sluicePage.layers[1].xs[40], sluicePage.layers[1].ys[40]]")
    page.value(f"(sluicePage.view.x = [{x} - 5, {x} + 5], sluicePage.view.y = [{y} - 5, {y} + 5], sluicePage.scene.request())")
    page.settle()
    page.mouse("mouseMoved", *place(page, x, y))
    found = tip(page)
    for part in ("vertex 40", "degree\t4"):
        check(part in found, f"no {part!r} in {found!r}")
    check("connections" not in found, f"the degree is told twice: {found!r}")
    equal(page.value("sluicePage.hover.degree"), 4, "edges around a vertex")
    shown = page.screenshot(f"{folder}/layout.png")
    parent = page.value("[sluicePage.layers[1].xs[13], sluicePage.layers[1].ys[13]]")
    check(has_color(shown, place(page, *parent), (0, 0, 0), 1), "a neighbour is not set apart")
    equal(page.faults(), [], "faults")
    page.close()


def cells(browser, folder):
    page = Page(browser, f"{folder}/cells.html")
    equal(text(page, "#summary"), "60 \u00d7 40 cells. sample: zoom in to see them. A sample of 2,000 points of 3,000,000.", "the summary")
    page.mouse("mouseMoved", *place(page, 1.05, 15.1))
    found = tip(page)
    for part in ("points in a cell\t20,000", "colour\t1 to 1.1", "magnitude\t15 to 15.25"):
        check(part in found, f"no {part!r} in {found!r}")
    shown = page.screenshot(f"{folder}/cells.png")
    check(near(shown.at(*place(page, 1.05, 15.1)), (253, 231, 37), 12), "the fullest cell is not the brightest")
    equal(shown.at(*place(page, -1.96, 10.1)), (255, 255, 255), "an empty cell of a logarithmic scale")
    page.value("(sluicePage.view.x = [0.5, 1.5], sluicePage.view.y = [14, 16], sluicePage.scene.request())")
    page.settle()
    check("of 2,000 sample in view" in text(page, "#summary"), text(page, "#summary"))
    equal(page.faults(), [], "faults")
    page.close()


def plotted(browser, folder):
    """What `sluice plot -o page.html` makes of a matrix, against the file's own bytes."""
    sluice = os.environ.get("SLUICE")
    if not sluice:
        print("   no SLUICE: pages of sluice plot are not looked at")
        return
    def run(*arguments):
        subprocess.run([sluice, *arguments, "--force", "-q"], check=True, cwd=folder, stdin=subprocess.DEVNULL)
    run("generate", "matrix", "--shape", "150000x2", "--seed", "3", "--dist", "normal", "-o", "m.npy")
    with open(f"{folder}/m.npy", "rb") as file:
        numbers = array.array("f", file.read()[-150000 * 8:])
    run("plot", "m.npy", "--x", "0", "--y", "1", "--kind", "scatter", "-o", "m.html")
    page = Page(browser, f"{folder}/m.html")
    check("150,000 points" in text(page, "#summary"), text(page, "#summary"))
    for i in (0, 1, 77777, 149999):
        x, y = page.value(f"(l => [l.axes.x.origin + l.rawX[{i}], l.axes.y.origin + l.rawY[{i}]])(sluicePage.layers[0])")
        check(abs(x - numbers[2 * i]) < 1e-6 and abs(y - numbers[2 * i + 1]) < 1e-6, f"row {i} is {x}, {y}")
    equal(page.faults(), [], "faults")
    page.close()

    # A heat map: row 0 is on top, and pointing at a cell shows the matrix's own number.
    run("generate", "matrix", "--shape", "8x5", "--seed", "3", "--dist", "normal", "-o", "h.npy")
    with open(f"{folder}/h.npy", "rb") as file:
        numbers = array.array("f", file.read()[-8 * 5 * 4:])
    run("plot", "h.npy", "-o", "h.html")
    page = Page(browser, f"{folder}/h.html")
    check(place(page, 0, 0)[1] < place(page, 0, 6)[1], "row 0 of a heat map is not on top")
    for row, column in ((0, 0), (7, 4), (2, 3)):
        low = page.value(f"(l => [l.x[0] + ({column} + 0.5) * (l.x[1] - l.x[0]) / l.columns, "
                         f"Math.min(...l.y) + ({row} + 0.5) * Math.abs(l.y[1] - l.y[0]) / l.rows])(sluicePage.layers[0])")
        page.mouse("mouseMoved", *place(page, *low))
        found = dict(line.split("\t") for line in tip(page).splitlines() if "\t" in line)
        value = float(found[list(found)[-1]].replace("\u2212", "-"))
        check(abs(value - numbers[5 * row + column]) < 1e-5, f"row {row}, column {column}: {found}, {numbers[5 * row + column]}")
    page.screenshot(f"{folder}/heat.png")
    equal(page.faults(), [], "faults")
    page.close()


def saving(browser, folder):
    page = Page(browser, f"{folder}/ten.html", ratio=2)
    equal(page.value("document.getElementById('picture').width"), 2 * page.value("document.getElementById('stage').clientWidth"),
          "pixels across at twice the density")
    browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=folder)
    page.click_on("#save")
    name = "Ten-points-b-amp-quotes-b-data.png"
    deadline = time.monotonic() + 30
    while not os.path.exists(f"{folder}/{name}") and time.monotonic() < deadline:
        time.sleep(0.05)
    check(os.path.exists(f"{folder}/{name}"), f"no {name} was saved, but {os.listdir(folder)}")
    time.sleep(0.2)
    with open(f"{folder}/{name}", "rb") as file:
        saved = Picture(file.read())
    stage = page.value("[sluicePage.scene.width, sluicePage.scene.height]")
    check(saved.width > 2 * stage[0] and saved.height > 2 * stage[1], f"the saved picture has {saved.width} x {saved.height} pixels")
    colors = {tuple(row[i:i + 3]) for row in saved.rows for i in range(0, len(row), saved.bytes)}
    for color in (BLUE, VERMILION, GREEN):
        check(color in colors, f"{color} is not in the saved picture")
    equal(page.faults(), [], "faults")
    page.close()


def faults_are_found(browser, folder):
    """The checks above can fail: a page with a request and an error is not taken for a good one."""
    path = f"{folder}/bad.html"
    with open(f"{folder}/ten.html") as good, open(path, "w") as bad:
        bad.write(good.read().replace("<main>", '<img src="https://example.org/x.png"><script>no()</script><main>'))
    page = Page(browser, path)
    faults = " ".join(page.faults())
    check("Content Security Policy" in faults, f"an image from elsewhere and a strange script are not found: {faults}")
    page.close()


def main():
    path, why_not = find_chromium()
    if not path:
        print("skipped:", why_not)
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="sluice_page_") as scratch:
        folder = sys.argv[2] if len(sys.argv) > 2 else scratch
        subprocess.run([sys.argv[1], folder], check=True)
        try:
            browser = Browser(path)
            browser.call("Browser.getVersion", seconds=60)
        except (OSError, EOFError, TimeoutError) as error:
            print("skipped: Chromium does not start here:", str(error).strip().replace("\n", " ")[-300:])
            sys.exit(77)
        try:
            for test in (ten_points, moving, pinch, values_and_log, million_points, times, layout, cells, plotted, saving, faults_are_found):
                begun = time.monotonic()
                test(browser, folder)
                print(f"{test.__name__}: {time.monotonic() - begun:.1f} s", flush=True)
        finally:
            browser.close()


if __name__ == "__main__":
    main()
