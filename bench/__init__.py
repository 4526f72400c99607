"""Benchmarks: figures for people, never asserted by a test."""
