"""One HTML page: the modules of web/ joined into a classic script, styles, fonts and manifest, and where pieces are.

Browsers refuse module scripts and `fetch` to a page that was opened from disk, and classic scripts they do not: so a
piece is a script of one call that hands over text, and the same file serves from a disk and from a server. The text
holds 13 bits in two characters of 91, as basE91 does: 23 per cent longer than the bytes, where base64 is 33.
"""

import base64
import gzip
import html
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from . import minify, renaming

IMPORT = re.compile(r'^import \{[^}]*\} from "(\.[^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async |default )?(?:function|class|const|let))", re.MULTILINE)
NAME = re.compile(r"^(?:async )?(?:function\*?|class|const|let) (?:(\w+)|\[([^\]]*)\])", re.MULTILINE)


PARTS = {"article": "article.js", "comparison": "ui/compare.js", "editor": "ui/story_editor.js"}
"""What only some pages have, by the name of its function: the module that has it."""
ROOMS = ["motion", "viewer", ".", "draw", "ui"]
"""The folders of web/ in the order in which their modules are joined."""
BITS = 13
ALPHABET = "".join(chr(code) for code in range(33, 127) if chr(code) not in '"\\\\<')
"""The 91 printable characters that mean nothing in a string or in HTML."""


@cache
def folder() -> Path:
    """Where the browser's half is: in the package when installed, beside it in a checkout."""
    packaged = Path(str(files("engine"))) / "page"
    return packaged if packaged.is_dir() else packaged.parents[1] / "web"


@cache
def script(*entries: str) -> str:
    """These modules and all that they import as one script, as it is sent."""
    return renaming.shortened(joined(*entries))


def joined(*entries: str) -> str:
    """The same with its names: each module once, in the order of need, without comments and blanks."""
    texts = _modules(folder() / entry for entry in entries)
    names: dict[str, Path] = {}
    for file, text in texts.items():
        for match in NAME.finditer(text):
            for name in (match[1] or match[2]).replace(" ", "").split(","):
                if name in names:
                    raise ValueError(
                        f"{file.name}: {name} is also in {names[name].name}; joined modules share their names"
                    )
                names[name] = file
    return minify.javascript("\n".join(texts.values()))


def _modules(entries: Iterable[Path]) -> dict[Path, str]:
    """Each after what it imports and, where that leaves a choice, room by room: like beside like is packed smaller."""
    texts: dict[Path, str] = {}
    needs: dict[Path, list[Path]] = {}
    asked = list(entries)
    while asked:
        file = asked.pop()
        if file not in texts:
            texts[file] = file.read_text(encoding="utf-8")
            needs[file] = [(file.parent / match[1]).resolve() for match in IMPORT.finditer(texts[file])]
            asked += needs[file]
    ordered: dict[Path, str] = {}
    while left := [file for file in texts if file not in ordered]:
        ready = (file for file in left if ordered.keys() >= set(needs[file]))
        file = min(ready, key=lambda file: ROOMS.index(str(file.parent.relative_to(folder()))))
        ordered[file] = EXPORT.sub("", IMPORT.sub("", texts[file]))
    return ordered


@cache
def styles(*sheets: str) -> str:
    """The style sheet, and further ones, with its fonts in it."""
    text = minify.css(
        "".join((folder() / each).read_text(encoding="utf-8") for each in ("page.css", "small.css", *sheets))
    )

    def font(match: re.Match[str]) -> str:
        return f'url("data:font/woff2;base64,{base64.b64encode((folder() / match[1]).read_bytes()).decode()}")'

    return re.sub(r'url\("(fonts/[^"]+)"\)', font, text)


def packed(raw: bytes) -> bytes:
    """A piece as it is sent: gzip, the same every time."""
    return gzip.compress(raw, compresslevel=9, mtime=0)


def as_text(data: bytes) -> str:
    """Bytes as characters that need no escape in a script: every 13 bits, the lowest first, as two of `ALPHABET`."""
    bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8), bitorder="little")
    padded = np.pad(bits, (0, -len(bits) % BITS)).reshape(-1, BITS)
    codes = padded @ (1 << np.arange(BITS, dtype=np.int32))
    letters = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
    return np.stack([letters[codes // len(letters)], letters[codes % len(letters)]], axis=1).tobytes().decode()


def as_script(name: str, raw: bytes) -> str:
    """A piece as a file of its own: its name, how many bytes it is packed, and those as text."""
    data = packed(raw)
    return f'umapTourPiece("{name}",{len(data)},"{as_text(data)}");\n'


def as_fault(name: str, text: str) -> str:
    """In the place of a piece that could not be read: a line for who looks at the page."""
    return f'umapTourPiece("{name}",0,"",{in_script(text)});\n'


def document(manifest: Mapping[str, Any], *, pieces: str = "data/", inline: str = "", text: str = "") -> str:
    """The page. pieces: where its pieces are. inline: scripts with pieces. text: an article beside the tour, HTML."""
    title = html.escape(str(manifest["title"]))
    names = (["article"] if text else []) + parts_of(manifest)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="generator" content="umap-tour">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
{styles(*(["article.css"] if text else []))}
</style>
</head>
<body>
{text}<div id="tour"></div>
<noscript>This tour is drawn by JavaScript and WebGL2; switch JavaScript on to see it.
<style>#article .still {{ display: block }}</style></noscript>
<script>
"use strict";
(() => {{
{script("open.js", *(PARTS[name] for name in names))}
openPage({in_script(manifest)}, "{pieces}", {{ {", ".join(names)} }});
}})();
</script>
{inline}</body>
</html>
"""


def parts_of(manifest: Mapping[str, Any]) -> list[str]:
    """What the page of a tour or two has beyond what all have, by the names of `PARTS`."""
    parts = {"comparison": len(manifest["tours"]) > 1, "editor": bool(manifest.get("write"))}
    return [name for name, wanted in parts.items() if wanted]


def in_script(values: Any) -> str:
    """JSON that no text in it can end a script with."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
