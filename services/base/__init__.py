"""What every use case works with: the tools, the record of a switch, its names, and rounds."""
