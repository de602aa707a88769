"""The benchmarks: clients that start a server of their own and measure it from outside, as ratios in one run."""
