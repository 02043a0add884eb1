"""Finding points by what their text attributes say, fast enough to do at every letter, and how well each is hit."""

import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .tour import Tour

WHOLE, BEGINNING, INSIDE, NONE = range(4)
"""Where a point has what is looked for: as whole words, at the beginning of words, inside of them, nowhere."""
BETWEEN_WORDS = re.compile(r"[\W_]+")


def _is_text(values: "pd.Series[Any]") -> bool:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return not _of_numbers(values)
    return bool(pd.api.types.is_string_dtype(values.dtype) or pd.api.types.is_object_dtype(values.dtype))


def _of_numbers(values: "pd.Series[Any]") -> bool:
    """Whether they are classes whose names are numbers."""
    kind = values.dtype
    return isinstance(kind, pd.CategoricalDtype) and pd.api.types.is_numeric_dtype(kind.categories.dtype)


def _factorized(values: "pd.Series[Any]") -> tuple[NDArray[np.integer], Any]:
    """The number of each point's text, -1 for none, and the texts. Of classes they are there already."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.codes.to_numpy(), values.cat.categories
    return pd.factorize(values.astype("string"))


class TextIndex:
    """The text attributes of a tour, each distinct text once, without its case; and classes named by numbers."""

    def __init__(self, tour: Tour) -> None:
        self.n = tour.n
        self._columns: dict[str, tuple[list[str], NDArray[np.integer]]] = {}
        self._spaced: dict[str, list[str]] = {}
        """The same texts with a blank before and after each word."""
        self._numbers: set[str] = set()
        """Columns of which a word is to be the whole, since every number has a 1 in it somewhere."""
        for name, values in tour.attributes.items():
            if (numbers := _of_numbers(values)) or _is_text(values):
                codes, texts = _factorized(values)
                folded = [str(text).casefold() for text in texts]
                self._columns[str(name)] = folded, codes
                self._spaced[str(name)] = [_spaced(text) for text in folded]
                self._numbers |= {str(name)} if numbers else set()
        self.attributes = list(self._columns)

    def matches(self, text: str, *, attribute: str | None = None) -> NDArray[np.bool_] | None:
        """Points with an attribute, or that one, in which all words of `text` occur; None for no text.

        After an attribute's name, as in "label 7", "label:7" or "label=7", its values are looked through: those that
        are the rest of the text, or else those in which its words occur. Raises KeyError where there is no such text
        attribute.
        """
        found = self.ranks(text, attribute=attribute)
        return None if found is None else found < NONE

    def ranks(self, text: str, *, attribute: str | None = None) -> NDArray[np.int8] | None:
        """How well each point (n,) has it, WHOLE to NONE, by the attribute that has it best and the word that it has
        worst; None for no text. The rest as `matches`."""
        words = text.casefold().split()
        if not words:
            return None
        found = np.full(self.n, NONE, dtype=np.int8)
        for name in self._columns if attribute is None else [attribute]:
            texts, codes = self._columns[name]
            hits = [*self._having(name, words), NONE]  # -1 is no text
            value = None if attribute else _after(name.casefold(), text.casefold())
            if value:
                exact = [WHOLE if each == value else NONE for each in texts]
                named = exact if WHOLE in exact else self._having(name, value.split())
                hits = [min(pair) for pair in zip(hits, [*named, NONE], strict=True)]
            np.minimum(found, np.array(hits, dtype=np.int8)[codes], out=found)
        return found

    def _having(self, name: str, words: list[str]) -> list[int]:
        """How well the texts of a column have all the words."""
        texts, _ = self._columns[name]
        if name in self._numbers:
            return [WHOLE if words == [each] else NONE for each in texts]
        wanted = [_spaced(word) for word in words]
        return [
            max(_rank(word, spaced) for word in wanted) if all(word in each for word in words) else NONE
            for each, spaced in zip(texts, self._spaced[name], strict=True)
        ]


def _spaced(text: str) -> str:
    return f" {BETWEEN_WORDS.sub(' ', text).strip()} "


def _rank(word: str, text: str) -> int:
    """How well a text has a word that is somewhere in it, both with a blank before and after each of their words."""
    if word in text:
        return WHOLE
    return BEGINNING if word[:-1] in text else INSIDE


def _after(name: str, text: str) -> str:
    """What a text says after the name of an attribute: " Label : 7" is a 7; nothing where it begins otherwise."""
    text = " ".join(text.split())
    if not text.startswith(name):
        return ""
    rest = text[len(name) :]
    return rest.lstrip(" :=") if rest[:1] in (" ", ":", "=") else ""
