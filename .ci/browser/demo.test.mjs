// The demonstration: plainly labelled, a past to look at, and a product that is broken by hand while the page looks on.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { browserMissing, demo, launch, open, Service, sideways, violations, within } from './harness.mjs'

describe('demonstration', { skip: browserMissing }, () => {
	let browser, service
	before(async () => {
		browser = await launch()
		service = await Service.start({ command: demo })
	})
	after(async () => {
		await browser?.close()
		await service?.end()
	})

	test('labelled in the reader\'s language, quiet, and narrow enough for a phone', async () => {
		for (const [locale, label] of [['en-GB', 'Demonstration: invented data'], ['nb-NO', 'Demonstrasjon: oppdiktede data']]) {
			const { page, seen, close } = await open(browser, service.url, { locale, viewport: { width: 320, height: 640 } })
			assert.equal(await page.locator('header .demo').innerText(), label)
			assert.equal(await sideways(page), 0)
			assert.deepEqual(seen.faults, [])
			await close()
		}
	})

	test('pages with figures fit 320 px where words are long, and print without their forms', async () => {
		const { page, close } = await open(browser, service.url, { locale: 'de-DE', viewport: { width: 320, height: 640 } })
		const component = await page.locator('.comps a[href^="/component/"]').first().getAttribute('href')
		await page.goto(service.url + '/uptime')
		const months = await page.locator('tbody th a').evaluateAll((all) => all.map((a) => a.getAttribute('href')))
		assert.ok(months.length > 2)
		for (const address of [component, ...months]) {
			await page.goto(service.url + address)
			assert.equal(await sideways(page), 0, address)
		}
		await page.goto(service.url + '/schedule')
		const [slot, reserved] = await Promise.all(['.slot:not(.w-reserved) h4', '.slot.w-reserved h4'].map((s) => page.locator(s).first().boundingBox()))
		assert.equal(Math.round(slot.x), Math.round(reserved.x), 'the titles stand in one line')
		await page.emulateMedia({ media: 'print' })
		assert.equal(await page.locator('form.zones').isVisible(), false)
		await close()
	})

	test('a bad quarter: a month that missed its target, incidents, windows', async () => {
		const { page, close } = await open(browser, service.url + '/uptime')
		assert.ok(await page.locator('.breach').count() > 0)
		await page.goto(service.url + '/history')
		assert.ok(await page.locator('article').count() > 5)
		await page.goto(service.url)
		assert.ok(await page.locator('.days i.o').count() > 0 && await page.locator('.days i.m').count() > 0)
		assert.ok(await page.locator('article[id^="m-"]').count() > 0, 'something is planned')
		await close()
	})

	for (const [name, address] of Object.entries({
		'front page': () => service.url + '/',
		schedule: () => service.url + '/schedule',
		uptime: () => service.url + '/uptime',
		history: () => service.url + '/history',
		'operators\' sign-in': () => service.admin + '/',
		'sign-in page': () => service.at.product + '/',
		switches: () => service.at.product + '/switches',
		mail: () => service.at.mail + '/',
	})) {
		test(`axe finds nothing: ${name}`, async () => {
			const { page, close } = await open(browser, address())
			const found = []
			for (const colorScheme of ['light', 'dark']) {
				for (const width of [360, 1280]) {
					await page.setViewportSize({ width, height: 900 })
					await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
					for (const v of await violations(page)) found.push(`${colorScheme}, ${width} px: ${v}`)
				}
			}
			assert.deepEqual(found, [])
			await close()
		})
	}

	test('break the product by its switch: the open page turns, and turns back', { timeout: 180e3 }, async () => {
		const status = await open(browser, service.url)
		const headline = () => status.page.locator('h1').innerText()
		await within(60e3, 'everything works', async () => await headline() === 'All systems operational')
		const { page } = await open(browser, service.at.product + '/switches')
		await page.locator('[data-switch="down"] button').click()
		await page.locator('[data-switch="down"][data-state="on"]').waitFor()
		await within(60e3, 'the open page shows the outage', async () => await headline() === 'Major outage')
		await page.locator('[data-switch="down"] button').click()
		await within(60e3, 'the open page shows that it is over', async () => await headline() === 'All systems operational')
		assert.equal(status.seen.navigations, 1)
		assert.deepEqual(status.seen.faults, [])
	})

	test('an incident stands on the sign-in page of the product within seconds', async () => {
		const { page } = await open(browser, service.at.product)
		await page.locator('statusd-banner p', { hasText: 'Planned maintenance' }).waitFor()
		await service.cli('incident', 'open', 'Sign-in fails', '-c', 'login')
		await page.locator('statusd-banner p', { hasText: 'Sign-in fails' }).waitFor({ timeout: 3000 })
	})
})
