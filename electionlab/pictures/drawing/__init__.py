"""What pictures are drawn with: SVG as text, a canvas with time to the right, labels, patterns."""
