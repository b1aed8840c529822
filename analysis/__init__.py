"""Text in, assessment out: sentiment, topics, places, repeats, incidents, risk."""
