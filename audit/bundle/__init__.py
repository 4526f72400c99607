"""Bundles: everything that proves one switch in one file, made here and checked anywhere (ADR 36)."""
