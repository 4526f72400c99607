"""The console's side of Temporal: what it sends, signs, and how it notices silence."""
