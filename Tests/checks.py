"""Checks that print a line each, for the attacks and the tests of streams."""


class Checks:
    """Prints a line for each check, and counts those that fail."""

    def __init__(self):
        self.count = 0
        self.failures = []

    def __call__(self, holds, what, figures=""):
        """`figures` are what was observed. Returns whether the check holds, so that a test may stop."""
        self.count += 1
        figures = " ".join(str(figures).split())[:120 if holds else 600]
        line = f"{what} [{figures}]" if figures else what
        if not holds:
            self.failures.append(line)
        print("ok  " if holds else "FAIL", line, flush=True)
        return bool(holds)


check = Checks()
