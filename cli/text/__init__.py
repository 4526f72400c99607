"""What every command prints with: output, tables, amounts, and texts that commands share."""
