"""The steps of the room's SOP in the order in which its records and its mart count them.

The place of a step is kept with every stamp, so what stands here never changes; of any other SOP the file says which
steps there are (`domain/sop`).
"""

from __future__ import annotations

STEP_CODES = ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "B1", "B2", "B3", "B4", "B5")
STEP_INDEX = {code: index for index, code in enumerate(STEP_CODES)}
STEP_COUNT = len(STEP_CODES)
