"""The root of every error that a user may read."""

import errno

STORAGE_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
"""What the system says when there is no room: a full disk, a quota, a file as long as it may be."""


class PantauError(Exception):
    """Something a person can put right; `str()` is one sentence in Indonesian that says what to do.

    The command line answers it with exit code 2 ("refused, nothing changed"), a page with a message.
    """
