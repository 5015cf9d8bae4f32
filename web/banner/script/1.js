// The banner of a login page, version 1. docs/banner.md says how to include it. It shows text and nothing else, whatever it is answered, and leaves the login alone whatever goes wrong.
(() => {
	'use strict'
	const script = document.currentScript
	// A login page is right without us: nothing that goes wrong here reaches it.
	const quietly = (f) => { try { return f() } catch {} }
	const store = 'statusd.banner', closing = { nb: 'Lukk', sv: 'Stäng', da: 'Luk', de: 'Schließen', nl: 'Sluiten', fi: 'Sulje' }
	const style = `:host{all:initial;color-scheme:inherit;display:block;position:relative;z-index:1;max-height:40vh;overflow:auto}
div{display:flex;gap:.75em;align-items:start;padding:.75em 1em;margin-bottom:1px;outline:1px solid #0000;outline-offset:-1px;font:16px/1.5 system-ui,sans-serif;border-inline-start:.375em solid;
color:light-dark(#124,#def);background:light-dark(#def,#124);border-color:light-dark(#16a,#6bf)}
.incident{color:light-dark(#501,#fee);background:light-dark(#fee,#411);border-color:light-dark(#b22,#f88)}
.short_notice,.maintenance{color:light-dark(#430,#fec);background:light-dark(#fec,#320);border-color:light-dark(#850,#fb3)}
p{margin:0;flex:1;overflow-wrap:anywhere}
a{color:inherit}
button{all:unset;flex:none;width:1.5em;text-align:center;cursor:pointer}
:focus-visible{outline:2px solid}
button:hover{background:#8884}`

	// What is in the page; the newest answer as {at, late, asked, answer}, where at is this clock's and late how far that is ahead
	// of the service's; and what was dismissed, as id.version.
	let host, root
	let last
	let gone = []
	let timer, late, asking, again, socket, known, failures = 0, wanted = 0

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

	// fits says whether a banner of the newest answer may still be shown: the service may be gone, and so may be what it told of. That is
	// for 15 minutes, or a day.
	const fits = (b) => {
		const now = Date.now(), age = now - last.at, incident = b.tone === 'incident'
		return b.text.trim() && age >= 0 && age < (incident ? 9e5 : 864e5) && (incident || now - last.late < Date.parse(b.end))
	}

	const fill = (p, b) => {
		const text = b.text.replace(/\p{C}+/gu, ' ').slice(0, 400), url = String(b.url), name = new URL(service).host, at = text.lastIndexOf(name)
		if (at < 0 || !url.startsWith(service + '/')) return p.append(text)
		const a = document.createElement('a')
		a.href = url
		a.target = '_blank'
		a.rel = 'noreferrer'
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
		const target = say('target'), into = document.body && (target ? document.querySelector(target) : document.documentElement)
		clearTimeout(late)
		if (!into || host.parentNode !== into) {
			// Without a target it stands before the body, in whose layout the login may have its place by being the only thing there. A
			// target may come later. And screen readers tell of what comes into a region that was there before.
			late = setTimeout(() => quietly(draw), 250)
			if (into) target ? into.prepend(host) : document.body.before(host)
			return
		}
		const next = last ? last.answer.banners.slice(0, 3).filter((b) => quietly(() => fits(b)) && !gone.includes(name(b))) : []
		const told = next.map((b) => JSON.stringify(b))
		// What stays is not touched: the focus may be in it.
		const now = root.children
		for (const div of [...now]) if (!told.includes(div.told)) div.remove()
		next.forEach((b, i) => {
			if (!now[i] || now[i].told !== told[i]) root.insertBefore(strip(b), now[i]).told = told[i]
		})
		while (now[next.length]) root.lastChild.remove()
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
		timer = setTimeout(due, 48e3 + Math.random() * 24e3)
		const stop = new AbortController(), asked = question()
		const enough = setTimeout(() => stop.abort(), 1500)
		try {
			const got = await fetch(asked, { signal: stop.signal, credentials: 'omit', cache: 'no-cache', redirect: 'error', referrerPolicy: 'no-referrer' })
			const answer = await read(got)
			if (Array.isArray(answer.banners) && asked === question()) {
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
		if (document.hidden) timer = 0
		else ask()
	}

	// soon asks within wait, and once more within 20 s: a cache on the way may still have an older answer.
	const soon = (wait) => {
		clearTimeout(again)
		again = setTimeout(async () => {
			await ask()
			if (last && last.answer.revision < wanted && wait < 2e4) soon(2e4)
		}, Math.random() * wait)
	}

	const listen = () => {
		socket = new WebSocket(service.replace(/^http/, 'ws') + '/live?lang=' + encodeURIComponent(lang()))
		socket.onmessage = (message) => quietly(() => {
			failures = 0
			const frame = JSON.parse(message.data.slice(0, 1e5))
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
		host = document.createElement('statusd-banner')
		root = document.createElement('section')
		root.setAttribute('role', 'status')
		root.ariaAtomic = 'false'
		const shadow = host.attachShadow({ mode: 'open' })
		shadow.append(root)
		quietly(() => {
			const sheet = new CSSStyleSheet()
			sheet.replaceSync(style)
			shadow.adoptedStyleSheets = [sheet]
		})
		recall()
		quietly(draw)
		ask()
		const live = script.hasAttribute('data-live')
		if (live) quietly(listen)
		document.addEventListener('visibilitychange', () => quietly(() => {
			if (document.hidden) return socket && socket.close()
			if (live && !socket) listen()
			if (!timer || !last || Date.now() - last.at > 48e3) due()
		}))
		new MutationObserver(() => quietly(() => {
			if (last && last.asked !== question()) {
				last = undefined
				draw()
				ask()
			}
		})).observe(script, { attributes: true })
	})
})()
