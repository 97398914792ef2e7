"""From what a letter says to what it means: spine levels, dates, assertions, attachments."""
