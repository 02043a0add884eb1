"""What is known of every picture: its label, its group, and what the network answered."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..activations import Answers, Captured
from ..inputs.imagenet import imagenet
from ..inputs.images import Images
from ..inputs.label_values import column_of
from ..models.network import Network


def with_truth(images: Images, net: Network, outputs: int) -> Images:
    """The images with the output that is each one's own class: as ImageNet counts, by name, or in their order.

    outputs: how many classes the network tells apart, 0 where it does not.
    """
    if images.truth is not None:
        return images if outputs == len(imagenet()) else replace(images, truth=None)
    if images.labels is None:
        return replace(images, counted=_counts(images, outputs))
    names = [str(name) for name in images.labels.categories]
    if net.classes and set(names) <= set(net.classes):
        places = np.array([net.classes.index(name) for name in names], dtype=np.int64)
        return replace(images, truth=places[images.labels.codes])
    return replace(images, truth=images.labels.codes.astype(np.int64)) if len(names) == outputs else images


def attributes(net: Network, images: Images, captured: Captured, *, named: Images | None = None) -> pd.DataFrame:
    """A row for every picture that could be read: label, label_coarse, prediction, confidence, error, file.

    named: the pictures whose labels name the network's outputs, these unless given.
    """
    rows = np.array(captured.rows)
    labels = images.labels[rows].remove_unused_categories() if images.labels is not None else None
    if labels is None and any(label is not None for label in captured.labels):
        labels = column_of(captured.labels, images.classes)
        if isinstance(labels, pd.Categorical):
            labels = labels.remove_unused_categories()
    table: dict[str, Any] = {} if labels is None else {"label": labels}
    columns = {name: values[rows] for name, values in images.columns.items() if name != "file"}
    columns |= {
        name: values.remove_unused_categories()
        for name, values in columns.items()
        if isinstance(values, pd.Categorical)
    }
    if "label_coarse" in columns:
        table["label_coarse"] = columns.pop("label_coarse")
    if captured.answers is not None:
        table |= _answers(captured.answers, _class_names(net, named or images, captured.answers.classes))
    table |= columns
    if "file" in images.columns:
        table["file"] = images.columns["file"][rows]
    return pd.DataFrame(table, index=range(len(rows)))


def _counts(images: Images, outputs: int) -> bool:
    """Whether class numbers of a dataset are those of the outputs: as many names, or as many numbers from 0 on."""
    if images.classes or images.groups is None:
        return len(images.classes) == outputs
    return bool(np.array_equal(np.unique(images.groups), np.arange(outputs)))


def _class_names(net: Network, images: Images, outputs: int) -> list[str]:
    """The names of the outputs: those that the labels go by, if possible."""
    of_imagenet = [each.label for each in imagenet().values()]
    labels = images.labels
    by_order = list(images.classes) or ([] if labels is None else [str(name) for name in labels.categories])
    known = (of_imagenet if "label_coarse" in images.columns else [], list(net.classes), by_order)
    return next((names for names in known if len(names) == outputs), [str(k) for k in range(outputs)])


def _answers(answers: Answers, names: list[str]) -> dict[str, Any]:
    """Prediction; confidence and error in the true class, as published, or confidence in the prediction.

    A picture whose true class is not known, among others whose is, has neither.
    """
    prediction = pd.Categorical([names[k] for k in answers.prediction], categories=list(dict.fromkeys(names)))
    table: dict[str, Any] = {"prediction": prediction.remove_unused_categories()}
    if np.isnan(answers.truth).all():
        return table | {"confidence": answers.confidence}
    return table | {"confidence": answers.truth, "error": -np.log(answers.truth.clip(min=1e-12))}
