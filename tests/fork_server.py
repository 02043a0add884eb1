"""The process that the programs of tests are forked from, one for all workers: imports once, then forks on request.

    python fork_server.py SOCKET PID MODULE ...

Whoever connects writes a request in JSON, one line; the answer is a line with the process's number, and one with its
exit status when it has ended. Who hangs up ends the process. The server ends with the process PID, pytest's own.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import selectors
import shutil
import signal
import socket
import sys
import threading
import traceback
import weakref
from pathlib import Path


def serve(place, pid, modules):
    """Requests that come while the modules are being imported wait for their answer."""
    gc.disable()  # what is imported stays, and looking through it for garbage takes a third of the time
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: pytest ends, and so does this
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{place}.new")
    listener.listen(128)
    os.rename(f"{place}.new", place)  # who finds it may connect
    measure(os.environ, again=False)
    for module in modules:
        importlib.import_module(module)
    sys.path.remove(str(Path(__file__).parent))
    keep_measured()
    gc.freeze()
    for registered in list(weakref.finalize._registry):
        registered.atexit = False  # of torch, a tenth of the time of a short program: takes back what it declared

    ended, told = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(told)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    selector, asking = selectors.DefaultSelector(), {}
    pytest = os.pidfd_open(pid)
    for file in (listener, ended, pytest):
        selector.register(file, selectors.EVENT_READ)
    while True:
        ready = {key.fileobj for key, _ in selector.select()}
        for child, connection in asking.items():
            if pytest in ready or connection in ready:  # a worker that was ended with its test has hung up
                os.kill(child, signal.SIGKILL)
        if pytest in ready:
            return
        if ended in ready:
            os.read(ended, 4096)
            answer(asking, selector)
        if listener in ready:
            connection, _ = listener.accept()
            request = json.loads(connection.makefile().readline())
            child = os.fork()
            if not child:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                signal.signal(signal.SIGINT, signal.default_int_handler)
                signal.signal(signal.SIGHUP, signal.SIG_DFL)  # that pytest runs under nohup is not the program's matter
                for file in (listener, connection, selector, *asking.values()):
                    file.close()
                for number in (ended, told, pytest):
                    os.close(number)
                become(**request)
            asking[child] = connection
            selector.register(connection, selectors.EVENT_READ)
            with contextlib.suppress(OSError):
                connection.sendall(b"%d\n" % child)


def answer(asking, selector):
    """Tell of those that have ended how they did."""
    while asking:
        child, status = os.waitpid(-1, os.WNOHANG)
        if not child:
            return
        connection = asking.pop(child)
        selector.unregister(connection)
        with connection, contextlib.suppress(OSError):  # of a worker of pytest that has been killed
            connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def become(words, cwd, environment, files):
    """In the new process: be that program, and end as Python ends."""
    status = 1
    try:
        gc.enable()
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(cwd)
        for number, file in enumerate(files, start=1):
            opened = os.open(file, os.O_WRONLY | os.O_CREAT)
            os.dup2(opened, number)
            os.close(opened)
        measure(environment, again=True)
        run(words, cwd)
        status = 0
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            status = end.code or 0
        else:
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        try:
            threading._shutdown()
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(status & 0xFF)


def keep_measured():
    """For `make coverage`: what importing has run, written now, for the server ends when all is added up."""
    if "COVERAGE_PROCESS_CONFIG" in os.environ:
        import coverage

        if measured := coverage.Coverage.current():
            measured.stop()
            measured.save()


def measure(environment, *, again):
    """For `make coverage`, which writes what it saw at exit. again: although the process forked from was measured."""
    if "COVERAGE_PROCESS_CONFIG" in environment:
        import coverage

        coverage.process_startup(force=again)


def run(words, cwd):
    first, *rest = words
    if first == "-m":
        sys.argv, sys.path[:0] = rest, [cwd]
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    elif first == "-c":
        sys.argv, sys.path[:0] = ["-c", *rest[1:]], [cwd]
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
    else:
        sys.argv, sys.path[:0] = words, [str(Path(first).parent)]
        runpy.run_path(first, run_name="__main__")


if __name__ == "__main__":
    place, pid, *modules = sys.argv[1:]
    try:
        serve(place, int(pid), modules)
    finally:
        shutil.rmtree(Path(place).parent, ignore_errors=True)
        os._exit(0)  # what it has measured is written already
