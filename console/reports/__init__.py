"""Reports: the views of dashboards over HTTP and as pages (docs/views.md)."""
