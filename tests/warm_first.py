"""Imported before the others: what the server imports stays, and looking through it for garbage takes a third of the
time. A program that is forked from it collects its own garbage as any other."""

import gc

gc.disable()
