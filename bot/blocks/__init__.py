"""What people see: domain values in, messages and views out. Pure; the Slack client is not imported here."""
