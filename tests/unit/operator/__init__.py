"""Tests of what operators may do: the steps of a switch by hand."""
