"""Facts of the providers' clients, on answers that a healthy cloud seldom gives."""
