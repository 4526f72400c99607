"""Notices by mail at rest: subscriptions, the notices themselves, their tries and ends."""
