// Several places, and what is measured during a window, in the demonstration: a second place looks at sign-in there.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { browserMissing, demo, launch, open, Service, sideways, violations, within } from './harness.mjs'

describe('places and windows', { skip: browserMissing }, () => {
	let browser, service, viewer
	before(async () => {
		browser = await launch()
		service = await Service.start({ command: demo })
		viewer = await service.signIn(browser, 'watch@example.com', 'viewer')
		await within(30e3, 'both places vote', async () => {
			const { places } = await service.cli('probe', 'show', 'login')
			return places.length === 2 && places.every((p) => p.votes)
		})
	})
	after(async () => {
		await browser?.close()
		await service?.end()
	})

	for (const javaScriptEnabled of [true, false]) {
		test(`operators see places, votes and the rule, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
			const { page, close } = await open(browser, service.admin + '/probes', { storageState: viewer, javaScriptEnabled })
			await page.getByRole('rowheader', { name: 'bergen', exact: true }).waitFor()
			await page.getByText('the worst of login (operational), login-certificate (operational)').waitFor()
			await page.getByText('Add a place').click()
			await page.getByText('statusd token create bergen').waitFor()
			await page.getByRole('link', { name: 'login', exact: true }).click()
			await page.getByRole('heading', { name: 'What each place says' }).waitFor()
			assert.deepEqual(await page.locator('#votes tbody td:nth-child(3)').allInnerTexts(), ['yes', 'yes'])
			await close()
		})
	}

	test('during a window an open page says what is measured meanwhile, and so does the window\'s own', { timeout: 120e3 }, async () => {
		const { page, seen, close } = await open(browser, service.url)
		const saving = page.locator('li', { has: page.getByRole('link', { name: 'Saving data' }) }).locator('.st')
		await service.cli('maintenance', 'open', 'emergency', '--lasts', '1h', '--reason', 'A hole in a library.')
		await within(20e3, 'up', async () => await saving.innerText() === 'Under maintenance, but working now')
		await fetch(service.at.product + '/switches/readonly/on', { method: 'POST' })
		await within(60e3, 'down', async () => await saving.innerText() === 'Under maintenance, and down now')
		assert.equal(await page.locator('h1').innerText(), 'Maintenance in progress')
		assert.equal(seen.navigations, 1)
		await page.locator('.w-running h3 a').click()
		assert.match(await page.locator('.during').innerText(), /Saving data\s+Under maintenance, and down now/)
		await close()
		await fetch(service.at.product + '/switches/readonly/off', { method: 'POST' })
	})

	for (const [name, path] of Object.entries({
		probes: () => service.admin + '/probes', 'a probe that two places look at': () => service.admin + '/probes/login', overview: () => service.admin + '/',
		'front page': () => service.url + '/',
	})) {
		test(`${name}: axe finds nothing, and it fits`, async () => {
			const { page, close } = await open(browser, path(), { storageState: viewer })
			const found = []
			for (const colorScheme of ['light', 'dark']) {
				for (const width of [320, 360, 1280]) {
					await page.setViewportSize({ width, height: 900 })
					await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
					for (const v of await violations(page)) found.push(`${colorScheme}, ${width} px: ${v}`)
					if (await sideways(page)) found.push(`${width} px: ${await sideways(page)} px to the side`)
				}
			}
			assert.deepEqual(found, [])
			await close()
		})
	}
})
