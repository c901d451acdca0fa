"""The door: who is here, what they may do, and which practice's file is open."""
