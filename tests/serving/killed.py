"""`pantau` that dies at one place: `python -m tests.serving.killed MODULE FUNCTION before|after COMMAND …`."""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import Any

from dashboard.commands import main

if __name__ == "__main__":
    place, name, when = sys.argv[1:4]
    module = import_module(place)
    whole = getattr(module, name)

    def killed(*args: Any, **kwargs: Any) -> None:
        """What the function does, or nothing of it, and the end."""
        if when == "after":
            whole(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, killed)
    sys.argv = ["pantau", *sys.argv[4:]]
    main()
