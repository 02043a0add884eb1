"""Neighbours found ahead: the same as one after the other, one layer ahead, ended with what they are for."""

import threading
import weakref
from contextlib import closing

import pytest
import torch

import engine.pipeline.building.neighbors_ahead as ahead_module
from engine import progress
from engine.pipeline.building.neighbors_ahead import ahead
from engine.pipeline.device import machine
from engine.pipeline.neighbors import nearest

LABELS = [f"neighbours of {k}" for k in range(5)]


def matrices(n=300):
    generator = torch.Generator().manual_seed(0)
    return [(k, torch.randn(n, 20 + k, generator=generator)) for k in range(5)]


def begun(layers, k=8):
    return closing(ahead(layers, k, labels=LABELS, machine=machine("cpu")))


def test_they_are_those_of_one_after_the_other():
    with begun(matrices()) as layers:
        seen = [(number, graph.result()) for number, _, graph in layers]
    assert [number for number, _ in seen] == list(range(5))
    for (_, found), (_, matrix) in zip(seen, matrices(), strict=True):
        assert all((a == b).all() for a, b in zip(found, nearest(matrix, 8), strict=True))


def test_the_next_ones_are_found_while_a_layer_is_worked_on(monkeypatch):
    """The second layer's are done although nobody has asked for them, and the third layer's are not begun."""
    started, finished = [], [threading.Event() for _ in range(5)]

    def noted(matrix, k, *, advance):
        started.append(matrix.shape[1] - 20)
        found = nearest(matrix, k, advance=advance)
        finished[started[-1]].set()
        return found

    monkeypatch.setattr(ahead_module, "nearest", noted)
    with begun(matrices()) as layers:
        next(layers)
        assert finished[1].wait(timeout=60) and started == [0, 1]


def test_two_matrices_are_held_at_most():
    alive = []

    def made():
        for number in range(5):
            matrix = torch.ones(50, 20 + number).cumsum(0)
            alive.append(weakref.ref(matrix))
            yield number, matrix
            del matrix
            assert sum(each() is not None for each in alive) <= 2

    with begun(made()) as layers:
        for _, matrix, graph in layers:
            graph.result()
            del matrix, graph
    assert len(alive) == 5 and not any(each() is not None for each in alive)


def test_what_finding_raises_comes_with_its_layer(monkeypatch):
    def failing(matrix, k, *, advance):
        if matrix.shape[1] == 22:
            raise MemoryError("std::bad_alloc")
        return nearest(matrix, k, advance=advance)

    monkeypatch.setattr(ahead_module, "nearest", failing)
    done = []
    with pytest.raises(MemoryError), begun(matrices()) as layers:  # noqa: PT012
        for number, _, graph in layers:
            graph.result()
            done.append(number)
    assert done == [0, 1]


def test_work_that_ends_ends_what_was_begun_for_it(monkeypatch):
    """The next layer's neighbours stop at their next rows: nobody waits minutes for what is not wanted any more."""
    going, rows = threading.Event(), []

    def endless(matrix, k, *, advance):
        if matrix.shape[1] == 21:
            going.set()
            while True:
                rows.append(1)
                advance(1)
        return nearest(matrix, k, advance=advance)

    monkeypatch.setattr(ahead_module, "nearest", endless)
    with pytest.raises(KeyboardInterrupt), begun(matrices()) as layers:  # noqa: PT012
        next(layers)[2].result()
        assert going.wait(timeout=60)
        raise KeyboardInterrupt
    assert rows


def test_waiting_is_shown(monkeypatch, capfd):
    asked = threading.Event()

    def slow(matrix, k, *, advance):
        asked.wait(timeout=60)
        return nearest(matrix, k, advance=advance)

    monkeypatch.setattr(ahead_module, "nearest", slow)
    with progress.shown(True), begun(matrices()[:1]) as layers:
        for _, _, graph in layers:
            threading.Timer(0.3, asked.set).start()
            graph.result()
    assert "neighbours of 0: 300 in" in capfd.readouterr().err
