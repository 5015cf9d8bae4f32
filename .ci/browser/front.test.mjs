// The front page as a first visitor gets it: whole without script, small, quiet, and fit for any screen.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { browserMissing, launch, open, planned, Service, sideways, unplanned } from './harness.mjs'

const words = {
	en: { unknown: 'Status unknown: no recent measurements', heading: 'Planned maintenance', nothing: 'Nothing is planned', live: 'live', login: 'Sign-in' },
	nb: { unknown: 'Ukjent status: ingen ferske målinger', heading: 'Planlagt vedlikehold', nothing: 'Ingenting er planlagt', live: 'direkte', login: 'Pålogging' },
}
const locales = { en: 'en-GB', nb: 'nb-NO' }

describe('front page', { skip: browserMissing }, () => {
	let browser, services
	before(async () => {
		browser = await launch()
		services = { planned: await Service.start({ config: planned }), unplanned: await Service.start({ config: unplanned }) }
	})
	after(async () => {
		await browser?.close()
		for (const s of Object.values(services || {})) await s.end()
	})

	for (const lang of ['en', 'nb']) {
		for (const javaScriptEnabled of [true, false]) {
			for (const plan of ['planned', 'unplanned']) {
				test(`${lang}, script ${javaScriptEnabled ? 'on' : 'off'}, ${plan}`, async () => {
					const { page, seen, close } = await open(browser, services[plan].url, { locale: locales[lang], javaScriptEnabled })
					const w = words[lang]
					assert.equal(await page.locator('html').getAttribute('lang'), lang)
					assert.equal(await page.locator('h1').innerText(), w.unknown)
					assert.match(await page.title(), new RegExp(w.unknown))
					const section = page.locator('section', { has: page.locator('h2', { hasText: w.heading }) })
					assert.equal(await section.getByText(w.nothing).count(), plan === 'planned' ? 0 : 1)
					assert.equal(await section.locator('article').count() > 0, plan === 'planned')
					assert.ok(await page.getByText(w.login, { exact: true }).isVisible(), 'components have rows')
					assert.equal(await page.locator('.days').count(), await page.locator('[data-component]').count())
					assert.equal(await page.locator('.days').first().locator('i').count(), 90)
					if (javaScriptEnabled) await page.locator('#live', { hasText: w.live }).waitFor()
					else assert.equal(await page.locator('#live').innerText(), '', 'nothing promises to be live without script')
					assert.deepEqual(seen.faults, [])
					await close()
				})
			}
		}
	}

	test('the address chooses the language over the browser', async () => {
		const { page, close } = await open(browser, services.planned.url + '/?lang=nb')
		assert.equal(await page.locator('h1').innerText(), words.nb.unknown)
		await close()
	})

	test('first view: at most 3 requests and 30 KB, the document in one round trip', async () => {
		const { page, seen, close } = await open(browser, services.planned.url)
		await page.locator('#live', { hasText: 'live' }).waitFor()
		await page.waitForLoadState('networkidle')
		const sizes = await Promise.all(seen.requests.map(async (r) => {
			const s = await r.sizes()
			return { url: r.url(), bytes: s.responseHeadersSize + s.responseBodySize }
		}))
		const report = JSON.stringify(sizes)
		assert.ok(sizes.length + seen.sockets <= 3, report)
		assert.ok(sizes[0].bytes <= 14.6 * 1024, report)
		assert.ok(sizes.reduce((sum, s) => sum + s.bytes, 0) <= 30 * 1024, report)
		await close()
	})

	test('nothing moves once it is shown', async () => {
		// A reader's own times come with the script, below those that are there.
		for (const [width, timezoneId, most] of [[360, 'Europe/Oslo', 0], [1280, 'Europe/Oslo', 0], [360, 'America/New_York', 0.05], [1280, 'America/New_York', 0.05]]) {
			const { page, close } = await open(browser, services.planned.url, { viewport: { width, height: 800 }, timezoneId })
			await page.locator('#live', { hasText: 'live' }).waitFor()
			const shift = await page.evaluate(() => new Promise((resolve) => {
				let sum = 0
				new PerformanceObserver((list) => list.getEntries().forEach((e) => { sum += e.value })).observe({ type: 'layout-shift', buffered: true })
				requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)))
			}))
			assert.ok(shift <= most, `${width} px, ${timezoneId}: ${shift}`)
			await close()
		}
	})

	for (const [name, options] of Object.entries({
		'320 px wide': { viewport: { width: 320, height: 640 } },
		'1280 px at 200 %': { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
		'1280 px at 400 %': { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 },
	})) {
		for (const path of ['/', '/schedule', '/uptime', '/history', '/nowhere']) {
			test(`${path} fits ${name}`, async () => {
				const { page, close } = await open(browser, services.planned.url + path, options)
				assert.equal(await sideways(page), 0)
				await close()
			})
		}
	}

	test('text twice as large stays on the page', async () => {
		const { page, close } = await open(browser, services.planned.url, { viewport: { width: 640, height: 800 } })
		await page.evaluate(() => { document.documentElement.style.fontSize = '200%' })
		assert.equal(await sideways(page), 0)
		assert.ok(await page.locator('h1').isVisible())
		await close()
	})

	test('times in the reader\'s own zone stand beside those of the schedule', async () => {
		for (const [timezoneId, some] of [['America/New_York', true], ['Europe/Oslo', false]]) {
			const { page, seen, close } = await open(browser, services.planned.url + '/schedule', { timezoneId })
			await page.locator('.when > time').first().waitFor()
			assert.equal(await page.locator('.yours').count() > 0, some, timezoneId)
			assert.deepEqual(seen.faults, [])
			await close()
		}
	})
})
