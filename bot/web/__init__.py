"""The web app: health, and Slack's requests in HTTP mode."""
