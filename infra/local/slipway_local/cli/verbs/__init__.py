"""What can be typed, by subject. Each verb is thin: what it does is imported when it is used."""
