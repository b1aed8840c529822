"""From the bytes of an answer to named values; pure, and made for text written by strangers."""
