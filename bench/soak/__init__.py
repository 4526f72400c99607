"""A whole stack under a low, steady load for hours: does anything grow that should not?"""
