"""`umap-tour`: one verb, one thing to do. Each imports what it needs when it runs.

make        build, add, layers, import
look        view, compare
render      render, similarity: pictures, films and tables in files
publish     export, serve: pages for a browser
examine     info, doctor
demo        a tour of digits, or of made-up points
options     what several verbs share
"""

import contextlib
import faulthandler
import functools
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

import typer

from .. import stopping
from ..files import printable
from . import demo, examine, look, make, publish, render

app = typer.Typer(
    name="umap-tour",
    help="See how a neural network sorts images, layer by layer, in a Grand Tour.",
    epilog="Any verb takes --debug: the whole traceback instead of one line.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

log = logging.getLogger("engine")


def main() -> NoReturn:
    """Run the command line: exit status 0 done, 1 an error in one line on stderr, 2 wrong usage.

    Ended by a signal: one line, and 128 and its number, as shells count (130 after Ctrl+C, 143 after SIGTERM).
    """
    debug = "--debug" in sys.argv
    sys.argv = [word for word in sys.argv if word != "--debug"]
    _log_to_stderr(debug)
    _have_idle_threads_sleep()
    stopping.as_interrupts()
    faulthandler.enable(all_threads=False)  # a mapped file that is cut short ends the process: it says so, and where
    try:
        app(standalone_mode=True)
    except SystemExit as end:
        if stopping.received and end.code == 130:  # what typer makes of it, without a word
            _stopped()
        raise
    except KeyboardInterrupt:
        _stopped()
    except BaseException as error:  # somebody's network may raise anything
        if debug:
            raise
        _fail(_in_one_line(error))
    finally:
        stopping.from_now_on_at_once()
    sys.exit(0)


def _stopped() -> NoReturn:
    number = stopping.received[-1] if stopping.received else signal.SIGINT
    by = "" if number == signal.SIGINT else f" by {signal.Signals(number).name}"
    goes_on = "; the same command goes on from there" if sys.argv[1:2] in (["build"], ["add"]) else ""
    kept = "; how the window was left is kept, and an unsaved story" if sys.argv[1:2] in (["view"], ["compare"]) else ""
    _fail(f"stopped{by}{goes_on}{kept}", status=128 + number)


def _have_idle_threads_sleep() -> None:
    """Have threads of torch and numba that wait for others look for work for some 0.1 ms, and sleep then.

    GNU's OpenMP has them look for 15 ms, LLVM's, which conda and macOS have, for 200: where another program is on their
    cores, most of the time goes into that. To sleep at once takes half as long again where operations are small
    (docs/performance.md). LLVM's counts in milliseconds. Read when torch is loaded, which is later. Whoever says how
    threads wait is right; and a library leaves its host's environment as it is.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", "2000")
        os.environ.setdefault("KMP_BLOCKTIME", "1")


def _log_to_stderr(debug: bool) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Printable("%(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.DEBUG if debug else logging.INFO)


class _Printable(logging.Formatter):
    """Messages quote names out of files, and a terminal does what control characters say."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(printable(line) for line in super().format(record).split("\n"))


def _ours(verb: Callable[..., None]) -> Callable[..., None]:
    """The same verb, where an exit that somebody's network or data set asks for is an error, and not ours."""

    @functools.wraps(verb)
    def run(*words: Any, **options: Any) -> None:
        try:
            verb(*words, **options)
        except SystemExit as end:
            *_, (innermost, _) = traceback.walk_tb(end.__traceback__)
            if str(innermost.f_globals.get("__name__", "")).partition(".")[0] == __package__.partition(".")[0]:
                raise
            where = f"{innermost.f_code.co_filename}, line {innermost.f_lineno}"
            fault = f"{where}: ends the program by exit({end.code}); have it return or raise instead"
            raise RuntimeError(fault) from end

    return run


def _in_one_line(error: BaseException) -> str:
    """What went wrong, as its author wrote it; what nobody foresaw says its type and how to see more."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        return printable(f"{error.filename}: {error.strerror.lower()}")
    if isinstance(error, OSError) and error.strerror:  # such as a disk that is full, at a write
        return printable(error.strerror[:1].lower() + error.strerror[1:])
    text = str(error.args[0] if isinstance(error, KeyError) and error.args else error)
    text = printable(" ".join(text.split()))
    foreseen = isinstance(error, ValueError | KeyError | IndexError | OSError | RuntimeError | NotImplementedError)
    return text if foreseen and text else f"{type(error).__name__}: {text} (--debug shows where)"


def _fail(text: str, *, status: int = 1) -> NoReturn:
    with contextlib.suppress(OSError):  # the terminal may be gone
        print(f"umap-tour: {text}", file=sys.stderr)
    sys.exit(status)


for _verb, _example in (
    (demo.demo, "umap-tour demo"),
    (make.build, "umap-tour build --network resnet18 --images photos/ --out photos.tour"),
    (make.add, "umap-tour add photos.tour --images more-photos/"),
    (make.layers, "umap-tour layers resnet50"),
    (look.view, "umap-tour view googlenet.tour"),
    (look.compare, "umap-tour compare resnet50.tour googlenet.tour --layers 18,12"),
    (render.render, "umap-tour render googlenet.tour --layer 12 --color-by label_coarse --out 12.png"),
    (render.similarity, "umap-tour similarity resnet50.tour googlenet.tour --measure debiased-cka"),
    (publish.export, "umap-tour export googlenet.tour --out site"),
    (publish.serve, "umap-tour serve googlenet.tour --open"),
    (examine.info, "umap-tour info googlenet.tour"),
    (make.import_, "umap-tour import data/meta-googlenet-15D.json --out googlenet.tour"),
    (examine.doctor, "umap-tour doctor"),
):
    app.command(_verb.__name__.rstrip("_"), epilog=f"Example: {_example}")(_ours(_verb))
