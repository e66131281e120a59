"""What happens by itself: a clock that ticks, and jobs that claim due rows and work on them."""
