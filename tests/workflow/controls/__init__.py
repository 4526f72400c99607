"""Commands of operators: pause, cancel, roll back."""
