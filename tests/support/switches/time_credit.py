"""Where the credit checks of dated switches are."""

from __future__ import annotations

from tests.support.worlds.dated import Place

BERLIN = Place(country="DE", subdivision="BE", zone="Europe/Berlin", cut_off_hour=17)
