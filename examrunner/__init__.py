"""examrunner: the program an instructor trusts with a day of oral exams."""

__version__ = "0.1.0"
