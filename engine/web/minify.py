"""JavaScript and style sheets without comments and spare blanks, declarations joined: what a page is sent.

Comments that name a licence stay. What is read is our own code: a slash after a value divides, any other begins a
regular expression, no statement is empty, so that none needs a semicolon before a brace that closes, and one that ends
with a value in braces has its semicolon, so that a line may go on after a brace.
"""

import re
from collections.abc import Iterator

SKIPPED = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"|' + r"'(?:\\.|[^'\\\n])*'")
EXPRESSION = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*")
WORD = re.compile(r"[\w$#]")
# A cast of what needs no brackets but for its type.
CAST = re.compile(r"/\*\* @type \{[^*]*\} \*/ \(([\w$.]+(?:\([^()]*\)|\[[^\[\]]*\]|\.[\w$]+)*)\)")
RUN = re.compile(r"[^\s\"'`/]+")  # read at once: nothing in it begins a string, a comment or an expression
BLANK = re.compile(r"\s+")
OPENS = frozenset("{([,;=?:&|>}")  # no statement ends with these; one that ends with the last needs nothing after it
CLOSES = frozenset("})].?:")  # none begins with these
VALUE = re.compile(r"[\w$)\]}\"'`]$")
PIECE = re.compile(r"[\w$#.]+|[^\"'`/]")  # of a token that is neither a string nor a comment nor an expression
# Who checks the types sees to it that nothing is assigned to a constant.
SHORTER = {"const": "let", "true": "!0", "false": "!1"}
BELOW_ONE = re.compile(r"0\.\d")
OPENING, CLOSING = ("(", "[", "{"), (")", "]", "}")
BEFORE_EXPRESSION = re.compile(r"(?<![\w$#])(?:return|typeof|case|of|in)$")


def javascript(text: str) -> str:
    """The same program. Raises ValueError where a template is not ended."""
    parts: list[str] = []
    blank = ""
    for part in tokens(CAST.sub(r"\1", text)):
        if part.isspace():
            blank += part
            continue
        if part[0] == "}" and parts and parts[-1].endswith(";"):
            parts[-1] = parts[-1][:-1]
        parts += [_between(parts[-1] if parts else "", blank, part), part]
        blank = ""
    return _joined(parts) + "\n"


def tokens(text: str) -> Iterator[str]:
    """Strings, templates, expressions, what stands between them, and blanks: one in the place of a comment."""
    at, last = 0, ""
    while at < len(text):
        part, at = _token(text, at, last)
        last = last if part.isspace() else part
        yield part


def _joined(tokens: list[str]) -> str:
    """The text of tokens, where declarations that follow each other are one: `let a=1,b=2`, of constants too."""
    parts = [piece for token in tokens if token for piece in (PIECE.findall(token) if PIECE.match(token) else [token])]
    begun = [""]  # the word that the statement begins with in each bracket that is open
    for k, piece in enumerate(parts):
        piece = parts[k] = SHORTER.get(piece) or (piece[1:] if BELOW_ONE.match(piece) else piece)
        if piece in OPENING:
            begun.append("" if piece == "{" else piece)
        elif piece in CLOSING:
            begun.pop()
            begun[-1] = begun[-1] or piece
        elif piece == ";" and begun[-1] == "let" and parts[k + 1 : k + 2] in (["let"], ["const"]):
            parts[k], parts[k + 1] = ",", ""
            if parts[k + 2] == " ":
                parts[k + 2] = ""
        elif piece == "," and parts[k + 1] in CLOSING:  # after the last of a list
            parts[k] = ""
        elif piece in (";", "\n"):
            begun[-1] = ""
        elif piece:
            begun[-1] = piece if piece == "let" else begun[-1] or piece
    return "".join(parts)


def _token(text: str, at: int, last: str) -> tuple[str, int]:
    """What begins at a place, and where it ends."""
    here = text[at]
    if here == "`":
        end = _template(text, at)
        return text[at:end], end
    if match := BLANK.match(text, at):
        return match[0], match.end()
    if here == "/":
        if match := SKIPPED.match(text, at):
            return match[0] if "licen" in match[0].lower() else " ", match.end()
        divides = VALUE.search(last) and not BEFORE_EXPRESSION.search(last)
        match = None if divides else EXPRESSION.match(text, at)
    else:
        match = RUN.match(text, at) or STRING.match(text, at)
    end = match.end() if match else at + 1
    return text[at:end], end


def _between(last: str, blank: str, here: str) -> str:
    """What has to stand between two tokens that had blanks between them."""
    if not last or not blank:
        return ""
    if last.startswith("//"):
        return "\n"
    if "\n" in blank and last[-1] not in OPENS and here[0] not in CLOSES:
        return "\n"
    words = WORD.match(last[-1]) and WORD.match(here[0])
    return " " if words or (last[-1] == here[0] and here[0] in "+-") else ""


def _template(text: str, at: int) -> int:
    """Where the template that begins at a place ends."""
    at += 1
    while at < len(text):
        if text[at] == "`":
            return at + 1
        if text.startswith("${", at):
            at = braces(text, at + 2)
        else:
            at += 2 if text[at] == "\\" else 1
    raise ValueError("a template in the page's script is not ended")


def braces(text: str, at: int) -> int:
    """Where the braces that were opened before a place are closed."""
    depth = 1
    while depth and at < len(text):
        if text[at] == "`":
            at = _template(text, at)
        elif match := STRING.match(text, at):
            at = match.end()
        else:
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
    return at


def css(text: str) -> str:
    """The same style sheet."""
    text = BLANK.sub(" ", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
    return re.sub(r" ?([{};,]) ?|(:) ", lambda match: match[1] or match[2], text).replace(";}", "}").strip()
