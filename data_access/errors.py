"""The root of every error that a user may read."""


class PantauError(Exception):
    """Something a person can put right; `str()` is one sentence in Indonesian that says what to do.

    The command line answers it with exit code 2 ("refused, nothing changed"), a page with a message.
    """
