"""What every use case works with: the tools, what stands behind a row of the board, and rounds."""
