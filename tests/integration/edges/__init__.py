"""The served console: what it takes, refuses, survives and documents."""
