"""Reports over what was recorded: the views of dashboards as files (docs/views.md)."""
