"""Billing, invoices and the credit bureau of the emulated cloud."""
