// Ends at once: whoever runs it may read this clone.
