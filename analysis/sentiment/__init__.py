"""How a text sounds: SnowNLP's score, computed exactly and fast, and never shown as a judgement."""
