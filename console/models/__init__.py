"""What the API answers, one model for each answer; the OpenAPI document is made of them."""
