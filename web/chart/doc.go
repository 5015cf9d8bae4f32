// Package chart draws what was measured: latency and availability of many days (Days), and one day in detail with everything that
// fell into it (Timeline). A chart is a piece of HTML around SVG, made by the server, that needs no script.
//
//	label    plot                    rows of a grid: labels are text of the page and stay as large as it is,
//	400 ms ┌───────────────────┐     plots are stretched to whatever room there is
//	       │ ▁▂▁▁▃▂▁▁▁▁▁▂▁▁▁▁ │
//	     0 └───────────────────┘
//	levels  ▂▂▂▂▂▂▂▂█▂▂▂▂▂▂▂▂▂
//	windows      ▬▬▬
//	        00:00   12:00   24:00
//
// It carries no style of its own: Style is for the page's style sheet, and colours are those of the page (--ok, --deg, --par,
// --maj, --mnt, --nod, --soft, --line, --card), light and dark. So a strict policy of content needs no exception.
//
// Whoever does not see it gets Title and Text; a table of the numbers beside it is the page's business. States differ in height
// as well as in colour. Text from outside is escaped, and what XML cannot hold is taken out. The same values give the same bytes,
// and a chart has at most Most bytes, whatever it is given.
package chart
