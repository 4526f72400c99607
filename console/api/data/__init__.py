"""Endpoints that hand data on: exports of lists, live changes of all switches, and troubles of workflows."""
