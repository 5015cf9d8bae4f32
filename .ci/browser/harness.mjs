// What the browser tests share: the program, on free ports and with a directory of its own, and Chromium as Debian has it.
import { execFile, execFileSync, spawn } from 'node:child_process'
import { request } from 'node:http'
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const executablePath = process.env.STATUSD_CHROMIUM || '/usr/bin/chromium'

// browserMissing is why there is no browser, or false. Where STATUSD_REQUIRE names "browser" that is an error, not a reason to skip.
export const browserMissing = (() => {
	try {
		accessSync(executablePath, constants.X_OK)
		return false
	} catch {
		const why = `${executablePath} is not there: install Debian's chromium, or name another in STATUSD_CHROMIUM`
		if ((process.env.STATUSD_REQUIRE || '').split(',').includes('browser')) throw new Error(why)
		return why
	}
})()

// binary is the program, built once per process; go build does nothing when nothing has changed. STATUSD_BINARY names a ready one.
const binary = (() => {
	if (process.env.STATUSD_BINARY) return process.env.STATUSD_BINARY
	const path = join(root, '.ci', 'bin', 'statusd')
	mkdirSync(dirname(path), { recursive: true })
	execFileSync('go', ['build', '-trimpath', '-o', path, './cmd/statusd'], { cwd: root, env: { ...process.env, CGO_ENABLED: '0' }, stdio: 'inherit' })
	return path
})()

// within waits until f gives something true, which it returns, and fails after so many milliseconds. What f throws counts as not yet.
export async function within(ms, what, f) {
	const end = Date.now() + ms
	for (;;) {
		let last
		try {
			const got = await f()
			if (got) return got
			last = got
		} catch (error) {
			last = error
		}
		if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}; last: ${last}`)
		await new Promise((resolve) => setTimeout(resolve, 20))
	}
}

const running = new Set()
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')))

// Service is one running program. config is the text of its configuration file; without one the built-in default serves.
export class Service {
	static async start({ command = ['serve', '--no-probes'], config } = {}) {
		const s = new Service()
		s.dir = mkdtempSync(join(tmpdir(), 'statusd-browser-'))
		s.data = join(s.dir, 'data')
		s.command = [...command, '--data', s.data]
		if (config) {
			writeFileSync(join(s.dir, 'statusd.yaml'), config)
			s.command.push('--config', join(s.dir, 'statusd.yaml'))
		}
		await s.#run('127.0.0.1:0', '127.0.0.1:0')
		return s
	}

	async #run(listen, admin) {
		const file = join(this.dir, 'addresses.json')
		rmSync(file, { force: true })
		const log = []
		const child = spawn(binary, [...this.command, '--listen', listen, '--admin-listen', admin, '--addr-file', file], { stdio: ['ignore', 'pipe', 'pipe'] })
		child.stdout.on('data', (b) => log.push(b))
		child.stderr.on('data', (b) => log.push(b))
		this.log = () => Buffer.concat(log).toString()
		this.ended = new Promise((resolve) => child.on('close', (code, signal) => {
			running.delete(child)
			this.exit = signal || code
			resolve()
		}))
		this.exit = undefined
		this.child = child
		running.add(child)
		const at = await within(20e3, 'the program writes its addresses', () => {
			if (this.exit !== undefined) return { gone: true }
			return JSON.parse(readFileSync(file))
		})
		if (at.gone) throw new Error(`${this.command.join(' ')} ended with ${this.exit}:\n${this.log()}`)
		this.at = at
		this.url = at.listen
		this.admin = at.admin_listen
	}

	// stop ends the program as a service manager would: within 10 s of SIGTERM, with exit status 0.
	async stop() {
		this.child.kill('SIGTERM')
		let timer
		const late = new Promise((resolve) => { timer = setTimeout(resolve, 10e3, true) })
		const isLate = await Promise.race([this.ended, late])
		clearTimeout(timer)
		if (isLate) {
			this.child.kill('SIGKILL')
			await this.ended
			throw new Error(`still there 10 s after SIGTERM:\n${this.log()}`)
		}
		if (this.exit !== 0) throw new Error(`ended with ${this.exit}:\n${this.log()}`)
	}

	// again starts it on the addresses it had.
	async again() {
		await this.#run(new URL(this.url).host, new URL(this.admin).host)
	}

	// end stops it for good and takes its directory away.
	async end() {
		try {
			if (this.exit === undefined) await this.stop()
		} finally {
			rmSync(this.dir, { recursive: true, force: true })
		}
	}

	// cli runs a command against this service's data directory and returns its JSON answer.
	async cli(...args) {
		const { stdout } = await promisify(execFile)(binary, [...args, '--data', this.data, '--json'], { timeout: 20e3 })
		return JSON.parse(stdout)
	}

	// link asks for a link that signs an operator in once.
	link(name, role) {
		return this.act('/api/v1/operators/link', { name, role })
	}

	// act uses an operation of the API over the local socket.
	act(path, body) {
		return new Promise((resolve, reject) => {
			const headers = { 'Content-Type': 'application/json' }
			const req = request({ socketPath: join(this.data, 'statusd.sock'), path, method: 'POST', headers }, async (res) => {
				let answer = ''
				for await (const part of res) answer += part
				if (res.statusCode < 300) resolve(JSON.parse(answer))
				else reject(new Error(`${res.statusCode} ${answer}`))
			})
			req.on('error', reject)
			req.end(JSON.stringify(body))
		})
	}

	// signIn signs an operator in and returns what a tab needs to be that operator: Playwright's storageState.
	async signIn(browser, name, role) {
		const { url } = await this.link(name, role)
		const context = await browser.newContext({ javaScriptEnabled: false })
		context.setDefaultTimeout(10e3)
		const page = await context.newPage()
		await page.goto(url)
		await page.getByRole('button', { name: 'Sign in' }).click()
		await page.waitForURL(this.admin + '/')
		const state = await context.storageState()
		await context.close()
		return state
	}

	async json(path) {
		const answer = await fetch(this.url + path)
		if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`)
		return answer.json()
	}
}

