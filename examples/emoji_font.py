"""The emoji of a font as a folder of pictures, GROUP/SUBGROUP/NNNN-name.png: what 03_emoji.py shows to its network.

Unicode lists its emoji with their groups and subgroups in emoji-test.txt, and the font Noto Color Emoji has a picture
of each, 136 x 128 pixels. Both are Debian packages. An emoji is a sequence of characters: a flag of two letters, a
firefighter of a woman, an invisible joiner and a fire engine. Pillow joins them if it was built with raqm, as its
wheels are; what does not come out as a single picture is left out.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

LISTED = Path("/usr/share/unicode/emoji/emoji-test.txt")
FONTS = Path("/usr/share/fonts")
SIZE, SIDE, MARGIN = 109, 128, 4  # the font's only size, and the square that its pictures fill


def draw_emoji(folder: Path, count: int | None = None) -> None:
    """Draw all emoji, or about `count` of them evenly from all groups; those that are there already are kept."""
    file = next(FONTS.rglob("NotoColorEmoji.ttf"), None)
    if file is None or not LISTED.is_file():
        sys.exit("the emoji are missing here; on Debian: apt-get install fonts-noto-color-emoji unicode-data")
    font = ImageFont.truetype(file, SIZE, layout_engine=ImageFont.Layout.RAQM)
    emoji = list(listed())
    emoji = emoji[:: max(1, len(emoji) // (count or len(emoji)))]
    left_out = 0
    for k, (text, group, subgroup, name) in enumerate(emoji):
        target = folder / group / subgroup / f"{k:04}-{name}.png"
        if target.exists():
            continue
        picture = Image.new("RGBA", (SIDE, SIDE))
        ImageDraw.Draw(picture).text((-MARGIN, 0), text, font=font, embedded_color=True)
        if font.getlength(text) > font.getlength("\u231a") or picture.getbbox() is None:  # several, or none
            left_out += 1
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        picture.save(target)
    print(f"{len(emoji) - left_out:,} emoji in {folder}/, and {left_out} left out that do not come out as one picture")


def listed() -> Iterator[tuple[str, str, str, str]]:
    """Every emoji: its characters, group, subgroup, and its name as part of a file's."""
    group = subgroup = ""
    for line in LISTED.read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"# (sub)?group: (.*)", line):
            group, subgroup = (group, heading[2]) if heading[1] else (heading[2], "")
        elif entry := re.match(r"([0-9A-F ]+); fully-qualified +# \S+ E\d+\.\d+ (.*)", line):
            text = "".join(chr(int(point, 16)) for point in entry[1].split())
            yield text, group, subgroup, re.sub(r'[\\/:*?"<>|]', "", entry[2]).strip()
