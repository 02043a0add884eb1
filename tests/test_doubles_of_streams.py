"""The test doubles of streams refuse what a GPU gets wrong now and then: work, and memory, that is another stream's."""

import pytest
import torch


def beside(two, way):
    """`way` of a tensor in a stream of its own, which waits for none."""
    there = torch.ones(4, device=two.device.device)
    stream = torch.cuda.Stream(two.device.device)
    with torch.cuda.stream(stream):
        return stream, way(there)


def test_tensors_without_elements_hold_no_memory_that_a_stream_has_to_wait_for(two):
    nothing = torch.ones(0, device=two.device.device)
    with torch.cuda.stream(torch.cuda.Stream(two.device.device)):
        assert len(torch.ones(0, device=two.device.device) + 1) == 0
    assert len(nothing + 1) == 0


def test_work_in_a_stream_that_does_not_wait_for_what_another_writes_is_refused(two):
    """Here all is done at once; on a GPU it is now and then too early."""
    with pytest.raises(AssertionError, match=r"stream of its own, \d+ does not wait for what the default stream on 1"):
        beside(two, lambda there: there + 1)
    for waits in (
        lambda stream: stream.wait_stream(torch.cuda.current_stream()),
        lambda stream: torch.cuda.synchronize(),
        lambda stream: torch.cuda.current_stream().synchronize(),
    ):
        there, stream = torch.ones(4, device=two.device.device), torch.cuda.Stream(two.device.device)
        waits(stream)
        with torch.cuda.stream(stream):
            found = there[1:] + 1
        with pytest.raises(AssertionError, match="the default stream on 1 does not wait"):
            found.sum()
        with pytest.raises(AssertionError, match="the default stream on 1 does not wait"):
            two.cupy.from_dlpack(found).sum()
        with pytest.raises(AssertionError, match="the default stream on 1 does not wait"):
            found[:2] = 2.0
        stream.synchronize()
        assert found.sum().item() == 6.0 and two.cupy.from_dlpack(found).sum().item() == 6.0


WAITS = {
    "the host for the reader": lambda stream, mine, there: stream.synchronize(),
    "the host for the device": lambda stream, mine, there: torch.cuda.synchronize(),
    "the taker for the reader": lambda stream, mine, there: mine.wait_stream(stream),
    "the memory is told of the reader": lambda stream, mine, there: there.record_stream(stream),
}


@pytest.mark.parametrize("waits", [None, *WAITS])
def test_memory_is_let_go_of_when_no_other_stream_can_be_at_work_on_it(two, waits):
    """torch's allocator hands it out again at once, to the stream that took it, whoever else still reads."""
    mine, stream = torch.cuda.current_stream(), torch.cuda.Stream(two.device.device)
    there = torch.ones(4, device=two.device.device)
    stream.wait_stream(mine)
    with torch.cuda.stream(stream):
        found = there[1:] + 1
        held = torch.zeros(9, device=two.device.device)  # of the reader's own memory
    torch.ones(4, device=two.device.device)  # while it is held, others take what they like
    if waits:
        WAITS[waits](stream, mine, there)
    del there
    if waits:
        assert len(torch.ones(4, device=two.device.device)) == 4
    else:
        with pytest.raises(AssertionError, match=r"the default stream on 1 is given .* while a stream of its own"):
            torch.ones(4, device=two.device.device)
    stream.synchronize()
    del found, held
    assert len(torch.ones(4, device=two.device.device)) == 4


def test_what_another_stream_may_be_reading_is_not_written(two):
    mine, stream = torch.cuda.current_stream(), torch.cuda.Stream(two.device.device)
    there = torch.ones(4, device=two.device.device)
    stream.wait_stream(mine)
    with torch.cuda.stream(stream):
        found = there + 1
    with pytest.raises(AssertionError, match=r"does not wait for what a stream of its own, .* may be reading"):
        there.zero_()
    stream.synchronize()
    assert there.zero_().sum().item() == 0.0 and len(found) == 4


def test_memory_without_a_word_in_it_is_still_that_of_the_work_before(two):
    """As nvJPEG's stream writes into memory that torch's current one was given."""
    there = torch.ones(4, device=two.device.device)
    for waits in (False, True):
        there += 1
        if waits:
            torch.cuda.current_stream().synchronize()
        room = torch.empty(4, device=two.device.device)
        with torch.cuda.stream(torch.cuda.Stream(two.device.device)):
            if waits:
                room.zero_()
            else:
                with pytest.raises(AssertionError, match="does not wait for what the default stream on 1"):
                    room.zero_()


def test_cupys_work_on_memory_of_torchs_is_in_cupys_stream(two):
    """Which is CUDA's legacy one where none is entered, whatever torch's is."""
    stream = torch.cuda.Stream(two.device.device)
    with torch.cuda.stream(stream):
        there = torch.ones(3, device=two.device.device)
        x = two.cupy.from_dlpack(there)
        with two.cupy.cuda.Stream.from_external(stream):
            x.sum()
        there.zero_()
        with pytest.raises(AssertionError, match="the default stream on 1 does not wait for what a stream of its own"):
            x.sum()


@pytest.mark.parametrize("asked", ["item", "tolist", "cpu", "__bool__", "__float__"])
def test_who_asks_for_a_number_has_waited_for_all_before_it(two, asked):
    there = torch.ones(4, device=two.device.device)
    getattr(there[:1], asked)()
    with torch.cuda.stream(torch.cuda.Stream(two.device.device)):
        assert (there + 1).device == two.device.device
