"""Every link of a folder of HTML pages or of Markdown files leads somewhere: `python tools/links.py FOLDER_OR_FILE ...`

Links to other sites are left alone. Prints what is broken, and ends with status 1 where anything is.
"""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote


class Page(HTMLParser):
    """The links of a page, and the names in it that links can end at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.names: set[str] = {""}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for key, value in attrs:
            if key in ("href", "src") and value:
                self.links.append(value)
            elif key == "id" and value:
                self.names.add(value)


def markdown(text: str) -> Page:
    """The same of a Markdown file: its inline links, and its headings as they are linked to."""
    page = Page("")
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    page.links = re.findall(r"\]\(([^)\s]+)\)", text)
    headings = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    page.names |= {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
    return page


def read(file: Path) -> Page:
    return (markdown if file.suffix == ".md" else Page)(file.read_text())


def broken(file: Path) -> list[str]:
    """The links of a file that lead nowhere."""
    faults = []
    for link in read(file).links:
        if re.match(r"[a-z]+:", link):
            continue
        place, _, name = unquote(link).partition("#")
        target = file.parent / place if place else file
        if not target.exists() or (name and target.suffix in (".md", ".html") and name not in read(target).names):
            faults.append(f"{file}: {link} leads nowhere")
    return faults


def main() -> None:
    roots = [Path(word) for word in sys.argv[1:]]
    files = [file for root in roots for file in ([root] if root.is_file() else sorted(root.rglob("*.*")))]
    files = [file for file in files if file.suffix in (".html", ".md")]
    faults = [fault for file in files for fault in broken(file)]
    print(*faults, f"{len(files)} files, {len(faults)} broken links", sep="\n")
    sys.exit(bool(faults) or not files)


if __name__ == "__main__":
    main()
