"""Local copies of the sites we gather from: real HTTP, invented letters, faults on demand."""
