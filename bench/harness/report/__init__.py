"""The report: one HTML file from the records of one or more sessions, and the same as Markdown and SVG files.

sessions.py   reads the records of a session
printed.py    reads the printed table back into headings, tables and sentences
figures.py    the figures of any two cells, for the comparison in the page
charts.py     the plots as data; flames.py: flame graphs from profiles
model.py      all of it together
page.py       writes the page: page.html, page.css, ratios.js, charts.js, page.js, and D3 from Debian's libjs-d3
markdown.py   writes Markdown
svg.py        draws the plots into SVG files
output.py     writes page and Markdown of some sessions into a folder
__main__.py   the command line of bench/report
"""
