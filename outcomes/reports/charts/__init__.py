"""Charts: frozen numbers with a Vega-Lite specification each, drawn to SVG on the server.

One hue for those who got the intervention, a lighter and dashed one for the comparison, grey for what was expected;
shape and line differ as well as colour, so that the charts read in grey and to colour-blind eyes. Uncertain marks are
hollow.
"""
