"""Tests of approvals by a second person."""
