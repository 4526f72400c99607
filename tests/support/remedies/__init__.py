"""Remedies as somebody walks them: what they name, and a way from each refusal to its end."""
