"""What is asked of glibc's malloc is what it then does, by its own report, in processes of their own."""

import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library than glibc")

HEAPS = """
import ctypes, threading
from engine.malloc import share_heaps
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.fdopen.restype = ctypes.c_void_p, ctypes.c_void_p
if {shared}:
    share_heaps()
met = threading.Barrier(12)
def work():
    libc.malloc(5000)
    met.wait(60)
threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
"""

FREED = """
import ctypes
from engine.malloc import give_back, keep_freed
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
if {kept}:
    keep_freed()
def pages():
    return int(open("/proc/self/statm").read().split()[1])
block = libc.malloc(100 << 20)
ctypes.memset(block, 1, 100 << 20)
full = pages()
libc.free(ctypes.c_void_p(block))
if {then}:
    give_back()
print(full - pages())
"""


def said_by(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("shared", [True, False])
def test_threads_of_a_window_share_two_heaps(shared):
    heaps = said_by(HEAPS.format(shared=shared)).count("<heap nr=")
    assert heaps == 2 if shared else heaps > 2


@pytest.mark.parametrize(("kept", "then"), [(True, False), (True, True), (False, False)])
def test_a_large_block_that_a_build_frees_is_kept_for_the_next_until_a_layer_is_done(kept, then):
    given_back = int(said_by(FREED.format(kept=kept, then=then)))
    assert given_back < 1000 if kept and not then else given_back > 20_000
