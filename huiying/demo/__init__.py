"""The fictional bureau of `huiying demo`: its people, its messages, and how they get in."""
