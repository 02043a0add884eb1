"""A tour that has grown, in the real window: it opens, is coloured by what was added, and its new points are found."""

from dataclasses import replace

import numpy as np
import pandas as pd

import engine
from engine.tour.appended import appended
from engine.tour.view import View


def test_a_longer_tour_opens_and_its_new_points_are_points_like_others(open_window, small_tour, tmp_path, rng):
    before = replace(small_tour, attributes=small_tour.attributes.assign(added=pd.Categorical(["built"] * 60)))
    more = [layer.points[:30] + 0.2 for layer in small_tour.layers]
    table = pd.DataFrame({"kind": ["dog"] * 30, "added": pd.Categorical(["added"] * 30)})
    tiles = rng.integers(0, 256, (30, 8, 8, 4), dtype=np.uint8)
    appended(before, more, table, tiles, tmp_path).save(tmp_path / "longer.tour")
    window, hand = open_window(engine.load(tmp_path / "longer.tour"), view=View(color_by="added", zoom=1.5))
    viewer = window.viewer
    viewer.playing = False
    hand.wait(20)
    assert list(viewer.coloring.names) == ["built", "added"]
    viewer.toggle_group(1)  # the added ones alone
    assert int(viewer.is_shown(slice(None)).sum()) == 30
    before = window.screenshot()
    hand.key("j")
    hand.settle()
    assert viewer.layer != 0 and (window.screenshot() != before).any()
    viewer.select(np.arange(90) >= 80)
    hand.key("w")
    hand.wait(20)
    assert window.panels.popover == "selected"
