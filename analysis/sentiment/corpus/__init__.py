"""Texts written for this product, labelled, and how they are put together to train the default model."""
