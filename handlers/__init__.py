"""What comes in from Slack: one module per user task."""
