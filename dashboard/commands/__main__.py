"""`python -m dashboard.commands`: the same as `pantau`."""

from dashboard.commands import main

if __name__ == "__main__":
    main()
