"""`pantau` that dies at one place: `python -m tests.serving.killed MODULE FUNCTION before|after COMMAND …`.

With `from MODULE FUNCTION` before the command it does so only once that function has been called.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import Any

from dashboard.commands import main


def die_at(place: str, name: str, when: str) -> None:
    """From now on the process ends at that function."""
    module = import_module(place)
    whole = getattr(module, name)

    def killed(*args: Any, **kwargs: Any) -> None:
        """What the function does, or nothing of it, and the end."""
        if when == "after":
            whole(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, killed)


def die_once_begun(place: str, name: str, *fault: str) -> None:
    """The same from when that other function is called, which does what it does."""
    module = import_module(place)
    whole = getattr(module, name)

    def begun(*args: Any, **kwargs: Any) -> Any:
        die_at(*fault)
        return whole(*args, **kwargs)

    setattr(module, name, begun)


if __name__ == "__main__":
    fault, words = sys.argv[1:4], sys.argv[4:]
    if words[0] == "from":
        die_once_begun(*words[1:3], *fault)
        words = words[3:]
    else:
        die_at(*fault)
    sys.argv = ["pantau", *words]
    main()
