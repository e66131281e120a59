"""Measurements as ratios to a floor in the same run; `python -m benchmarks` runs them, on loopback only."""
