// The page is whole without this. It adds the reader's own time, and follows /live: levels and headline at once from the
// frame, everything else by fetching the page again and putting its main part in place.
const html = document.documentElement
const find = (selector, from = document) => from.querySelector(selector)
const words = find('#say').dataset
const minute = 6e4
let asOf = html.dataset.asof
let moved = Date.now()
let fresh = moved - Date.parse(asOf) < 5 * minute
let socket, dialled = 0, heard = 0, failures = 0, redial, polling, fetching, again

// quietly runs f; a page that is right must not break over its trimmings.
const quietly = (f) => { try { return f() } catch { /* the page stays as it is */ } }

// say tells screen readers politely; of the region only what is added is read. Each part keeps the language of its element.
function say(...parts) {
	const line = document.createElement('p'), region = find('#say')
	for (const part of parts) {
		const piece = document.createElement('span')
		piece.lang = part.closest?.('[lang]')?.lang || html.lang
		piece.textContent = (part.textContent ?? part).replace(/\.?\s*$/, '. ')
		line.append(piece)
	}
	region.append(line)
	if (region.children.length > 9) region.firstChild.remove()
}

// news says each update that was not there before, with the title of its incident.
function news(before, now) {
	const parts = (update) => [...update.querySelectorAll('.when b,.body')]
	const key = (update) => update.closest('article').id + parts(update).map((e) => e.textContent)
	const known = [...before.querySelectorAll('.upd')].map(key)
	for (const update of now.querySelectorAll('.upd')) {
		if (!update.closest('details') && !known.includes(key(update))) say(find('h1,h3 a', update.closest('article')), ...parts(update))
	}
}

// follows is what a frame's main is compared with: a customer's page has a hash of its own, and follows everybody's.
const follows = () => html.dataset.follows || html.dataset.main

// keep lets the links of a customer's page go on for that customer. As they come they name the cohort, for a page is made
// once for all its customers.
function keep() {
	const customer = new URLSearchParams(location.search).get('customer')
	if (!customer || !html.dataset.cohort) return
	for (const a of document.querySelectorAll('a[href*="cohort="]')) {
		const to = new URL(a.href)
		to.searchParams.delete('cohort')
		to.searchParams.set('customer', customer)
		a.href = to.origin === location.origin ? to.pathname + to.search : to.href // webcal: has the host in it
	}
}

function yourTimes() {
	if (html.dataset.chosen) return // the page has the reader's choice in it
	const wanted = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
	const lang = html.lang === 'en' ? 'en-GB' : html.lang
	const yours = new Intl.DateTimeFormat(lang, { ...wanted, timeZoneName: 'short' })
	const here = new Intl.DateTimeFormat('en', wanted)
	// Finnish texts have Finland's time in them already.
	const shown = (html.lang === 'fi' ? [html.dataset.zone, 'Europe/Helsinki'] : [html.dataset.zone])
		.map((timeZone) => new Intl.DateTimeFormat('en', { ...wanted, timeZone }))
	for (const time of document.querySelectorAll('.when > time')) {
		const start = new Date(time.dateTime), end = new Date(time.dataset.end || time.dateTime)
		if (shown.some((there) => here.format(start) === there.format(start) && here.format(end) === there.format(end))) continue
		const line = document.createElement('span')
		line.className = 'yours'
		line.textContent = words.yours + ': ' + (time.dataset.end ? yours.formatRange(start, end) : yours.format(start))
		time.after(line)
	}
}

// show says how far the page can be trusted.
function show() {
	const old = !fresh || Date.now() - moved > 5 * minute
	if (old !== html.classList.contains('old')) say(old ? words.stale : find('#asof'))
	html.classList.toggle('old', old)
	const live = find('#live')
	if (!live) return
	const said = [old && words.stale, heard ? words.live : failures && words.connecting].filter(Boolean).join(', ')
	if (live.textContent !== said) live.textContent = said
}

function tick(iso, text) {
	if (iso > asOf) {
		asOf = iso
		moved = Date.now()
		fresh = true
	}
	for (const time of document.querySelectorAll('#asof, .asof time')) {
		time.dateTime = iso
		time.textContent = text
	}
	show()
}

function level(el, key, text) {
	if (!el || el.textContent.trim() === text) return false
	el.classList.remove(...[...el.classList].filter((c) => c.startsWith('is-')))
	el.classList.add('is-' + key)
	find('use', el).setAttribute('href', '#' + key)
	find('span', el).textContent = text
	return true
}

