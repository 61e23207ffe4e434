"""`python -m dashboard.commands`: the same as `pantau`."""

from dashboard.commands import main

main()
