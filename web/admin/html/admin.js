// Follows the operators' websocket, and puts the moment to undo in seconds. Without it every page works; it only has to be loaded
// again by hand.
const safe = globalThis.trustedTypes?.createPolicy('statusd', { createHTML: (html) => html }) ?? { createHTML: (html) => html }
const link = document.getElementById('link')
const self = document.getElementById('main').dataset.self // the answer to a form stands at an address that only forms can be sent to
const parts = () => [...document.querySelectorAll('[data-live][id]')]

// Whoever types, has something selected, or is about to press a button keeps what is under their hands.
const busy = (part) => part.contains(document.activeElement) && document.activeElement !== document.body

let fetching = false
let again = false
async function refresh() {
	if (fetching) {
		again = true
		return
	}
	fetching = true
	try {
		const answer = await fetch(self, { headers: { Accept: 'text/html' }, redirect: 'manual', cache: 'no-store' })
		if (!answer.ok) throw new Error(String(answer.status))
		const fresh = new DOMParser().parseFromString(safe.createHTML(await answer.text()), 'text/html')
		for (const part of parts()) {
			const other = fresh.getElementById(part.id)
			if (!other || busy(part) || other.isEqualNode(part)) continue
			const open = new Set([...part.querySelectorAll('details[open]>summary')].map((s) => s.textContent))
			part.replaceChildren(...[...other.childNodes].map((n) => document.adoptNode(n)))
			for (const s of part.querySelectorAll('details>summary')) if (open.has(s.textContent)) s.parentElement.open = true
		}
		tick()
		here()
		if (connected) say('live')
	} catch {
		say('not up to date', true)
		setTimeout(refresh, 2000 + 3000 * Math.random())
	} finally {
		fetching = false
		if (again) {
			again = false
			refresh()
		}
	}
}

function say(text, off) {
	if (link.textContent !== text) link.textContent = text
	link.classList.toggle('off', Boolean(off))
}

// A connection begins with a frame of the newest revision. Nobody knows what has changed between the making of this page and that
// frame, so the page is fetched at the first as at every other, and only then called live.
let wait = 1000
let connected = false
function connect() {
	const of = document.querySelector('[data-live="probes"]') ? '?probes' : ''
	const socket = new WebSocket(location.origin.replace(/^http/, 'ws') + '/live' + of)
	socket.onopen = () => {
		wait = 1000
		connected = true
	}
	socket.onmessage = refresh
	socket.onclose = (event) => {
		connected = false
		if (event.code === 4401) {
			say('signed out: sign in again; what you typed stays here', true)
			return
		}
		say('not connected', true)
		setTimeout(connect, wait * (0.5 + Math.random()))
		wait = Math.min(wait * 2, 30000)
	}
}
if (parts().length && document.querySelector('.who')) connect()
setInterval(() => connected && refresh(), 60000) // what says how long something has been so grows older, whatever changes

// How many seconds are left to undo, counted from when the server said so and not by this machine's clock; then the button goes.
function tick() {
	for (const time of document.querySelectorAll('time[data-left]')) {
		time.dataset.text ??= time.textContent
		time.dataset.end ??= performance.now() + 1000 * time.dataset.left
		const left = Math.ceil((time.dataset.end - performance.now()) / 1000)
		if (left > 0) time.textContent = `${time.dataset.text} (in ${left} s)`
		else time.closest('section').replaceChildren()
	}
}
tick()
setInterval(tick, 1000)

// A window in the reader's own time, where that is not the schedule's: clock, weekday and offset.
function here() {
	const at = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' }
	for (const span of document.querySelectorAll('.reader[data-start]')) {
		const read = (timeZone) => new Intl.DateTimeFormat('en-GB', { ...at, timeZone }).formatRange(new Date(span.dataset.start), new Date(span.dataset.end))
		const text = read()
		span.textContent = `where you are: ${text}`
		span.hidden = text === read(span.dataset.zone)
	}
}
here()

// A form that is being sent cannot be sent twice by a second press; the server would do it once anyway.
document.addEventListener('submit', (event) => {
	const form = event.target
	if (form.dataset.sent) {
		event.preventDefault()
		return
	}
	form.dataset.sent = 'yes'
	setTimeout(() => delete form.dataset.sent, 5000) // loading was stopped, or failed
})
addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach((form) => delete form.dataset.sent))
