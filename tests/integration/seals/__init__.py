"""Tests of sealing a record into a folder."""
