"""What tests ask of an open page: to show a view, what it shows, how far that is from the snapshot; and to wait."""

import time

import numpy as np

import engine

SIZE = (400, 300)
EVIL = "<img src=x onerror='window.hacked=1'>\"</script><script>window.hacked=1</script>"


def show(browser, view, **more):
    values = {**view.to_json(), "playing": False, "size": list(SIZE), "chrome": False, **more}
    browser.run("await umapTour.set(given[0])", values)


def apart(browser, tour, view):
    """The share of pixels that differ from the snapshot by more than 8 levels, and by how much on average."""
    seen = browser.picture(SIZE).astype(int)
    wanted = engine.snapshot(tour, view=view, size=SIZE)[..., :3].astype(int)
    difference = np.abs(seen - wanted).max(axis=-1)
    assert (wanted != wanted[0, 0]).any(axis=-1).sum() > 1000  # there is something to see
    return (difference > 8).mean(), difference.mean()


def ink(browser, area=(0, 0, 9999, 9999)):
    """The box of what is drawn within an area but for panels and marks: left, top, right, bottom, pixels."""
    marks = "for (const each of document.querySelectorAll('.panels, .handles, .names-of-regions, .rings'))"
    browser.run(f"{marks} each.style.opacity = 0")
    left, top, right, bottom = area
    seen = browser.picture()[top:bottom, left:right]
    browser.run(f"{marks} each.style.opacity = 1")
    y, x = np.nonzero((seen != seen[0, 0]).any(axis=-1))
    return left + x.min(), top + y.min(), left + x.max() + 1, top + y.max() + 1


def view_of(browser):
    return browser.run("return umapTour.view()")


def settle(browser, seconds=1.2):
    browser.run("await new Promise((done) => setTimeout(done, 1000 * given[0]))", seconds)


def rest(browser):
    """Wait until frames come and the view stays as it is; what is to come of it has begun by now."""
    browser.run(
        "for (let before = '', same = 0; same < 3; ) { await new Promise(requestAnimationFrame);"
        "const now = JSON.stringify(umapTour.view()); same = now === before ? same + 1 : 0; before = now; }"
    )


def until(browser, condition, seconds=60):
    """Wait until a condition in the page holds; what it was last. How fast frames come is the machine's."""
    begun = time.monotonic()
    while not (now := browser.run(f"return {condition}")) and time.monotonic() - begun < seconds:
        time.sleep(0.05)
    return now
