// A customer's page shows what concerns its cohort, leads on for that customer, and follows what happens without a loop.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { browserMissing, launch, open, Service, violations, within } from './harness.mjs'

const config = `
cohorts:
  - {id: pilot, customers: [Cust7]}
  - {id: rest, rest: true}
maintenance: []
`

describe('a customer\'s page', { skip: browserMissing }, () => {
	let browser, service, pilot, other
	before(async () => {
		browser = await launch()
		service = await Service.start({ config })
		pilot = await open(browser, service.url + '/?customer=Cust7&lang=en')
		other = await open(browser, service.url + '/?customer=Cust8&lang=en')
		for (const { page } of [pilot, other]) await page.locator('#live', { hasText: /^live$/ }).waitFor()
	})
	after(async () => {
		await browser?.close()
		await service?.end()
	})

	const card = (tab, title) => tab.page.locator('article[id^="i-"]', { hasText: title })
	const settled = (tab) => within(5000, 'the page follows the newest frame', async () =>
		await tab.page.locator('html').getAttribute('data-follows') === tab.seen.frames.at(-1).main)
	const fetched = (tab) => tab.seen.requests.filter((r) => r.resourceType() === 'fetch').length

	test('what is said of the pilots alone reaches them and nobody else', async () => {
		await service.cli('incident', 'open', 'Sign-in fails', '-c', 'login', '--cohort', 'pilot')
		await card(pilot, 'Sign-in fails').waitFor()
		await settled(pilot)
		await settled(other)
		assert.equal(await pilot.page.locator('h1').innerText(), 'Major outage')
		assert.match(await pilot.page.locator('#say').innerText(), /Major outage/, 'screen readers are told')
		assert.equal(await card(other, 'Sign-in fails').count(), 0)
		assert.notEqual(await other.page.locator('h1').innerText(), 'Major outage')
		assert.equal(await other.page.locator('.is-major_outage').count(), 0)
	})

	test('it follows an update, and then is quiet: no page is fetched again for nothing', async () => {
		await service.cli('incident', 'update', 'A disk is full.')
		await card(pilot, 'Sign-in fails').getByText('A disk is full.').waitFor()
		await settled(pilot)
		await settled(other)
		const before = [fetched(pilot), fetched(other)]
		assert.ok(before[0] <= 6, `${before[0]} fetches for two changes`)
		const frames = pilot.seen.frames.length
		// A frame that brings nothing new fetches nothing: the same one again, as after a new connection.
		await pilot.page.context().setOffline(true)
		await pilot.page.evaluate(() => dispatchEvent(new Event('pagehide')))
		await pilot.page.context().setOffline(false)
		await within(20e3, 'another frame comes', () => pilot.seen.frames.length > frames)
		await pilot.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1500)))
		assert.deepEqual([fetched(pilot), fetched(other)], before)
	})

	test('its links go on for the customer, also after the page has been renewed, and one leads to everybody\'s', async () => {
		const links = await pilot.page.locator('a[href^="/"]').evaluateAll((all) => all.map((a) => [a.getAttribute('href'), !!a.closest('.mine')]))
		assert.ok(links.length > 8)
		for (const [href, out] of links) {
			if (href.startsWith('/api/')) continue
			assert.equal(new URL(href, service.url).searchParams.get('customer'), out ? null : 'Cust7', href)
		}
		await pilot.page.getByRole('link', { name: 'Schedule', exact: true }).first().click()
		assert.equal(new URL(pilot.page.url()).searchParams.get('customer'), 'Cust7')
		assert.equal(await pilot.page.locator('html').getAttribute('data-cohort'), 'pilot')
		await pilot.page.locator('.mine a').click()
		assert.equal(new URL(pilot.page.url()).search, '?lang=en')
		assert.equal(await pilot.page.locator('html').getAttribute('data-cohort'), null)
	})

	test('without script the links stay with the cohort, and nothing repeats the identifier', async () => {
		const { page, close } = await open(browser, service.url + '/?customer=Cust7&lang=en', { javaScriptEnabled: false })
		assert.ok(!(await page.content()).includes('Cust7'))
		await page.getByRole('link', { name: 'History' }).first().click()
		assert.equal(await page.locator('html').getAttribute('data-cohort'), 'pilot')
		await page.getByText('Sign-in fails').waitFor()
		await close()
	})

	test('it is as accessible as any', async () => {
		const { page, close } = await open(browser, service.url + '/?customer=Cust7&lang=en')
		assert.deepEqual(await violations(page), [])
		await close()
	})

	test('none of that broke a page', () => {
		for (const { seen } of [pilot, other]) assert.deepEqual(seen.faults.filter((f) => !f.includes('WebSocket connection to') && !f.includes('ERR_INTERNET_DISCONNECTED')), [])
	})
})
