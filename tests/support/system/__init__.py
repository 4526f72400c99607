"""Parts of the operating system that whole installations are tested with."""
