"""Speed as ratios within one run: machines are noisy, and a second here is not a second there."""
