// Browsers that Playwright cannot drive as Debian has them: Firefox, and WebKit, which Safari is built on. Both take the commands of W3C
// WebDriver: WebKitGTK's driver over HTTP, and Firefox itself, as Marionette, over a plain connection.
import { spawn } from 'node:child_process'
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { within } from './harness.mjs'

const running = new Set()
process.on('exit', () => running.forEach((program) => program.kill()))

// Program is one that runs in a home directory of its own, with whatever it has started.
class Program {
	constructor(command, args, env = {}) {
		this.home = mkdtempSync(join(tmpdir(), 'statusd-engine-'))
		const ours = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/_proxy$|^(LANG|LANGUAGE|LC_.*|DISPLAY|WAYLAND_DISPLAY|DBUS_.*)$/i.test(name)))
		this.child = spawn(command, args(this.home), { detached: true, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: { ...ours, HOME: this.home, XDG_RUNTIME_DIR: this.home, ...env } })
		const said = []
		for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (b) => said.push(b))
		this.said = () => Buffer.concat(said).toString()
		this.ended = new Promise((resolve) => this.child.on('close', resolve).on('error', resolve))
		running.add(this)
	}

	kill() {
		try { process.kill(-this.child.pid, 'SIGKILL') } catch { /* it has ended by itself */ }
	}

	async end() {
		this.kill()
		await this.ended
		running.delete(this)
		rmSync(this.home, { recursive: true, force: true, maxRetries: 9, retryDelay: 50 })
	}
}

// soon is f's answer, or an error that has what the program said, should it take too long.
async function soon(program, what, promise) {
	let timer
	const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`not within 30 s: ${what}:\n${program.said()}`)), 30e3) })
	try {
		return await Promise.race([promise, late])
	} finally {
		clearTimeout(timer)
	}
}

// Browser is one window with a new, empty profile. dark is what its reader likes, and zone where that is.
class Browser {
	go(url) { return this.send('go', { url }) }
	reload() { return this.send('reload', {}) }
	size(width, height) { return this.send('size', { x: 0, y: 0, width, height }) }

	// look runs f in the page and returns what it does. Elements can be clicked and typed into.
	look(f, ...args) { return this.send('look', { script: `return (${f}).apply(null, arguments)`, args }) }
	async click(f) { await this.send('click', { id: id(await this.look(f)) }) }
	async type(f, text) { await this.send('type', { id: id(await this.look(f)), text }) }
}

const id = (element) => element['element-6066-11e4-a52e-4f735466cecf']

class Firefox extends Browser {
	static path = process.env.STATUSD_FIREFOX || '/usr/bin/firefox-esr'

	static async launch({ dark = false, zone = 'Europe/Oslo' } = {}) {
		const b = new Firefox()
		const preferences = {
			'marionette.port': 0, 'layout.css.prefers-color-scheme.content-override': dark ? 0 : 1, 'ui.useOverlayScrollbars': 1,
			// Nothing but this machine is asked for anything.
			'network.proxy.type': 1, 'network.proxy.http': '127.0.0.1', 'network.proxy.http_port': 9, 'network.proxy.ssl': '127.0.0.1', 'network.proxy.ssl_port': 9,
		}
		b.program = new Program(Firefox.path, (home) => {
			writeFileSync(join(home, 'user.js'), Object.entries(preferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(''))
			return ['--headless', '--marionette', '--remote-allow-system-access', '--no-remote', '--profile', home]
		}, { TZ: zone })
		const port = await within(20e3, 'Firefox listens', () => +readFileSync(join(b.program.home, 'MarionetteActivePort'), 'utf8'))
		b.#listen(connect(port, '127.0.0.1'))
		const { capabilities } = await b.#ask('WebDriver:NewSession', {})
		b.version = capabilities.browserVersion
		await b.#within('document.documentElement.style.minWidth = 0') // of the window
		return b
	}

	#last = 0
	#waiting = new Map()

	// #listen takes messages of the form LENGTH:[1, number, error, answer].
	#listen(socket) {
		this.socket = socket
		let rest = Buffer.alloc(0)
		socket.on('data', (b) => {
			rest = Buffer.concat([rest, b])
			for (let colon; (colon = rest.indexOf(':')) >= 0;) {
				const end = colon + 1 + Number(rest.subarray(0, colon))
				if (rest.length < end) return
				const [, number, error, answer] = [JSON.parse(rest.subarray(colon + 1, end))].flat()
				rest = rest.subarray(end)
				const { resolve, reject } = this.#waiting.get(number) || {}
				this.#waiting.delete(number)
				if (error) reject(new Error(`${error.error}: ${error.message}`))
				else resolve?.(answer && 'value' in answer ? answer.value : answer)
			}
		})
	}

