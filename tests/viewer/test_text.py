"""Text that a person reads: names of layers, and words broken into lines."""

from dataclasses import replace

from engine.viewer.titles import layer_number, layer_title, numbered_title
from engine.viewer.wrap import wrapped


def test_a_layer_is_called_by_its_name_without_its_number(small_tour):
    names = ("0-Input", "1-conv-2", "7-odd", "3-")
    tour = replace(
        small_tour, layers=tuple(replace(each, name=n) for each, n in zip(small_tour.layers, names, strict=True))
    )
    assert [layer_title(tour, k) for k in range(4)] == ["Input", "conv-2", "7-odd", "Block"]
    assert [numbered_title(tour, k) for k in range(4)] == ["0 Input", "1 conv-2", "2 7-odd", "3 Block"]
    assert layer_number(tour, 2) == "2"


def test_a_layer_of_several_epochs_is_called_by_its_place_in_the_network(small_tour):
    names = ("0-a@1", "1-b@1", "0-a@10", "1-b@10")
    layers = tuple(replace(each, name=n) for each, n in zip(small_tour.layers, names, strict=True))
    tour = replace(small_tour, layers=layers, epochs=("1", "10"))
    assert [layer_title(tour, k) for k in range(4)] == ["a", "b", "a", "b"]
    assert numbered_title(tour, 3) == "1 b, epoch 10" and layer_number(tour, 2) == "0, epoch 10"


def test_lines_break_between_words_where_no_more_fits():
    assert wrapped("one two three", len, room=7, lines=9) == ["one two", "three"]
    assert wrapped("one two three", len, room=6.9, lines=9) == ["one", "two", "three"]
    assert wrapped("one two three", len, room=3, lines=2) == ["one", "two three"]  # the last may be too long
    assert wrapped("one two", len, room=3, lines=1) == ["one two"]
    assert wrapped("unbreakable a", len, room=4, lines=3) == ["unbreakable", "a"]
    assert wrapped("  ", len, room=4, lines=3) == [""]


def test_lines_break_between_characters_that_stand_without_blanks():
    assert wrapped("\u56fe\u50cf\u7f51\u7edc", len, room=3, lines=3) == ["\u56fe\u50cf\u7f51", "\u7edc"]
    assert wrapped("layer \u56fe\u50cf 9", len, room=7, lines=3) == ["layer \u56fe", "\u50cf 9"]
    assert wrapped("\ud55c\uad6d \uc5b4", len, room=9, lines=3) == ["\ud55c\uad6d \uc5b4"]
