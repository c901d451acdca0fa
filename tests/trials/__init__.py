"""Heavy trials: what the rules do on invented people of whom the truth is known. Run by `python -m tests.trials`."""

import sys
from pathlib import Path

# As pyproject.toml tells pytest: the comparisons of test_twice, which a trial calls, import `tables` from this folder.
sys.path.append(str(Path(__file__).parents[1]))
