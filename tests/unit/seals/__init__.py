"""Tests of sealing without a database."""
