// Every public page, in every language, calm and bad, by pairs of what can differ; and what works without script.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { browserMissing, launch, open, planned, Service, sideways, violations } from './harness.mjs'

const langs = ['en', 'nb', 'sv', 'da', 'de', 'nl', 'fi']
const month = new Date().toISOString().slice(0, 7)

// looks are what a reader's device can differ in: 320 px is also 1280 px enlarged to 400 %, and 640 px to 200 %.
const looks = [
	{ colorScheme: 'light', width: 320 }, { colorScheme: 'dark', width: 640 }, { colorScheme: 'dark', width: 320 }, { colorScheme: 'light', width: 1280 },
	{ colorScheme: 'dark', width: 1280, forcedColors: 'active' }, { colorScheme: 'light', width: 640, media: 'print' },
]

describe('public pages', { skip: browserMissing }, () => {
	let browser, service, tab
	const paths = ['/', '/schedule', '/uptime', '/uptime/' + month, '/uptime/' + month.slice(0, 4), '/history', '/history/' + month, '/support', '/commitment', '/privacy', '/accessibility', '/zones', '/?zone=Asia/Tokyo', '/schedule?zone=Nowhere']
	before(async () => {
		browser = await launch()
		service = await Service.start({ config: planned })
		tab = await open(browser, service.url)
		paths.push(await tab.page.locator('.comps a[href^="/component/"]').first().getAttribute('href'))
		paths.push(await tab.page.locator('article[id^="m-"] h3 a').first().getAttribute('href'))
	})
	after(async () => {
		await browser?.close()
		await service?.end()
	})

	// walk looks at each page, each time in another language and on another device, so that every pair comes up within a few rounds.
	async function walk(round) {
		const found = []
		for (const [n, path] of paths.entries()) {
			const lang = langs[(n + 3 * round) % langs.length]
			const { width, media = 'screen', forcedColors = 'none', colorScheme } = looks[(n + round) % looks.length]
			await tab.page.setViewportSize({ width, height: 800 })
			await tab.page.emulateMedia({ colorScheme, forcedColors, media, reducedMotion: 'reduce' })
			const at = new URL(path, service.url)
			at.searchParams.set('lang', lang)
			const answer = await tab.page.goto(at.href)
			const where = `${at.pathname}${at.search} ${width} px ${colorScheme} ${media} forced ${forcedColors}`
			if (answer.status() !== 200) found.push(`${where}: ${answer.status()}`)
			if (media === 'screen') for (const v of await violations(tab.page)) found.push(`${where}: ${v}`)
			if (await sideways(tab.page) > 0) found.push(`${where}: it can be scrolled to the side`)
			const wide = await tab.page.evaluate(() => [...document.querySelectorAll('main *')].filter((e) => {
				const box = e.getBoundingClientRect()
				return box.width > 0 && box.right > innerWidth + 1 && getComputedStyle(e).position !== 'absolute' && !e.closest('.chart')
			}).slice(0, 2).map((e) => e.outerHTML.slice(0, 80)))
			for (const e of wide) found.push(`${where}: ${e} stands out`)
			if (media === 'print' && await tab.page.evaluate(() => [...document.querySelectorAll('main details:not([open]) > :not(summary)')].some((e) => !e.checkVisibility({ contentVisibilityAuto: true }) || e.getBoundingClientRect().height === 0))) {
				found.push(`${where}: details stay shut on paper`)
			}
		}
		return found
	}

	test('on a calm day', async () => {
		assert.deepEqual([...await walk(0), ...await walk(1)], [])
	})

	test('on a bad day, in languages that nobody wrote in', async () => {
		const incident = await service.cli('incident', 'open', 'Sign-in fails', 'We are looking into it.', '-c', 'login')
		await service.cli('incident', 'update', 'A disk is full.', '--phase', 'identified', '-c', 'crm-write=partial_outage', '--id', incident.id)
		paths.push('/incidents/' + incident.id)
		await tab.page.goto(service.url + '/?lang=sv')
		await tab.page.locator('article[id^="i-"] [lang=en]').first().waitFor()
		const title = tab.page.locator('article[id^="i-"] h3')
		assert.equal(await title.locator('a').getAttribute('lang'), 'en')
		assert.match(await title.innerText(), /English/)
		assert.match(await tab.page.locator('section.two').innerText(), /Troligen inte/)
		const support = tab.page.locator('article[id^="i-"] p.note a')
		assert.equal(await support.getAttribute('href'), 'https://community.superoffice.com/')
		assert.deepEqual([...await walk(2), ...await walk(3)], [])
	})

	test('nothing went wrong on the way', () => {
		assert.deepEqual(tab.seen.faults, [])
	})

	test('a time zone is chosen without script, and kept', async () => {
		const { page, close } = await open(browser, service.url + '/schedule?lang=en', { javaScriptEnabled: false })
		await page.getByLabel('Time zone').selectOption('Europe/Helsinki')
		await page.getByRole('button', { name: 'Apply' }).click()
		assert.match(page.url(), /\/schedule\?lang=en&zone=Europe%2FHelsinki$/)
		assert.match(await page.locator('.slot .yours').first().innerText(), /^In your time zone: .*UTC\+[23]\)$/)
		await page.getByRole('link', { name: 'Current status' }).click()
		assert.match(page.url(), /zone=Europe%2FHelsinki/)
		assert.match(await page.locator('#zone-note').innerText(), /Europe\/Helsinki/)
		await page.goto(service.url + '/zones?lang=en')
		await page.getByLabel('Time zone').selectOption({ label: 'Tokyo' })
		await page.getByRole('button', { name: 'Apply' }).click()
		assert.match(page.url(), /\/\?lang=en&zone=Asia%2FTokyo$/)
		await close()
	})

	test('on a phone the row of a component leads to its days', async () => {
		const { page, close } = await open(browser, service.url, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })
		await page.locator('.comps li .days').first().tap({ force: true }) // the link lies over it
		await page.waitForURL(/\/component\//)
		assert.ok(await page.locator('#days').isVisible())
		await close()
	})
})
