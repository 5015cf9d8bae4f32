// Everybody can use the pages: WCAG 2.2 AA as far as a program can tell, the keyboard, forced colours, less motion, paper.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { browserMissing, launch, open, planned, Service, sideways, violations } from './harness.mjs'

// monthsAgo is a month as its address has it, well inside it in every zone.
const monthsAgo = (n) => { const d = new Date(); return new Date(Date.UTC(d.getUTCFullYear(), d.getUTCMonth() - n, 15)).toISOString().slice(0, 7) }

describe('access', { skip: browserMissing }, () => {
	let browser, service, incident
	before(async () => {
		browser = await launch()
		service = await Service.start({ config: planned })
		await service.cli('incident', 'open', 'Search was slow', '-c', 'crm-read=degraded')
		await service.cli('incident', 'resolve', 'It is fast again.')
		incident = await service.cli('incident', 'open', 'Sign-in fails', '-c', 'login')
		await service.cli('incident', 'update', 'A disk is full.', '--phase', 'identified', '-c', 'crm-write=partial_outage', '--id', incident.id)
		await service.cli('incident', 'update', 'The disk has been replaced.', '--phase', 'monitoring', '--next', '30m', '--id', incident.id)
		const { page, close } = await open(browser, service.url)
		await page.locator('article[id^="i-"]').first().waitFor()
		await close()
	})
	after(async () => {
		await browser?.close()
		await service?.end()
	})

	// pages.test.mjs goes over the others.
	for (const [name, address] of Object.entries({
		'front page': () => service.url + '/',
		'a month that missed its target': () => service.url + '/uptime/' + monthsAgo(2),
		'a month with a gap in it': () => service.url + '/uptime/' + monthsAgo(1),
		'a month without data': () => service.url + '/uptime/' + monthsAgo(0).slice(0, 4) + '-01',
		'an incident': () => service.url + '/incidents/' + incident.id,
		'nothing there': () => service.url + '/nowhere',
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

	test('keyboard: the skip link comes first and leads to the content', async () => {
		const { page, close } = await open(browser, service.url)
		await page.keyboard.press('Tab')
		const skip = page.locator('a.skip')
		assert.ok(await skip.evaluate((e) => e === document.activeElement))
		const box = await skip.boundingBox()
		assert.ok(box.width > 50 && box.height > 24 && box.x >= 0 && box.y >= 0, JSON.stringify(box))
		await page.keyboard.press('Enter')
		assert.equal(await page.evaluate(() => document.activeElement.id), 'main')
		await close()
	})

	test('keyboard: everything is reached, and focus is seen', async () => {
		const { page, close } = await open(browser, service.url)
		const wanted = await page.locator('a:visible, summary:visible').count()
		const stops = []
		for (let n = 0; n < wanted; n++) {
			await page.keyboard.press('Tab')
			stops.push(await page.evaluate((n) => {
				const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect()
				const again = e.dataset.stop !== undefined
				e.dataset.stop = n
				return {
					what: e.outerHTML.slice(0, 80), again, tag: e.tagName, ringed: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
					inView: box.bottom > 0 && box.top < innerHeight && box.width > 0,
				}
			}, n))
		}
		assert.ok(wanted > 20, String(wanted))
		assert.deepEqual(stops.filter((s) => s.again || !s.ringed || !s.inView || !['A', 'SUMMARY'].includes(s.tag)), [])
		await close()
	})

	test('keyboard: older updates open and close', async () => {
		const { page, close } = await open(browser, service.url)
		const details = page.locator(`#o-${incident.id}`)
		await details.locator('summary').focus()
		await page.keyboard.press('Enter')
		assert.ok(await details.getByText('A disk is full.').isVisible())
		await page.keyboard.press('Space')
		assert.ok(!await details.getByText('A disk is full.').isVisible())
		await close()
	})

	test('less motion: nothing moves', async () => {
		for (const [reducedMotion, some] of [['reduce', 0], ['no-preference', 1]]) {
			const { page, close } = await open(browser, service.url, { reducedMotion })
			const moving = await page.evaluate(() => [...document.querySelectorAll('*')].filter((e) => {
				const style = getComputedStyle(e)
				return style.transitionDuration !== '0s' || style.animationName !== 'none'
			}).length)
			assert.equal(moving, some, reducedMotion)
			await close()
		}
	})

	test('forced colours: words, symbols and bars stay apart from the ground', async () => {
		const { page, close } = await open(browser, service.url, { forcedColors: 'active' })
		const seen = await page.evaluate(() => {
			const of = (selector, property) => getComputedStyle(document.querySelector(selector))[property]
			return {
				forced: matchMedia('(forced-colors: active)').matches, ground: of('body', 'backgroundColor'), words: of('h1', 'color'),
				symbol: of('h1 .s', 'fill'), bar: of('.days i.n', 'backgroundColor'), edge: of('.band', 'borderBlockStartStyle'),
			}
		})
		assert.equal(seen.forced, true)
		for (const part of ['words', 'symbol', 'bar']) assert.notEqual(seen[part], seen.ground, part)
		assert.equal(seen.edge, 'solid', 'the headline has an edge where its colour is gone')
		await close()
	})

	test('on paper: nothing fixed, nothing to click, dark words on white, days in colour', async () => {
		const { page, close } = await open(browser, service.url, { colorScheme: 'dark' })
		await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
		const seen = await page.evaluate(() => ({
			fixed: [...document.querySelectorAll('*')].filter((e) => ['fixed', 'sticky'].includes(getComputedStyle(e).position)).length,
			ground: getComputedStyle(document.body).backgroundColor, words: getComputedStyle(document.querySelector('h1')).color,
			days: getComputedStyle(document.querySelector('.days i')).printColorAdjust,
		}))
		assert.deepEqual(seen, { fixed: 0, ground: 'rgb(255, 255, 255)', words: 'rgb(0, 0, 0)', days: 'exact' })
		for (const nav of await page.locator('nav').all()) assert.ok(!await nav.isVisible())
		assert.ok(await page.locator('h1').isVisible())
		await close()
	})
})
