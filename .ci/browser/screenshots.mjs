// node screenshots.mjs DIRECTORY: pictures of the demonstration's pages, light and dark, on a phone and on a desk.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { demo, launch, open, Service, within } from './harness.mjs'

const [directory] = process.argv.slice(2)
if (!directory) {
	console.error('usage: node screenshots.mjs DIRECTORY')
	process.exit(2)
}
const into = resolve(directory)
mkdirSync(into, { recursive: true })

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
		for (const colorScheme of ['light', 'dark']) {
			for (const width of [360, 1280]) {
				const { page, close } = await open(browser, address, { colorScheme, viewport: { width, height: 800 }, reducedMotion: 'reduce', ...options })
				await page.locator('h1').first().waitFor()
				if (name === 'front' || name === 'outage') await page.locator('#live', { hasText: /^live$/ }).waitFor()
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
	await take('component', service.url + component)
	await take('incident', service.url + past)
	await take('window', service.url + window)
	await take('sign-in', service.at.product + '/')
	await service.cli('incident', 'open', 'Sign-in fails', 'People who are signed in can go on working.', '-c', 'login')
	await take('outage', service.url + '/')
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
	await take('operators-audit', service.admin + '/audit', duty)
	await take('operators-people', service.admin + '/operators', duty)
	await take('operators-tokens', service.admin + '/tokens', duty)
	await take('operators-signed-out', service.admin + '/signin')
} finally {
	await browser.close()
	await service.end()
}
