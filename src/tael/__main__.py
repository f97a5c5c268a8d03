"""Lets `python -m tael` do what `tael` does."""

from tael.cli.main import main

main()
