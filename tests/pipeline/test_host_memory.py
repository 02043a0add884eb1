"""The host's memory in a container: what its control groups allow, of either version, by files as the kernel's."""

import os

import pytest

from engine.pipeline import host_memory
from engine.pipeline.device import machine
from engine.pipeline.sharded.fitness import fitness

MACHINE = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
MIB = 2**20
UNLIMITED = 9223372036854771712  # as version 1 writes it
V1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
V2 = ("memory.max", "memory.current", "inactive_file")


def group(folder, names, limit, used, droppable):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / names[0]).write_text(f"{limit}\n")
    (folder / names[1]).write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 1\nfile 2\n{names[2]} {droppable}\nworkingset_refault 3\n")


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A system of which nothing is written yet but that 900 MiB are free."""
    monkeypatch.setattr(host_memory, "ROOT", tmp_path)
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/meminfo").write_text(f"MemTotal: 4096 kB\nMemFree: 5 kB\nMemAvailable: {900 * 1024} kB\n")
    return tmp_path


def told(root, *lines):
    (root / "proc/self/cgroup").write_text("".join(f"{line}\n" for line in lines))


def test_without_limits_it_is_the_machines(root):
    assert (host_memory.total_memory(), host_memory.free_memory()) == (MACHINE, 900 * MIB)
    told(root, "4:memory:/", "0::/")
    group(root / "sys/fs/cgroup/memory", V1, UNLIMITED, 5 * MIB, 0)
    group(root / "sys/fs/cgroup", V2, "max", 5 * MIB, 0)
    assert (host_memory.total_memory(), host_memory.free_memory()) == (MACHINE, 900 * MIB)
    (root / "proc/meminfo").unlink()
    assert host_memory.free_memory() > 2**60


@pytest.mark.parametrize(
    ("line", "mount", "names"),
    [
        ("0::/", "sys/fs/cgroup", V2),
        ("0::/", "sys/fs/cgroup/unified", V2),
        ("0::/system.slice/docker-4f1e.scope", "sys/fs/cgroup/system.slice/docker-4f1e.scope", V2),
        ("0::/docker/4f1e", "sys/fs/cgroup", V2),  # which the container does not see
        ("4:memory:/", "sys/fs/cgroup/memory", V1),
        ("4:cpu,memory:/docker/4f1e", "sys/fs/cgroup/memory/docker/4f1e", V1),
        ("4:memory:/docker/4f1e", "sys/fs/cgroup/memory", V1),
    ],
)
def test_a_container_has_its_limit_less_what_cannot_be_dropped(root, line, mount, names):
    told(root, "9:name=systemd:/", line, "1:cpu:/")
    group(root / mount, names, 512 * MIB, 300 * MIB, 100 * MIB)
    assert (host_memory.total_memory(), host_memory.free_memory()) == (512 * MIB, 312 * MIB)
    here = machine("cpu")
    assert (here.total_memory, here.memory, here.free_memory) == (512 * MIB, 256 * MIB, 156 * MIB)
    assert fitness()["memory"] == 512 * MIB


def test_the_group_that_has_least_left_decides(root):
    told(root, "0::/pod/container")
    group(root / "sys/fs/cgroup/pod/container", V2, 700 * MIB, 100 * MIB, 0)
    group(root / "sys/fs/cgroup/pod", V2, 800 * MIB, 600 * MIB, 50 * MIB)
    group(root / "sys/fs/cgroup", V2, "max", 10_000 * MIB, 0)
    assert (host_memory.total_memory(), host_memory.free_memory()) == (700 * MIB, 250 * MIB)


def test_a_group_that_is_full_has_nothing_left_and_no_less(root):
    told(root, "0::/")
    group(root / "sys/fs/cgroup", V2, 500 * MIB, 501 * MIB, 0)
    assert host_memory.free_memory() == 0


def test_files_that_say_nothing_are_no_limit(root):
    told(root, "0::/")
    group(root / "sys/fs/cgroup", V2, "", "", "")
    assert (host_memory.total_memory(), host_memory.free_memory()) == (MACHINE, 900 * MIB)
