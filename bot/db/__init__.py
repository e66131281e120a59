"""The database: tables, one-hop units of work, and queries that take a session and never commit."""
