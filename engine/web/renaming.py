"""Short names for what functions call things among themselves: the script that a page is sent, a twenty-fifth smaller.

A word has one short name wherever it stands, so nothing has to be known of scopes. It keeps its own where it is also a
property, a key, a function, a class or a global: what a browser's console says of an error is found in the source. What
is read is our own code, after `minify`: a brace begins a block after a bracket that closes, an arrow, a statement or a
word such as `else`; any other one holds an object, a pattern or a class.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import product
from string import ascii_letters

from .minify import braces, tokens

PIECE = re.compile(r"[A-Za-z_$][\w$]*|\d[\w.]*|=>|\.\.\.|\?\.(?!\d)|\s+|.", re.DOTALL)
WORD = re.compile(r"[A-Za-z_$][\w$]*$")
BLOCK = frozenset(["", ")", "=>", ";", "{", "}", "else", "try", "finally", "catch", "do"])
KEYED = frozenset(["{", ",", "}", ";", "*", "async", "get", "set"])  # after these a word in an object is a key
DECLARED = [
    re.compile(pattern)
    for pattern in (
        r"([\w$]+)=>",
        r"\(([\w$,]+)\)(?:=>|\{)",
        r"(?:let |,)([\w$]+)(?=[=;](?![=>])| of\b)",
        r"(?:let|,|\()\[([\w$,]+)\](?=[=,)])",
    )
]
GLOBAL = frozenset(["document", "history", "location", "navigator", "performance", "window"])
RESERVED = frozenset(["as", "do", "if", "in", "of"])  # of two letters


def shortened(text: str) -> str:
    """The same program, its local words of three letters and more by names of one or two."""
    pieces = list(_pieces(text))
    kept = GLOBAL | _named(pieces)
    declared = {word for each in DECLARED for match in each.finditer(text) for word in match[1].split(",")}
    local = {word for word in declared - kept if WORD.match(word) and len(word) > 2}
    counts = Counter(piece for piece in pieces if piece in local)
    taken = RESERVED.union(pieces)
    names = ("".join(letters) for length in (1, 2) for letters in product(ascii_letters, repeat=length))
    free = (name for name in names if name not in taken)
    short = {word: name for (word, _), name in zip(counts.most_common(), free, strict=False)}
    return "".join(short.get(piece, piece) for piece in pieces)


def _pieces(text: str) -> Iterator[str]:
    """Words, numbers, strings, signs; of a template what it says by itself, and the pieces between."""
    for token in tokens(text):
        if token[0] == "`":
            yield from _template(token)
        elif token[0] in "\"'" or (token[0] == "/" and len(token) > 1):
            yield token
        else:
            yield from PIECE.findall(token)


def _template(text: str) -> Iterator[str]:
    at = begun = 0
    while at < len(text):
        if text.startswith("${", at):
            yield text[begun : at + 2]
            end = braces(text, at + 2) - 1
            yield from _pieces(text[at + 2 : end])
            at = begun = end
        at += 2 if text[at] == "\\" else 1
    yield text[begun:]


def _named(pieces: list[str]) -> set[str]:
    """The words that are properties, keys, functions or classes anywhere."""
    found = set()
    opened: list[bool] = []  # of the brackets that are open, whether each is an object's
    last = before = ""
    for piece in pieces:
        if WORD.match(piece):
            key = last in KEYED and opened and opened[-1]
            if key or last in (".", "?.") or last in ("function", "class") or before + last == "function*":
                found.add(piece)
        elif piece in ("(", "[", "{") or piece.endswith("${"):
            opened.append(piece == "{" and last not in BLOCK)
        elif piece in (")", "]", "}") or (piece[0] == "}" and opened):
            opened.pop()
            if piece[0] == "}" and piece.endswith("${"):
                opened.append(False)
        if not piece.isspace():
            before, last = last, piece
    return found
