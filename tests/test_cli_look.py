"""`umap-tour view` and `compare`: real windows that open and close, epochs, and displays that are not there."""

import os
from dataclasses import replace

import pytest

import forked
from commands import one_line, opens_and_closes, run


def test_view_opens_a_window_that_closes(saved, display):
    words = ["view", "small.tour", "--layer", "1", "--theme", "light"]
    assert not opens_and_closes(words, "small - UMAP Tour", cwd=saved, display=display).stderr.strip()


def test_compare_opens_two_tours_in_one_window(saved, display):
    words = ["compare", "small.tour", "small.tour", "--layers", "1,2-Block"]
    assert not opens_and_closes(words, "small and small - UMAP Tour", cwd=saved, display=display).stderr.strip()


def test_view_opens_several_tours_as_epochs(small_tour, tmp_path, display):
    for epoch in (1, 10, 2):
        small_tour.save(tmp_path / f"run-{epoch}.tour")
    opened = [f"run-{epoch}.tour" for epoch in (1, 10, 2)]  # as a shell lists them
    environment = os.environ | {"DISPLAY": display}
    done = forked.run(["-c", SHOWN, "view", *opened, "--layer", "2-Block@10"], cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["run", "1,2,10", "10"]


SHOWN = """
import engine.window.window, engine.cli
def look(window):
    tour = window.viewer.tour
    print(tour.name, ",".join(tour.epochs), window.viewer.layer)
    window.close()
engine.window.window.Window.run = look
engine.cli.main()
"""


@pytest.mark.parametrize(
    ("change", "contains"),
    [
        (lambda tour: replace(tour, layers=tour.layers[:3]), ["other.tour is no other epoch of", "its layer 3 is"]),
        (lambda tour: replace(tour, attributes=tour.attributes.assign(file=[f"b{k}" for k in range(60)])),
         ["no point in common"]),
        (lambda tour: replace(tour, epochs=("1", "2")), ["other.tour has several epochs already"]),
        (lambda tour: None, ["other.tour: no such tour"]),
    ],
)  # fmt: skip
def test_tours_that_are_no_epochs_of_one_network(change, contains, small_tour, tmp_path, display):
    small_tour = replace(small_tour, attributes=small_tour.attributes.assign(file=[f"a{k}" for k in range(60)]))
    small_tour.save(tmp_path / "one.tour")
    if other := change(small_tour):
        other.save(tmp_path / "other.tour")
    one_line(run("view", "one.tour", "other.tour", cwd=tmp_path, display=display), *contains)


def test_a_display_that_is_not_there(saved):
    one_line(run("view", "small.tour", cwd=saved, display=":987"), "no window could be opened on display :987")
