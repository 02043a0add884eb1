"""The command line as a person runs it, from start to end, and what an error of it looks like."""

import os

import forked


def run(*words, cwd, display=None, check=None):
    """Run umap-tour; returns the finished process. Without a display unless one is given."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    if display:
        environment["DISPLAY"] = display
    done = forked.run(["-m", "engine", *words], cwd=cwd, env=environment)
    if check is not None:
        assert done.returncode == check, done.stderr
    return done


def one_line(done, *contains):
    """An error: status 1, one line on stderr, nothing on stdout."""
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("umap-tour: ")
    for text in contains:
        assert text in lines[0]
    assert not done.stdout
