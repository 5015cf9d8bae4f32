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
		assert.equal(await page.locator('#say p').last().innerText(), 'not up to date.', 'screen readers are told')
		assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector('main')).filter), 'none')
		assert.ok(await page.locator('h1').isVisible(), 'the last page stays')
		assert.deepEqual(await violations(page), [], 'what is grey can still be read')

		await service.again()
		await eventually(page, 'the page is live', async () => await page.locator('#live').innerText() === 'live')
		assert.equal(await old(), false)
		assert.match(await page.locator('#say').innerText(), /not up to date\.\s+As of /, 'and when it is right again')
		assert.equal(seen.navigations, 1)
	})

	test('every page says so in words', async () => {
		const { page, close } = await open(browser, service.url + '/schedule', { before: (page) => page.clock.install() })
		const said = () => page.evaluate(() => getComputedStyle(document.querySelector('main'), '::before').content)
		assert.equal(await said(), 'none')
		await service.stop()
		await page.clock.runFor('06:00')
		assert.equal(await said(), '"not up to date"')
		await close()
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
		const polls = seen.requests.slice(1).filter((r) => r.resourceType() === 'fetch')
		assert.ok(polls.length > 0)
		for (const r of polls) assert.ok((await r.allHeaders())['if-none-match'], 'what has not changed is not sent again')
		assert.equal(seen.navigations, 1)
		await close()
	})

	test('a socket that has died unnoticed is given up for another', async () => {
		let sockets = 0, dead = false
		const { page, seen, close } = await open(browser, service.url, {
			before: async (page) => {
				await page.clock.install()
				await page.routeWebSocket(/\/live/, (socket) => {
					const first = ++sockets === 1, server = socket.connectToServer()
					server.onMessage((m) => { if (!first || !dead) socket.send(m) })
					socket.onClose(() => { if (!first) server.close() }) // the other end of the first never hears of it
				})
			},
		})
		await page.locator('#live', { hasText: /^live$/ }).waitFor()
		dead = true
		await service.cli('incident', 'open', 'Sign-in fails', '-c', 'login')
		await eventually(page, 'the page shows the incident', async () => await page.locator('h1').innerText() === 'Major outage')
		await page.locator('#live', { hasText: /^live$/ }).waitFor()
		assert.ok(sockets > 1)
		assert.equal(seen.navigations, 1)
		await close()
	})

	test('after a sleep through a restart the page comes back by itself', async () => {
		const { page, seen, close } = await open(browser, service.url)
		await page.locator('#live', { hasText: /^live$/ }).waitFor()
		const devtools = await page.context().newCDPSession(page)
		await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
		await service.stop()
		await service.again()
		await service.cli('incident', 'open', 'Sign-in fails', '-c', 'login')
		await devtools.send('Page.setWebLifecycleState', { state: 'active' })
		await within(20e3, 'the page shows the incident', async () => await page.locator('h1').innerText() === 'Major outage')
		await page.locator('#live', { hasText: /^live$/ }).waitFor()
		assert.equal(seen.navigations, 1)
		await close()
	})

	test('in another network it connects anew at once', async () => {
		const { page, seen, close } = await open(browser, service.url, { before: (page) => page.clock.install() }) // no timer helps
		await page.locator('#live', { hasText: /^live$/ }).waitFor()
		const before = seen.sockets
		await page.context().setOffline(true)
		await service.cli('incident', 'open', 'Sign-in fails', '-c', 'login')
		await page.context().setOffline(false)
		await within(10e3, 'there is another socket', () => seen.sockets > before)
		await page.locator('h1', { hasText: /^Major outage$/ }).waitFor()
		await page.locator('#live', { hasText: /^live$/ }).waitFor()
		assert.equal(seen.navigations, 1)
		await close()
	})
})
