"""Reports: contexts (data first), composition, charts, PDF, Excel and JSON, all from the same context."""
