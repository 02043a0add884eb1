"""Loggers that tell the root nothing: torch has up to eighty, and pytest attaches itself to each, six times a test."""

import logging

import pytest


@pytest.fixture(autouse=True, scope="module")
def torch_tells_the_root():
    """What it logs is heard there as well, at once. Its loggers come one by one, with what tests import."""
    for name, logger in logging.root.manager.loggerDict.items():
        if isinstance(logger, logging.Logger) and name.split(".")[0] == "torch":
            logger.propagate = True
