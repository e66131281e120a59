"""The web app: health, what programs push, initiatives' pages, and Slack's requests in HTTP mode."""