function take(frame) {
	if (frame.as_of < asOf) return
	tick(frame.as_of, frame.as_of_text)
	if (frame.main !== follows()) soon(frame.main, 600)
	if (html.dataset.cohort) return // levels and headline are everybody's
	const told = [], band = find('.band')
	if (band) {
		const before = find('#headline span').textContent
		if (level(find('#headline'), frame.headline.symbol, frame.headline.text)) {
			band.className = 'band is-' + frame.headline.symbol
			document.title = document.title.replace(before, () => frame.headline.text)
			told.push(frame.headline.text)
		}
		for (const c of frame.components) {
			const el = find('[data-component="' + CSS.escape(c.id) + '"]')
			if (level(el, c.level, c.text)) told.push(find('.nm', el.parentNode).firstChild.textContent.trim() + ': ' + c.text)
		}
	}
	if (told.length) say(told.join('. '))
}

// soon fetches the page within wait, and again, ever later, while a cache on the way still has an older one.
function soon(main, wait) {
	clearTimeout(again)
	again = setTimeout(async () => {
		await refresh()
		if (follows() !== main && wait < 3e4) soon(main, wait * 2)
	}, Math.random() * wait)
}

async function refresh() {
	if (fetching) return
	fetching = true
	try {
		const answer = await fetch(location.href, { cache: 'no-cache' })
		if (answer.ok) swap(new DOMParser().parseFromString(await answer.text(), 'text/html'))
	} catch { /* the next frame or poll tries again */ }
	fetching = false
}

function swap(next) {
	const other = next.documentElement.dataset, main = find('main'), fresher = find('main', next)
	if (!fresher || !other.main || other.asof < asOf) return
	if (other.build !== html.dataset.build) return location.reload()
	if (other.main !== html.dataset.main) {
		const open = [...main.querySelectorAll('details[open]')].map((d) => d.id)
		const held = main.contains(document.activeElement) && document.activeElement
		const place = (e) => [e.tagName, e.closest('[id]').id, e.getAttribute('href')].join()
		const was = held && place(held), y = scrollY
		const headline = () => find('#headline span')?.textContent, before = headline()
		main.replaceWith(fresher)
		if (headline() !== before) say(headline())
		quietly(() => news(main, fresher))
		keep()
		for (const id of open) quietly(() => { document.getElementById(id).open = true })
		if (held) {
			const same = held === main ? fresher : [...fresher.querySelectorAll('a,summary')].find((e) => place(e) === was)
			if (same) same.focus({ preventScroll: true })
		}
		scrollTo(scrollX, y)
		document.title = next.title
		find('link[rel=icon]').href = find('link[rel=icon]', next).href
		html.dataset.main = other.main
		yourTimes()
	}
	if (other.cohort) Object.assign(html.dataset, { cohort: other.cohort, follows: other.follows })
	tick(other.asof, find('#asof', next).textContent)
}

function dial() {
	clearTimeout(redial)
	dialled = Date.now()
	quietly(() => {
		socket = new WebSocket(location.origin.replace(/^http/, 'ws') + '/live?lang=' + html.lang)
		socket.onmessage = (message) => {
			heard = Date.now()
			failures = 0
			polling = clearTimeout(polling)
			quietly(() => take(JSON.parse(message.data)))
			show()
		}
		socket.onclose = lost
	})
	if (!socket) lost()
}

// lost dials again after 1 to 2 s, 2 to 4, 4 to 8, 8 to 16, then 15 to 30; from the third failure on the page is fetched
// once a minute as well.
function lost() {
	socket = null
	heard = 0
	failures++
	redial = setTimeout(dial, Math.min(30, 2 ** failures) * (500 + Math.random() * 500))
	if (failures > 2 && !polling) poll()
	show()
}

function poll() {
	polling = setTimeout(async () => {
		await refresh()
		if (polling) poll()
	}, minute * (0.8 + Math.random() * 0.4))
}

// drop gives a socket up without waiting for its other end, which may be out of reach.
function drop() {
	const gone = socket
	gone.onmessage = gone.onclose = null
	quietly(() => gone.close())
	lost()
}

// silent says that nothing came for so long, or nothing at all since the socket was dialled 20 s ago: after a sleep, or in another
// network, it may be dead and nobody says so. A frame comes every minute.
const silent = (long) => Date.now() - (heard || dialled) > (heard ? long : minute / 3)

// wake comes back at once, when somebody looks again.
function wake() {
	if (document.hidden) return
	if (socket && silent(1.5 * minute)) drop()
	if (!socket) dial()
	show()
}

// elsewhere is after a change of network: whatever was connected before is not to be trusted.
function elsewhere() {
	if (socket) drop()
	dial()
}

quietly(() => {
	keep()
	yourTimes()
	show()
	if (!html.dataset.main) return
	addEventListener('online', elsewhere)
	document.addEventListener('visibilitychange', wake)
	document.addEventListener('resume', wake)
	addEventListener('pagehide', () => quietly(() => socket.close()))
	addEventListener('pageshow', wake)
	setInterval(() => {
		if (socket && silent(2.5 * minute)) drop()
		show()
	}, 15e3)
	dial()
})
