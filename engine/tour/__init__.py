"""The Tour: what a build makes and a window shows. numpy and pandas alone; the only thing both halves know.

Values stand at the bottom (view, numbers, alignment, tour); what reads, writes, joins, matches and measures tours
stands above them. Importing any of it brings in `writing`, which gives tours their `save`.
"""

from . import writing as writing
