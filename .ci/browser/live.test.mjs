// An open page follows what operators say and what becomes of the server, without ever being loaded again.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { browserMissing, launch, open, Service, unplanned, within } from './harness.mjs'

const connecting = 'connecting again'

describe('live', { skip: browserMissing }, () => {
	let browser, service, tab
	before(async () => {
		browser = await launch()
		service = await Service.start({ config: unplanned })
		tab = await open(browser, service.url)
		await tab.page.evaluate(() => {
			window.told = []
			const say = document.querySelector('#say')
			new MutationObserver((all) => all.forEach((m) => window.told.push(...[...m.addedNodes].map((line) => line.textContent.trim())))).observe(say, { childList: true })
		})
		await tab.page.locator('#live', { hasText: /^live$/ }).waitFor()
	})
	after(async () => {
		await browser?.close()
		await service?.end()
	})

	const login = () => tab.page.locator('li', { hasText: 'Sign-in' }).locator('[data-component]').innerText()
	const cards = () => tab.page.locator('article[id^="i-"]')
	const newest = () => tab.seen.frames.at(-1)
	const summary = () => service.json('/api/v2/summary.json')

	// everywhere checks page, websocket and JSON at once, each within a second of now.
	const everywhere = (page, frame, json) => Promise.all([
		within(1000, 'the open page shows it', page),
		within(1000, 'the websocket pushes it', () => frame(newest())),
		within(1000, 'the JSON has it', async () => json(await summary())),
	])
	// settled waits until the page's main part is that of the newest frame. Readers fetch it spread over a second.
	const settled = () => within(5000, 'the page has the newest content', async () =>
		await tab.page.locator('html').getAttribute('data-main') === newest().main)

	test('an incident is on the page, on the socket and in the JSON within a second of the command\'s answer', async () => {
		const opened = await service.cli('incident', 'open', 'Sign-in fails', '-c', 'login')
		await everywhere(
			async () => await login() === 'Major outage' && await tab.page.locator('h1').innerText() === 'Major outage',
			(f) => f.headline.symbol === 'major_outage' && f.incidents.some((i) => i.id === opened.id && i.title === 'Sign-in fails'),
			(s) => s.incidents.some((i) => i.id === opened.id && i.name === 'Sign-in fails') &&
				s.components.some((c) => c.name === 'Sign-in' && c.status === 'major_outage'),
		)
		assert.match(await tab.page.title(), /^Major outage/)
		assert.match(await tab.page.locator('#say').innerText(), /Major outage/, 'screen readers are told')
		await settled()
		assert.equal(await cards().locator('h3 a').innerText(), 'Sign-in fails')
	})

	test('an update, with another level', async () => {
		await service.cli('incident', 'update', 'A disk is full.', '--phase', 'identified', '-c', 'login=degraded')
		await everywhere(
			async () => await login() === 'Degraded performance',
			(f) => f.incidents[0].phase === 'identified',
			(s) => s.incidents[0].status === 'identified',
		)
		await settled()
		await cards().getByText('A disk is full.').waitFor()
	})

	test('what a reader has opened, focused and scrolled to stays so', async () => {
		await service.cli('incident', 'update', 'The disk is being replaced.')
		await settled()
		const { page } = tab
		const summary = cards().locator('details > summary')
		await summary.focus()
		await page.keyboard.press('Enter')
		await page.evaluate(() => scrollTo(0, 150))
		await service.cli('incident', 'update', 'The disk has been replaced.', '--phase', 'monitoring')
		await cards().getByText('The disk has been replaced.').waitFor()
		assert.equal(await cards().locator('details').getAttribute('open'), '')
		assert.equal(await page.evaluate(() => document.activeElement.tagName), 'SUMMARY')
		assert.equal(await page.evaluate(() => scrollY), 150)
	})

	test('a restart of the server: the page says that it connects again, and comes back by itself', async () => {
		await service.stop()
		await tab.page.locator('#live', { hasText: connecting }).waitFor()
		await service.again()
		await tab.page.locator('#live', { hasText: /^live$/ }).waitFor({ timeout: 20e3 })
		assert.equal(await cards().count(), 1, 'the incident is still there')
	})

	test('resolved: the page follows after the restart as well', async () => {
		await service.cli('incident', 'resolve', 'It works again.')
		await everywhere(
			async () => await tab.page.locator('h1').innerText() === 'Status unknown: no recent measurements',
			(f) => f.incidents.length === 0,
			(s) => s.incidents.length === 0,
		)
		await settled()
		await tab.page.locator('article[id^="i-"] .tag', { hasText: 'Resolved' }).waitFor()
	})

	test('screen readers were told each change once, politely, and nothing else', async () => {
		const say = tab.page.locator('#say')
		assert.equal(await say.getAttribute('role'), 'status')
		assert.equal(await say.getAttribute('aria-live'), null, 'a status waits until the reader is silent')
		const told = await tab.page.evaluate(() => window.told)
		assert.equal(await say.getAttribute('aria-atomic'), 'false', 'only what is added is read')
		for (const update of [
			'Cause identified. A disk is full.', 'Monitoring. The disk has been replaced.', 'Resolved. It works again.',
		]) assert.equal(told.filter((t) => t === 'Sign-in fails. ' + update).length, 1, update + JSON.stringify(told))
		assert.ok(told.length >= 7 && told.length <= 11, JSON.stringify(told))
		for (const [i, text] of told.entries()) assert.ok(text && text !== told[i - 1], JSON.stringify(told))
	})

	test('all of that in one and the same page, which never broke', async () => {
		assert.equal(tab.seen.navigations, 1)
		const odd = tab.seen.faults.filter((f) => !f.includes('ERR_CONNECTION_REFUSED') && !f.includes('WebSocket connection to'))
		assert.deepEqual(odd, [])
	})
})
