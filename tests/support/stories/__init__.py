"""Stories and inputs: what happened, told with the rules themselves."""
