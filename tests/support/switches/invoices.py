"""How late the seller may be with an invoice."""

from __future__ import annotations

LONG_SECONDS = 365 * 86_400.0
