"""Billing of the old plan and the new one."""
