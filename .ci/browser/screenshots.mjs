// node screenshots.mjs DIRECTORY [NAME...]: pictures of every page, light and dark, on a phone and on a desk: on a calm day, a bad
// day, a maintenance night, and ahead of the weekend on which clocks change. With names only those whose name begins with one.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { demo, launch, open, Service, within } from './harness.mjs'

const [directory, ...wanted] = process.argv.slice(2)
if (!directory) {
	console.error('usage: node screenshots.mjs DIRECTORY [NAME...]')
	process.exit(2)
}
const into = resolve(directory)
mkdirSync(into, { recursive: true })

// A window over the night on which clocks change, told of half a year ahead.
const clocks = `
notices: {page: 5000h}
maintenance:
  - id: clocks
    category: system
    rule: FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU
    anchor: 2025-10-26
    start: "01:00"
    end: "05:00"
`

const service = await Service.start({ command: demo })
const browser = await launch()
try {
	const looking = await open(browser, service.url)
	await within(60e3, 'everything works', async () => await looking.page.locator('h1').innerText() === 'All systems operational')
	await looking.page.goto(service.url + '/history')
	const past = await looking.page.locator('article a[href^="/incidents/"]').first().getAttribute('href')
	await looking.page.goto(service.url)
	const component = await looking.page.goto(service.url).then(() => looking.page.locator('.comps a[href^="/component/"]').first().getAttribute('href'))
	const window = await looking.page.locator('article[id^="m-"] h3 a').first().getAttribute('href')
	await looking.close()

	const take = async (name, address, options = {}) => {
		if (wanted.length > 0 && !wanted.some((w) => name.startsWith(w))) return
		for (const colorScheme of ['light', 'dark']) {
			for (const width of [360, 1280]) {
				const { page, close } = await open(browser, address, { colorScheme, viewport: { width, height: 800 }, reducedMotion: 'reduce', ...options })
				await page.locator('h1').first().waitFor()
				if (name === 'front' || name.startsWith('day-')) await page.locator('#live', { hasText: /\S/ }).waitFor()
				await page.screenshot({ path: join(into, `${name}-${colorScheme}-${width}.png`), fullPage: true })
				await close()
			}
		}
	}
	await take('front', service.url + '/')
	await take('schedule', service.url + '/schedule')
	await take('uptime', service.url + '/uptime')
	const missed = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() - 2, 15)).toISOString().slice(0, 7)
	await take('month', service.url + '/uptime/' + missed)
	await take('year', service.url + '/uptime/' + missed.slice(0, 4))
	await take('history', service.url + '/history')
	for (const name of ['support', 'commitment', 'privacy', 'accessibility', 'zones']) await take(name, service.url + '/' + name)
	await take('component', service.url + component)
	await take('incident', service.url + past)
	await take('window', service.url + window)
	await take('sign-in', service.at.product + '/')
	await service.cli('incident', 'open', 'Sign-in fails', 'People who are signed in can go on working.', '-c', 'login')
	await service.cli('incident', 'open', 'Documents open slowly', 'One of three servers is out. The others carry its load.', '-c', 'documents=degraded')
	await take('day-bad', service.url + '/')
	await take('day-bad-fi', service.url + '/?lang=fi')
	await take('banner-preview', service.url + '/banner/preview?customer=Cust12345&lang=sv')
	await take('sign-in-bad', service.at.product + '/?lang=de')
	const duty = { storageState: await service.signIn(browser, 'duty@example.com', 'admin') }
	const { incidents: [running] } = await service.json('/api/v2/incidents/unresolved.json')
	await take('operators', service.admin + '/', duty)
	await take('operators-new', service.admin + '/incidents/new', duty)
	await take('operators-incident', service.admin + '/incidents/' + running.id, duty)
	await take('operators-incidents', service.admin + '/incidents', duty)
	await take('operators-maintenance', service.admin + '/maintenance', duty)
	await take('operators-window', service.admin + window, duty)
	await take('operators-rule', service.admin + '/maintenance/rule?rule=FREQ%3DMONTHLY%3BBYDAY%3D2FR&anchor=2026-01-09&start=00:00&end=06:00', duty)
	const { probes: [probe] } = await service.cli('probe', 'list')
	await take('operators-probes', service.admin + '/probes', duty)
	await take('operators-probe', service.admin + '/probes/' + probe.side, duty)
	await take('operators-probe-day', service.admin + '/probes/' + probe.side + '/' + new Date(Date.now() - 86400e3).toISOString().slice(0, 10), duty)
	await take('operators-months', service.admin + '/months', duty)
	await take('operators-month', service.admin + '/months/' + missed, duty)
	await take('operators-banners', service.admin + '/banners', duty)
	await take('operators-audit', service.admin + '/audit', duty)
	await take('operators-people', service.admin + '/operators', duty)
	await take('operators-tokens', service.admin + '/tokens', duty)
	await take('operators-signed-out', service.admin + '/signin')

	// A maintenance night: a window runs, and what is measured meanwhile stands beside it.
	for (const { id } of (await service.json('/api/v2/incidents/unresolved.json')).incidents) await service.cli('incident', 'resolve', 'It works again.', '--id', id)
	await service.cli('maintenance', 'open', 'system', '--lasts', '4h', '--expected', '30m', '--short-notice', '--reason', 'For the pictures.')
	await take('day-night', service.url + '/')
	await take('sign-in-night', service.at.product + '/?lang=nb')

	// The weekend on which clocks change, whenever it is next.
	const change = await Service.start({ config: clocks })
	try {
		await take('clocks', change.url + '/')
		await take('clocks-schedule', change.url + '/schedule')
	} finally {
		await change.end()
	}
} finally {
	await browser.close()
	await service.end()
}
