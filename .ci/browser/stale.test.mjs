// A page whose server is gone says so after five minutes, by its look and in words, and recovers by itself. The page's clock is
// the test's, so nobody waits.
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { browserMissing, launch, open, Service, unplanned, violations, within } from './harness.mjs'

describe('stale', { skip: browserMissing }, () => {
	let browser, service
	before(async () => { browser = await launch() })
	beforeEach(async () => { service = await Service.start({ config: unplanned }) })
	afterEach(() => service?.end())
	after(() => browser?.close())

	// eventually moves the page's clock on until f is true: what a page does between its timers takes real time.
	const eventually = (page, what, f) => within(15e3, what, async () => {
		await page.clock.runFor(5e3)
		return f()
	})

	test('grey and said after five minutes without the server, and well again with it', async () => {
		const { page, seen } = await open(browser, service.url, { before: (page) => page.clock.install() })
		await page.locator('#live', { hasText: /^live$/ }).waitFor()
		const old = () => page.evaluate(() => document.documentElement.classList.contains('old'))
		assert.equal(await old(), false)

		await service.stop()
		await page.locator('#live', { hasText: 'connecting again' }).waitFor()
		await page.clock.runFor('04:00')
		assert.equal(await old(), false, 'four minutes are not old yet')
		await page.clock.runFor('02:00')
		assert.equal(await old(), true)
		assert.equal(await page.locator('#live').innerText(), 'not up to date, connecting again')
		assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector('main')).filter), 'none')
		assert.ok(await page.locator('h1').isVisible(), 'the last page stays')
		assert.deepEqual(await violations(page), [], 'what is grey can still be read')

		await service.again()
		await eventually(page, 'the page is live', async () => await page.locator('#live').innerText() === 'live')
		assert.equal(await old(), false)
		assert.equal(seen.navigations, 1)
	})

	test('without a socket the page follows by fetching itself once a minute', async () => {
		const { page, seen, close } = await open(browser, service.url, {
			before: async (page) => {
				await page.clock.install()
				await page.routeWebSocket(/\/live/, (socket) => socket.close())
			},
		})
		await service.cli('incident', 'open', 'Sign-in fails', '-c', 'login')
		await eventually(page, 'the page shows the incident', async () => await page.locator('h1').innerText() === 'Major outage')
		assert.equal(seen.navigations, 1)
		await close()
	})
})
