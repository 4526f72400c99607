"""Why a switch failed, holds or was slow: first cause, what was tried, and what it cost (audit.md)."""
