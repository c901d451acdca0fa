"""How a command speaks while it works: lines, how far it is, and why it refuses. On this screen, or down a route."""

import sys
from typing import Protocol


class Teller(Protocol):
    """Whoever asked for the work, as the work sees them."""

    def line(self, words: str) -> None:
        """A line of the result, for standard output."""

    def refusal(self, words: str) -> None:
        """Why nothing was done and what to do, for standard error."""

    def progress(self, share: float, words: str) -> None:
        """How far the work is, from 0 to 1. Nothing is lost when nobody looks."""


class OnScreen:
    """Standard output and standard error of this process."""

    def line(self, words: str) -> None:
        """Print a line."""
        print(words, flush=True)

    def refusal(self, words: str) -> None:
        """Print to standard error."""
        print(words, file=sys.stderr, flush=True)

    def progress(self, share: float, words: str) -> None:
        """Show it while a person watches; write nothing into a script's log."""
        if sys.stderr.isatty():
            print(f"\r{share:4.0%}  {words:<60}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)
