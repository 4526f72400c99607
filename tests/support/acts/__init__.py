"""What somebody does in a world: operators, strangers, directories that refuse."""
