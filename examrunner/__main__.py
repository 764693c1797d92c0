"""`python -m examrunner` is the command `examrunner`."""

from examrunner.main import run

if __name__ == "__main__":
    run()
