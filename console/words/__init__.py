"""How answers are told: to programs, at a shell, and on pages."""
