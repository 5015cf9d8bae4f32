# Reads the calendar on standard input with python3-icalendar and writes what it found as JSON; complains of what it cannot read.
import json
import sys

import icalendar

calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
events = calendar.walk("VEVENT")
for part in [calendar, *events]:
    if part.errors:
        sys.exit(f"{part.name}: {part.errors}")
json.dump({
    "name": str(calendar["X-WR-CALNAME"]),
    "method": str(calendar["METHOD"]),
    "events": [{
        "uid": str(e["UID"]),
        "sequence": int(e["SEQUENCE"]),
        "status": str(e["STATUS"]),
        "modified": int(e.decoded("LAST-MODIFIED").timestamp()),
        "start": int(e.decoded("DTSTART").timestamp()),
        "end": int(e.decoded("DTEND").timestamp()),
        "summary": str(e["SUMMARY"]),
        "description": str(e["DESCRIPTION"]),
        "category": ",".join(str(c) for c in e["CATEGORIES"].cats),
        "url": str(e["URL"]),
    } for e in events],
}, sys.stdout)
