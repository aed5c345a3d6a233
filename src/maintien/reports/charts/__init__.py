"""Charts: what is drawn, as plain values, and how, as an SVG file and on a terminal."""
