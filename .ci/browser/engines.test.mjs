// The public page and the banner in Firefox, and in WebKit, which Safari is built on: what another engine may see otherwise. What is
// the same in all of them is tested in Chromium alone.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { engines } from './engines.mjs'
import { planned, Service, within } from './harness.mjs'
import { Login, Watch } from './standins.mjs'

for (const { name, missing, launch } of engines) {
	describe(name, { skip: missing }, () => {
		let browser, reader, service, login, pages, logins
		before(async () => {
			login = await Login.start()
			service = await Service.start({ config: planned })
			pages = await Watch.start(service.url)
			logins = await Watch.start(login.url)
			browser = await launch()
		})
		after(async () => {
			await browser?.close()
			await reader?.close()
			await service?.end()
			await login?.end()
			await pages?.end()
			await logins?.end()
		})

		const text = (selector, of = browser) => of.look((selector) => document.querySelector(selector).textContent.trim(), selector)
		const isLive = (of = browser) => within(10e3, 'the page is live', async () => await text('#live', of) === 'live')
		const sideways = () => browser.look(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

		// faults is what was refused and went wrong. The console is Firefox's alone.
		const faults = async () => [...pages.refused, ...await browser.faults?.() ?? []]

		test('the front page is whole and live, and nothing is refused', async () => {
			await browser.size(1280, 900)
			await browser.go(pages.url)
			await isLive()
			assert.equal(await text('h1'), 'Status unknown: no recent measurements')
			const seen = await browser.look(() => ({
				days: document.querySelector('.days').children.length, rows: document.querySelectorAll('.days').length - document.querySelectorAll('[data-component]').length,
				dark: matchMedia('(prefers-color-scheme: dark)').matches, ground: getComputedStyle(document.body).backgroundColor,
				symbol: document.querySelector('h1 .s').getBoundingClientRect().width > 20, yours: document.querySelectorAll('.yours').length,
			}))
			assert.deepEqual(seen, { days: 90, rows: 0, dark: false, ground: 'rgb(247, 247, 244)', symbol: true, yours: 0 })
			assert.deepEqual(await faults(), [])
		})

		test('every page fits a phone, and nothing is refused', async () => {
			for (const width of [320, 360]) {
				await browser.size(width, 640)
				for (const path of ['/', '/schedule', '/uptime', '/history', '/zones', '/support', '/banner/preview', '/nowhere']) {
					await browser.go(pages.url + path)
					await within(3000, `${width} px`, async () => await browser.look(() => innerWidth) === width)
					assert.equal(await sideways(), 0, `${path} at ${width} px`)
				}
			}
			assert.deepEqual(await faults(), [])
			await browser.size(1280, 900)
		})

		test('whoever is elsewhere, and likes it dark, has it so', async () => {
			reader = await launch({ dark: true, zone: 'America/New_York' })
			await reader.go(pages.url + '/schedule')
			await reader.click(() => document.querySelector('.langs [hreflang=nb]'))
			await within(5000, 'the language is chosen', async () => await reader.look(() => document.documentElement.lang) === 'nb')
			assert.equal(await reader.look(() => getComputedStyle(document.body).backgroundColor), 'rgb(18, 22, 26)')
			await within(5000, 'times are the reader\'s too', async () => /^Din tid: \S/.test(await text('.yours', reader)))
			assert.deepEqual(pages.refused, [])
		})

		test('what happens is shown without the page being loaded again, and what is old is grey', async () => {
			await browser.go(service.url)
			await isLive()
			await browser.look(() => { window.same = true })
			await service.cli('incident', 'open', 'Sign-in fails', '-c', 'login')
			await within(5000, 'the headline', async () => await text('h1') === 'Major outage')
			await within(5000, 'the incident', async () => await text('article[id^="i-"] h3 a') === 'Sign-in fails')

			await service.stop()
			await within(5000, 'it connects again', async () => await text('#live') === 'connecting again')
			const grey = () => browser.look(() => getComputedStyle(document.querySelector('main')).filter)
			assert.equal(await grey(), 'none')
			await browser.look(() => {
				const { Date } = window
				window.now = Date.now
				Date.now = () => window.now.call(Date) + 6 * 60e3
				dispatchEvent(new Event('pageshow'))
			})
			assert.equal(await grey(), 'grayscale(1)')
			assert.equal(await text('#live'), 'not up to date, connecting again')
			await browser.look(() => { window.Date.now = window.now })
			await service.again()
			await within(20e3, 'it is live again', async () => await text('#live') === 'live')
			await within(5000, 'it is grey no more', async () => await grey() === 'none')
			assert.equal(await browser.look(() => window.same), true)
			await browser.faults?.() // of a service that was not there
		})

		const script = () => service.url + '/banner.js'
		// told is how often the banner tells of the incident. It may tell of tonight's window as well.
		const told = () => browser.look(() => [...document.querySelector('statusd-banner')?.shadowRoot.querySelectorAll('p') ?? []].filter((p) => p.textContent.includes('Sign-in fails')).length)
		const says = (n, what) => within(6000, what, async () => await told() === n)
		const loginAt = (...args) => login.at(...args).replace(login.url, logins.url)
		// A browser asks a page without an icon for one, by a policy that lets it have none.
		const refused = () => logins.refused.filter((line) => !line.includes('/favicon.ico'))

		async function signIn() {
			const before = login.signedIn
			await browser.type(() => document.querySelector('[name=user]'), 'kari')
			await browser.type(() => document.querySelector('[name=password]'), 'x')
			await browser.click(() => document.querySelector('button'))
			await within(3000, 'signed in', async () => await text('h1') === 'Signed in')
			assert.equal(login.signedIn, before + 1)
		}

		test('the banner on a login page: live, dismissed for as long as there is nothing new, silenced', async () => {
			await browser.size(360, 640)
			await browser.go(loginAt(script(), { 'data-live': '' }))
			await says(1, 'it is told')
			assert.equal(await sideways(), 0)
			const close = () => document.querySelector('statusd-banner').shadowRoot.querySelector('button')
			await browser.click(close)
			await says(0, 'it is dismissed')
			await browser.reload()
			await within(3000, 'it has asked', () => browser.look(() => performance.getEntriesByType('resource').some((e) => e.name.includes('/api/v1/banner'))))
			assert.equal(await told(), 0, 'dismissed is dismissed after a reload')
			await service.cli('incident', 'update', 'A disk is full.')
			await says(1, 'the new version is shown')
			assert.deepEqual(await browser.look(() => [document.cookie, ...Object.keys(localStorage)]), ['', 'statusd.banner'])
			await service.cli('banner', 'silence', 'It covers the password field.')
			await says(0, 'silence')
			await service.cli('banner', 'speak')
			await says(1, 'it speaks')
			assert.deepEqual(refused(), [])
			await browser.look(() => { new Image().src = '/picture.png' })
			await within(3000, 'what is refused is seen', () => refused().some((line) => line.includes('img-src')))
			await signIn()
		})

		test('a script whose hash is named is run, and another one is not', async () => {
			const { scripts: [newest] } = await service.json('/banner.json')
			await browser.go(loginAt(service.url + newest.path, { integrity: newest.integrity }))
			await says(1, 'it is told')
			await browser.go(loginAt(service.url + newest.path, { integrity: 'sha384-' + 'A'.repeat(64) }))
			assert.equal(await browser.look(() => document.querySelector('statusd-banner')), null)
			await signIn()
		})

		test('operators sign in and see their desk; WebKit keeps no sign-in over plain HTTP, and that is said before', async () => {
			await browser.size(1280, 900)
			await browser.faults?.()
			const { url } = await service.link('kari', 'admin')
			await browser.go(url)
			assert.match(await text('main'), /Safari keeps no sign-in over plain HTTP/)
			await browser.click(() => document.querySelector('main button'))
			await within(5000, 'an answer', async () => await text('h1') === (name === 'webkit' ? 'Sign in' : 'Overview'))
			assert.equal(await sideways(), 0)
			assert.deepEqual(await browser.faults?.() ?? [], [])
		})

		test('a login works with the service gone', async () => {
			await service.stop()
			await browser.go(loginAt(script(), { 'data-live': '' }))
			await signIn()
			await service.again()
		})
	})
}
