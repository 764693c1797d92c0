"""`python -m examrunner` is the program."""

from examrunner.main import run

run()
