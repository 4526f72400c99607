"""The state of the emulated cloud, one way to change it, and the answers in its dialects."""
