"""What a process shows of itself: its health, its alerts, its logs."""
