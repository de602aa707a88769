"""Tests of telemetry/rollup."""
