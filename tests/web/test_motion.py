"""The page's motion against Python's, on cases that Python writes: the same to 1e-6."""

from .vectors import plain, vectors

WITHIN = 1e-6


def test_the_pages_motion_is_that_of_python(browser, modules):
    cases = plain(vectors())
    browser.open(f"{modules}index.html")
    found = browser.run(
        "const { differences } = await import('/motion_vectors.js'); return differences(given[0]);", cases
    )
    assert set(found) == set(cases)
    assert {name: value for name, value in found.items() if value is None or not value < WITHIN} == {}
