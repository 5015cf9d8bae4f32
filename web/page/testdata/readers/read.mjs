// Reads the calendar on standard input with ical.js, whose file is the first argument, and writes what it found as JSON.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const { default: ICAL } = await import(pathToFileURL(process.argv[2]))
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, 'utf8')))
const events = calendar.getAllSubcomponents('vevent').map((part) => {
	const e = new ICAL.Event(part), value = (name) => part.getFirstPropertyValue(name)
	return {
		uid: e.uid,
		sequence: e.sequence,
		status: value('status'),
		modified: value('last-modified').toUnixTime(),
		start: e.startDate.toUnixTime(),
		end: e.endDate.toUnixTime(),
		summary: e.summary,
		description: e.description,
		category: value('categories'),
		url: value('url'),
	}
})
// It knows no NAME, and gives it as it stands.
const name = calendar.getFirstPropertyValue('name').replace(/\\(.)/g, '$1')
console.log(JSON.stringify({ name, method: calendar.getFirstPropertyValue('method'), events }))
