"""The web app: health, what programs push, and Slack's requests in HTTP mode."""