// launch starts Chromium with a new, empty profile.
export function launch() {
	return chromium.launch({
		executablePath,
		headless: true,
		args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
	})
}

// open shows an address in a tab of its own. options are Playwright's for a context and goto for the navigation; before runs ahead of it.
// seen collects what a page should not do (faults), what it asked for, and the frames that /live pushed.
export async function open(browser, url, { before, goto, ...options } = {}) {
	const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Oslo', viewport: { width: 1280, height: 900 }, ...options })
	context.setDefaultTimeout(10e3)
	const page = await context.newPage()
	const origin = new URL(url).origin
	const seen = { faults: [], requests: [], sockets: 0, frames: [], navigations: 0 }
	page.on('console', (m) => ['error', 'warning'].includes(m.type()) && seen.faults.push(`console: ${m.text()}`))
	page.on('pageerror', (e) => seen.faults.push(`script: ${e.message}`))
	page.on('framenavigated', () => seen.navigations++)
	page.on('request', (r) => {
		if (r.url().startsWith('data:')) return
		seen.requests.push(r)
		if (new URL(r.url()).origin !== origin) seen.faults.push(`request to another origin: ${r.url()}`)
	})
	page.on('websocket', (socket) => {
		seen.sockets++
		if (new URL(socket.url()).host !== new URL(origin).host) seen.faults.push(`websocket to another origin: ${socket.url()}`)
		socket.on('framereceived', ({ payload }) => seen.frames.push(JSON.parse(payload)))
	})
	await page.addInitScript(() => addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`)))
	if (before) await before(page)
	await page.goto(url, goto)
	return { page, seen, close: () => context.close() }
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

// violations are what axe finds against WCAG 2.2 AA: one line per rule, with how often and where first.
export async function violations(page) {
	if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axeSource)
	const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
	return found.violations.map(({ id, nodes: [n, ...more] }) => `${id} at ${n.target.join(' ')} and ${more.length} more: ${n.failureSummary.replaceAll(/\s+/g, ' ')}`)
}

// sideways is by how many pixels the page can be scrolled to the side.
export const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

// cutOff lists the tables whose cells should be lines where there is no room, and that have to be scrolled to the side all the same.
export const cutOff = (page) => page.evaluate(() => [...document.querySelectorAll('.scroll:has(> .stack)')]
	.filter((box) => box.checkVisibility() && box.scrollWidth > box.clientWidth)
	.map((box) => `${box.getAttribute('aria-labelledby') || box.getAttribute('aria-label')}: ${box.scrollWidth - box.clientWidth} px are cut off`))

// Two configurations: a window every evening, so that one is always planned, and none at all.
export const planned = `
maintenance:
  - id: evening
    category: application
    rule: FREQ=DAILY
    anchor: 2026-01-01
    start: "22:00"
    end: "23:00"
`
export const unplanned = 'maintenance: []\n'

// demo is the command that runs the demonstration, its stand-ins on free ports.
export const demo = ['demo', '--product-listen', '127.0.0.1:0', '--mail-listen', '127.0.0.1:0']
