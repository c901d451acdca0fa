"""Run every trial and print every figure; 1 when any of them disagrees with what it should be.

python -m tests.trials            all in full, some minutes
python -m tests.trials --quick    samples as small as those the tests run, half a minute
"""

import argparse
import sys

from tests.trials import interval_coverage, no_change, regression, small_cells, worlds

TRIALS = [no_change, interval_coverage, regression, small_cells, worlds]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.trials")
    parser.add_argument("--quick", action="store_true", help="small samples")
    asked = parser.parse_args()
    held = []
    for trial in TRIALS:
        held.append(trial.main(asked.quick))
        print("\n" + ("All as it should be." if held[-1] else "NOT AS IT SHOULD BE: see the rows above.") + "\n")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
