"""The one client of Temporal: what is sent and signed, what is known there, and how silence is noticed."""
