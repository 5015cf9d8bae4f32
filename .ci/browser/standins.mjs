// Stand-ins: for the banner's tests a login page with a policy as strict as policies get, and a service that can lie in every way; for
// other engines a watch over what is refused.
import { createServer, request } from 'node:http'
import { connect } from 'node:net'

const listening = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`)))

// Login is a login page. page is made of what its address asks for: src and further attributes of the script.
export class Login {
	static async start() {
		const login = new Login()
		login.server = createServer((req, res) => login.#answer(req, res))
		login.url = await listening(login.server)
		login.signedIn = 0
		return login
	}

	// at is the address of a login page that includes the script at src with these attributes. plain pages let scripts add scripts.
	at(src, attributes = {}, { lang = 'en', target = false, plain = false } = {}) {
		const query = new URLSearchParams({ src, lang, attributes: JSON.stringify(target ? { 'data-target': '#notices', ...attributes } : attributes) })
		if (target) query.set('target', '1')
		if (plain) query.set('plain', '1')
		return `${this.url}/?${query}`
	}

	#answer(req, res) {
		const url = new URL(req.url, this.url)
		if (req.method === 'POST') {
			this.signedIn++
			res.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><html lang="en"><title>In</title><main><h1>Signed in</h1></main>')
			return
		}
		if (url.pathname === '/frame') {
			res.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': `default-src 'none'; frame-src ${new URL(url.searchParams.get('src')).origin}` })
			res.end(`<!doctype html><html lang="en"><title>Sign in</title><main><h1>Sign in</h1><iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="Service notices" src="${escape(url.searchParams.get('src'))}"></iframe></main>`)
			return
		}
		if (url.pathname === '/site') {
			const at = new URL(url.searchParams.get('src')).origin
			res.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': `default-src 'none'; script-src ${at}; frame-src ${at}` })
			res.end(`<!doctype html><html lang="en"><title>Another site</title><main><h1>Another site</h1></main><script src="${escape(url.searchParams.get('src'))}"></script>`)
			return
		}
		if (url.pathname !== '/') {
			res.writeHead(204).end()
			return
		}
		const src = url.searchParams.get('src')
		const origins = [new URL(src).origin, ...Object.entries(JSON.parse(url.searchParams.get('attributes'))).filter(([k]) => k === 'data-service').map(([, v]) => v)]
		const at = [...new Set(origins)].join(' ')
		res.writeHead(200, {
			'Content-Type': 'text/html; charset=utf-8',
			'Content-Security-Policy': `default-src 'none'; script-src ${at}; connect-src ${at} ${at.replaceAll('http', 'ws')}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'${url.searchParams.has('plain') ? '' : "; require-trusted-types-for 'script'; trusted-types 'none'"}`,
		})
		const attributes = Object.entries(JSON.parse(url.searchParams.get('attributes'))).map(([k, v]) => ` ${k}="${escape(v)}"`).join('')
		const place = url.searchParams.get('target') ? '<div id="notices"></div>' : ''
		res.end(`<!doctype html><html lang="${escape(url.searchParams.get('lang'))}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in</title>
<script async crossorigin="anonymous" src="${escape(src)}"${attributes}></script></head>
<body><main><h1>Sign in</h1>${place}<form method="post" action="/in"><p><label>User <input name="user" autocomplete="username"></label></p><p><label>Password <input type="password" name="password" autocomplete="current-password"></label></p><button>Sign in</button></form></main></body></html>`)
	}

	end() {
		this.server.closeAllConnections()
		return new Promise((resolve) => this.server.close(resolve))
	}
}

// Watch stands before a server and has browsers tell what its pages' policies refused them: one line each.
export class Watch {
	static async start(of) {
		const watch = new Watch()
		const { hostname, port } = new URL(of)
		watch.refused = []
		watch.server = createServer(async (req, res) => {
			if (req.url === '/refused') {
				let body = ''
				for await (const part of req) body += part
				const { 'csp-report': report } = JSON.parse(body)
				watch.refused.push(`${report['document-uri']}: ${report['violated-directive']} refuses ${report['blocked-uri']}`)
				res.writeHead(204).end()
				return
			}
			req.pipe(request({ hostname, port, path: req.url, method: req.method, headers: req.headers }, (answer) => {
				const policy = answer.headers['content-security-policy']
				res.writeHead(answer.statusCode, policy ? { ...answer.headers, 'content-security-policy': policy + '; report-uri /refused' } : answer.headers)
				answer.pipe(res)
			}).on('error', () => res.destroy()))
		})
		watch.server.on('upgrade', (req, socket, head) => {
			const server = connect(port, hostname, () => {
				server.write(`${req.method} ${req.url} HTTP/1.1\r\n${req.rawHeaders.map((s, i) => s + (i % 2 ? '\r\n' : ': ')).join('')}\r\n`)
				server.write(head)
				socket.pipe(server).pipe(socket)
			})
			for (const [one, other] of [[socket, server], [server, socket]]) one.on('error', () => {}).on('close', () => other.destroy())
		})
		watch.url = await listening(watch.server)
		return watch
	}

	end() {
		this.server.closeAllConnections()
		return new Promise((resolve) => this.server.close(resolve))
	}
}

const escape = (s) => s.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')

// Liar is the service gone wrong. answer(res, req) answers what the banner asks; the scripts are those of the real service.
export class Liar {
	static async start(real) {
		const liar = new Liar()
		liar.script = await (await fetch(real.url + '/banner/1.js')).text()
		liar.asked = []
		liar.server = createServer((req, res) => {
			res.setHeader('Access-Control-Allow-Origin', '*')
			res.setHeader('Access-Control-Expose-Headers', 'Date')
			res.on('error', () => {})
			if (req.url.startsWith('/banner')) {
				if (liar.slowScript) return
				res.writeHead(200, { 'Content-Type': 'text/javascript' }).end(liar.script)
				return
			}
			liar.asked.push(req)
			liar.answer(res, req)
		})
		liar.url = await listening(liar.server)
		return liar
	}

	// banners is the answer that tells of these.
	banners(banners, more = {}) {
		return (res) => {
			res.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' })
			res.end(JSON.stringify({ revision: 1, as_of: new Date().toISOString(), banners, ...more }))
		}
	}

	// banner is one that is right in every way, but for what changes.
	banner(changes = {}) {
		const at = Date.now()
		return {
			id: 'abcdefghijkl', version: 1, tone: 'incident', text: `Sign-in fails. Status: ${new URL(this.url).host}`, url: this.url + '/incidents/abcdefghijkl',
			start: new Date(at - 6e5).toISOString(), end: new Date(at + 36e5).toISOString(), cohort: 'all', lang: 'en', ...changes,
		}
	}

	end() {
		this.server.closeAllConnections()
		return new Promise((resolve) => this.server.close(resolve))
	}
}
