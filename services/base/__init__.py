"""What every use case works with: the tools, the record of a switch and its names, saving, and rounds."""
