"""Settings and files of deployment: the page that tells them, and what their makers say of them."""
