// The operators' outage desk in a real browser: on a phone and a desk, light and dark, with and without script.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { browserMissing, cutOff, launch, open, Service, sideways, violations } from './harness.mjs'

// ago is an instant so many minutes ago, to the minute.
const ago = (minutes) => new Date(Math.floor(Date.now() / 6e4 - minutes) * 6e4).toISOString()

describe('the outage desk', { skip: browserMissing }, () => {
	let browser, service, admin, responder, one, two
	before(async () => {
		browser = await launch()
		service = await Service.start()
		admin = await service.signIn(browser, 'admin@example.com', 'admin')
		responder = await service.signIn(browser, 'duty@example.com', 'responder')
		const add = async (from, to, more) => (await service.act('/api/v1/outages', {
			component: 'crm-read', started: ago(from), ended: ago(to), aware: ago(from), why: 'The logs show it.', ...more,
		})).outages[0].id
		one = await add(300, 240)
		two = await add(180, 150, { reported: ago(170), impact: 'no_read' })
		await add(100, 90, { component: 'crm-write', cause: 'internet' })
		await service.act(`/api/v1/outages/${two}/correct`, { ended: ago(140), why: 'It came back later.' })
	})
	after(async () => {
		await browser?.close()
		await service?.end()
	})

	for (const [name, path] of Object.entries({
		'the list': () => '/outages', 'no month': () => '/outages?month=x', 'an outage': () => `/outages/${one}`, 'a corrected one': () => `/outages/${two}`, 'a new one': () => '/outages/new',
	})) {
		test(`${name}: axe finds nothing, it fits, it keeps to its policy`, async () => {
			const { page, seen, close } = await open(browser, service.admin + path(), { storageState: admin })
			await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.removeAttribute('name'); d.open = true }))
			assert.deepEqual(await faults(page), [])
			assert.deepEqual(seen.faults.filter((f) => !f.includes('status of 422')), [])
			await close()
		})
	}

	for (const javaScriptEnabled of [true, false]) {
		test(`a correction is looked at, changed, and saved ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
			const { page, close } = await open(browser, `${service.admin}/outages/${one}`, { storageState: responder, javaScriptEnabled })
			await page.locator('summary', { hasText: 'Correct it' }).click()
			const form = page.locator('#act-correct')
			await form.getByLabel('Why').fill('A customer told us.')
			await form.getByRole('button').click()
			assert.match(await page.locator('[role=alert]').innerText(), /nothing is different/)
			assert.equal(await page.locator('#act-correct').getByLabel('Why').inputValue(), 'A customer told us.')
			await page.locator('#act-correct').locator('[name=impact]').selectOption(javaScriptEnabled ? 'no_write' : 'no_read_no_write')
			await page.locator('#act-correct').getByRole('button').click()
			await page.getByRole('heading', { name: 'What it makes of the figures' }).waitFor()
			if (javaScriptEnabled) assert.deepEqual(await faults(page), [])
			await page.getByRole('button', { name: 'Change something' }).click()
			assert.equal(await page.locator('#act-correct').locator('[name=impact]').inputValue(), javaScriptEnabled ? 'no_write' : 'no_read_no_write')
			await page.locator('#act-correct').getByRole('button').click()
			await page.getByRole('button', { name: 'Correct it' }).click()
			assert.match(await page.locator('[role=status].did').innerText(), /is saved/)
			await close()
		})
	}

	test('one who is no admin sees what takes one, and has no button for it', async () => {
		const { page, close } = await open(browser, `${service.admin}/outages/${two}`, { storageState: responder })
		await page.locator('summary', { hasText: 'Set it aside' }).click()
		await page.locator('#act-void').getByLabel('Why').fill('It was none.')
		await page.locator('#act-void').getByRole('button').click()
		assert.match(await page.locator('[role=alert]').innerText(), /takes the role admin/)
		assert.equal(await page.getByRole('button', { name: 'Set it aside' }).count(), 0)
		assert.deepEqual(await faults(page), [])
		await close()
	})

	// faults is what axe finds, and what does not fit, in every look.
	async function faults(page) {
		const found = []
		for (const colorScheme of ['light', 'dark']) {
			for (const width of [320, 360, 1280]) {
				await page.setViewportSize({ width, height: 900 })
				await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
				for (const v of await violations(page)) found.push(`${colorScheme}, ${width} px: ${v}`)
				if (await sideways(page)) found.push(`${width} px: ${await sideways(page)} px to the side`)
				for (const c of await cutOff(page)) found.push(`${width} px: ${c}`)
			}
		}
		return found
	}
})
