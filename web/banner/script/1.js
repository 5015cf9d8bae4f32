// The banner of a login page, version 1. docs/banner.md says how to include it. It shows text and nothing else, whatever it is answered, and leaves the login alone whatever goes wrong.
(() => {
	'use strict'
	const script = document.currentScript
	// A login page is right without us: nothing that goes wrong here reaches it.
	const quietly = (f) => { try { return f() } catch {} }
	const minute = 6e4, store = 'statusd.banner', closing = { nb: 'Lukk', sv: 'Stäng', da: 'Luk', de: 'Schließen', nl: 'Sluiten', fi: 'Sulje' }
	const style = `:host{all:initial;color-scheme:inherit;display:block;flex:0 0 100%;align-self:stretch;grid-column:1/-1;position:relative;z-index:1}
div{display:flex;gap:.75em;align-items:start;max-height:40vh;overflow:auto;padding:.75em 1em;margin-bottom:1px;font:16px/1.45 system-ui,sans-serif;border-inline-start:.375em solid;
color:light-dark(#124,#def);background:light-dark(#def,#124);border-color:light-dark(#16a,#6bf)}
.incident{color:light-dark(#501,#fee);background:light-dark(#fee,#411);border-color:light-dark(#b22,#f88)}
.short_notice,.maintenance{color:light-dark(#430,#fec);background:light-dark(#fec,#320);border-color:light-dark(#850,#fb3)}
p{margin:0;flex:1;overflow-wrap:anywhere}
a{color:inherit}
button{all:unset;flex:none;width:1.5em;text-align:center;cursor:pointer}
:focus-visible{outline:2px solid;outline-offset:2px}
button:hover{background:#8884}
@media(forced-colors:active){div{border:1px solid;border-inline-start-width:.375em}}`

	// What is in the page; the newest answer as {at, late, asked, answer}, where at is this clock's and late how far that is ahead
	// of the service's; and what was dismissed, as id.version.
	let host, root, shown
	let last
	let gone = []
	let timer, asking, again, socket, known, failures = 0, wanted = 0

	const service = quietly(() => new URL(script.dataset.service || script.src, location.href).origin)
	const say = (name) => script.getAttribute('data-' + name) || ''
	const keeps = () => say('storage') !== 'off'
	const lang = () => say('lang') || document.documentElement.lang

	const question = () => {
		const asked = new URL(service + '/api/v1/banner')
		for (const name of ['customer', 'lang', 'environment']) {
			const value = name === 'lang' ? lang() : say(name)
			if (value) asked.searchParams.set(name, value)
		}
		return asked.href
	}

	// fits says whether a banner of the newest answer may still be shown: the service may be gone, and so may be what it told of.
	const fits = (b) => {
		const now = Date.now(), age = now - last.at, incident = b.tone === 'incident'
		return b.text.trim() && age >= 0 && age < (incident ? 15 : 1440) * minute && (incident || now - last.late < Date.parse(b.end))
	}

	const fill = (p, b) => {
		const text = b.text.replace(/\p{C}+/gu, ' ').slice(0, 400), url = String(b.url), name = new URL(service).host, at = text.lastIndexOf(name)
		if (at < 0 || !url.startsWith(service + '/')) return p.append(text)
		const a = document.createElement('a')
		a.href = url
		a.target = '_blank'
		a.rel = 'noopener noreferrer'
		a.textContent = name
		p.append(text.slice(0, at), a, text.slice(at + name.length))
	}

	const strip = (b) => {
		const div = document.createElement('div'), p = document.createElement('p'), button = document.createElement('button')
		div.className = b.tone
		p.lang = b.lang
		fill(p, b)
		button.type = 'button'
		button.textContent = '\u00d7'
		button.ariaLabel = button.title = closing[b.lang] || 'Close'
		button.onclick = () => quietly(() => {
			gone = [...gone, name(b)].slice(-20)
			keep()
			draw()
			// The last one leaves it to the page where the focus goes.
			root.querySelector('button').focus()
		})
		div.append(p, button)
		return div
	}

	const name = (b) => b.id + '.' + b.version

	const draw = () => {
		const place = say('target') ? document.querySelector(say('target')) : document.body
		if (!last || !place) return
		const banners = last.answer.banners.slice(0, 3).filter((b) => quietly(() => fits(b)) && !gone.includes(name(b)))
		const next = JSON.stringify(banners)
		if (next === shown && host.isConnected) return
		if (!host) {
			host = document.createElement('statusd-banner')
			root = document.createElement('section')
			root.setAttribute('role', 'status')
			const shadow = host.attachShadow({ mode: 'open' })
			shadow.append(root)
			quietly(() => {
				const sheet = new CSSStyleSheet()
				sheet.replaceSync(style)
				shadow.adoptedStyleSheets = [sheet]
			})
		}
		place.prepend(host)
		root.replaceChildren(...banners.map(strip))
		shown = next
	}

	const keep = () => keeps() && quietly(() => localStorage.setItem(store, JSON.stringify({ gone, last })))
	const recall = () => keeps() && quietly(() => {
		const kept = JSON.parse(localStorage.getItem(store))
		if (Array.isArray(kept.gone)) gone = kept.gone
		if (Array.isArray(kept.last.answer.banners) && kept.last.asked === question()) last = kept.last
	})

	const read = async (answer) => {
		if (!answer.ok || !answer.headers.get('content-type').startsWith('application/json')) throw 0
		const reader = answer.body.getReader(), decoder = new TextDecoder()
		for (let text = '', size = 0; ;) {
			const { done, value } = await reader.read()
			if (done) return JSON.parse(text + decoder.decode())
			size += value.length
			if (size > 16384) throw 0
			text += decoder.decode(value, { stream: true })
		}
	}

	const ask = async () => {
		if (asking) return
		asking = true
		clearTimeout(timer)
		timer = setTimeout(due, minute * (0.8 + Math.random() * 0.4))
		const stop = new AbortController(), asked = question()
		const enough = setTimeout(() => stop.abort(), 1500)
		try {
			const got = await fetch(asked, { signal: stop.signal, credentials: 'omit', cache: 'no-cache', redirect: 'error', referrerPolicy: 'no-referrer' })
			const answer = await read(got)
			if (Array.isArray(answer.banners)) {
				const at = Date.now()
				last = { at, asked, answer, late: at - Date.parse(got.headers.get('date') || answer.as_of) }
				keep()
			}
		} catch {
			// What was known last stands, for as long as it is fresh.
			stop.abort()
		}
		clearTimeout(enough)
		asking = false
		quietly(draw)
		if (asked !== question()) ask()
	}

	const due = () => {
		quietly(draw)
		if (!document.hidden) ask()
	}

	// soon asks within wait, and again, ever later, while a cache on the way still has an older answer.
	const soon = (wait) => {
		clearTimeout(again)
		again = setTimeout(async () => {
			await ask()
			if (last && last.answer.revision < wanted && wait < 3e4) soon(wait * 2)
		}, Math.random() * wait)
	}

	const listen = () => {
		socket = new WebSocket(service.replace(/^http/, 'ws') + '/live?lang=' + encodeURIComponent(lang()))
		socket.onmessage = (message) => quietly(() => {
			failures = 0
			const frame = JSON.parse(message.data.slice(0, 65536))
			if (known && known !== frame.banner) {
				wanted = frame.revision
				soon(2000)
			}
			known = frame.banner
		})
		socket.onclose = () => {
			socket = null
			failures++
			setTimeout(() => { if (!socket && !document.hidden) quietly(listen) }, Math.min(30, 2 ** failures) * (500 + Math.random() * 500))
		}
	}

	quietly(() => {
		if (!service || service === 'null') return
		recall()
		const begin = () => quietly(() => { draw(); ask() })
		if (document.body) begin()
		else document.addEventListener('DOMContentLoaded', begin)
		const live = script.hasAttribute('data-live')
		if (live) quietly(listen)
		document.addEventListener('visibilitychange', () => quietly(() => {
			if (document.hidden) return socket && socket.close()
			if (live && !socket) listen()
			if (!last || Date.now() - last.at > 0.8 * minute) due()
		}))
		new MutationObserver(() => quietly(() => {
			if (last && last.asked !== question()) {
				last = undefined
				shown = root && root.replaceChildren()
				ask()
			}
		})).observe(script, { attributes: true })
	})
})()