	#ask(name, params) {
		const number = ++this.#last, text = JSON.stringify([0, number, name, params])
		return soon(this.program, name, new Promise((resolve, reject) => {
			this.#waiting.set(number, { resolve, reject })
			this.socket.write(`${Buffer.byteLength(text)}:${text}`)
		}))
	}

	send(what, params) {
		const names = { go: 'Navigate', reload: 'Refresh', size: 'SetWindowRect', look: 'ExecuteScript', click: 'ElementClick', type: 'ElementSendKeys' }
		return this.#ask('WebDriver:' + names[what], params)
	}

	// #within runs a script in the browser instead of the page.
	async #within(script) {
		await this.#ask('Marionette:SetContext', { value: 'chrome' })
		try {
			return await this.#ask('WebDriver:ExecuteScript', { script, args: [] })
		} finally {
			await this.#ask('Marionette:SetContext', { value: 'content' })
		}
	}

	// faults is what the console has of the pages since it was asked last. WebKit writes down no console in a window that is driven.
	faults() {
		return this.#within(`const all = Services.console.getMessageArray().filter((m) => m instanceof Ci.nsIScriptError)
			Services.console.reset()
			return all.filter((m) => m.category.startsWith('CSP') || /^https?:/.test(m.sourceName)).map((m) => m.errorMessage)`)
	}

	async close() {
		this.socket.destroy()
		await this.program.end()
	}
}

class WebKit extends Browser {
	static path = process.env.STATUSD_WEBKIT || '/usr/bin/WebKitWebDriver'

	static async launch({ dark = false, zone = 'Europe/Oslo' } = {}) {
		const b = new WebKit()
		// It draws on a screen that nobody sees.
		b.screen = new Program('Xvfb', () => ['-displayfd', '3', '-screen', '0', '1400x1000x24', '-nolisten', 'tcp'])
		const display = await soon(b.screen, 'a screen', new Promise((resolve) => b.screen.child.stdio[3].once('data', (n) => resolve(`:${n}`.trim()))))
		const port = await new Promise((resolve) => {
			const server = createServer().listen(0, '127.0.0.1', () => {
				const { port } = server.address()
				server.close(() => resolve(port))
			})
		})
		b.program = new Program(WebKit.path, (home) => {
			const gtk = join(home, '.config', 'gtk-3.0')
			mkdirSync(gtk, { recursive: true })
			writeFileSync(join(gtk, 'gtk.css'), '* { min-width: 0; padding: 0; margin: 0; font-size: 1px }') // or the tool bar keeps the window from being narrow
			return [`--port=${port}`]
		}, { DISPLAY: display, TZ: zone, WEBKIT_DISABLE_COMPOSITING_MODE: '1' })
		b.url = `http://127.0.0.1:${port}`
		await within(10e3, 'the driver listens', () => b.#ask('GET', '/status'))
		const args = ['--automation', ...dark ? ['--dark-mode'] : []]
		const { sessionId, capabilities } = await b.#ask('POST', '/session', { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary: miniBrowser(), args } } } })
		b.url += '/session/' + sessionId
		b.version = capabilities.browserVersion
		return b
	}

	async #ask(method, path, params) {
		const answer = await soon(this.program, path, fetch(this.url + path, { method, body: params && JSON.stringify(params) }))
		const { value } = await answer.json()
		if (!answer.ok) throw new Error(`${value.error}: ${value.message}`)
		return value
	}

	send(what, { id, ...params }) {
		const paths = { go: 'url', reload: 'refresh', size: 'window/rect', look: 'execute/sync', click: `element/${id}/click`, type: `element/${id}/value` }
		return this.#ask('POST', '/' + paths[what], params)
	}

	async close() {
		await this.program.end()
		await this.screen.end()
	}
}

// miniBrowser is the browser that comes with WebKitGTK, in a directory named after the machine.
const miniBrowser = () => readdirSync('/usr/lib').map((machine) => `/usr/lib/${machine}/webkit2gtk-4.1/MiniBrowser`).find((path) => there(path))

function there(path) {
	try {
		accessSync(path, constants.X_OK)
		return true
	} catch {
		return false
	}
}

// engines are the browsers by name: how to launch one, and why it is missing, or false. Where STATUSD_REQUIRE names one that is missing,
// that is an error, not a reason to skip.
export const engines = Object.entries({
	firefox: [Firefox, () => !there(Firefox.path) && `${Firefox.path} is not there: install Debian's firefox-esr, or name another in STATUSD_FIREFOX`],
	webkit: [WebKit, () => (!there(WebKit.path) || !miniBrowser() || !process.env.PATH.split(':').some((dir) => there(join(dir, 'Xvfb')))) &&
		`${WebKit.path}, its MiniBrowser or Xvfb is not there: install Debian's webkit2gtk-driver and xvfb, or name another driver in STATUSD_WEBKIT`],
}).map(([name, [engine, lack]]) => {
	const missing = lack()
	if (missing && (process.env.STATUSD_REQUIRE || '').split(',').includes(name)) throw new Error(missing)
	return { name, missing, launch: (reader) => engine.launch(reader) }
})
