"""The steps of the room's SOP in the order in which its records and its mart count them: that of its first version.

The place of a step is kept with every stamp, so the order of that file never changes; of any other SOP the file says
which steps there are (`domain/sop`).
"""

from __future__ import annotations

import tomllib

from etl.reference import shipped_sop_texts

STEP_CODES: tuple[str, ...] = tuple(tomllib.loads(shipped_sop_texts()[0][1])["langkah"])
STEP_INDEX = {code: index for index, code in enumerate(STEP_CODES)}
STEP_COUNT = len(STEP_CODES)
