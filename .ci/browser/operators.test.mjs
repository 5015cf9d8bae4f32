// The operators' pages in a real browser: on a phone and a desk, light and dark, with and without script, by keyboard alone.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { browserMissing, cutOff, launch, open, planned, Service, sideways, violations, within } from './harness.mjs'

describe('the operators\' pages', { skip: browserMissing }, () => {
	let browser, service, admin, responder, id, probe
	before(async () => {
		browser = await launch()
		service = await Service.start({ config: planned })
		admin = await service.signIn(browser, 'admin@example.com', 'admin')
		responder = await service.signIn(browser, 'duty@example.com', 'responder')
		const incident = await service.cli('incident', 'open', 'Saving is slow', '-c', 'crm-write=degraded')
		id = incident.id
		probe = (await service.cli('probe', 'list')).probes[0].side
		await service.cli('incident', 'update', 'A disk is full.', '--phase', 'identified', '-c', 'crm-read=partial_outage', '--id', id)
	})
	after(async () => {
		await browser?.close()
		await service?.end()
	})
	const tab = (path, options = {}) => open(browser, service.admin + path, { storageState: admin, ...options })

	for (const [name, path] of Object.entries({
		overview: () => '/', incidents: () => '/incidents', 'a new incident': () => '/incidents/new', 'an incident': () => '/incidents/' + id,
		'the audit log': () => '/audit', alerts: () => '/alerts', banners: () => '/banners', probes: () => '/probes', 'a probe': () => '/probes/' + probe, 'a day of a probe': () => '/probes/' + probe + '/2026-04-10', months: () => '/months', 'a month': () => '/months/' + new Date().toISOString().slice(0, 7), operators: () => '/operators', tokens: () => '/tokens', 'nothing there': () => '/incidents/abcdefghijkl',
	})) {
		test(`${name}: axe finds nothing, it fits, it keeps to its policy`, async () => {
			const { page, seen, close } = await tab(path())
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
			assert.deepEqual(found, [])
			assert.deepEqual(seen.faults.filter((f) => !f.includes('status of 404')), [])
			await close()
		})
	}

	test('a probe is asked for a run without script, and a day is chosen', async () => {
		const { page, close } = await open(browser, service.admin + '/probes', { storageState: responder, javaScriptEnabled: false, viewport: { width: 360, height: 740 } })
		await page.getByRole('link', { name: probe, exact: true }).click()
		await page.getByRole('button', { name: 'Probe now' }).click()
		await within(5e3, 'the audit log has it', async () => (await service.cli('audit')).entries.some((e) => e.action === 'probe.now' && e.object === probe))
		await page.getByLabel('Day', { exact: true }).fill('2026-04-10')
		await page.getByRole('button', { name: 'Show the day' }).click()
		await page.waitForURL('**/probes/' + probe + '/2026-04-10')
		await page.getByRole('link', { name: 'Day before' }).click()
		await page.getByRole('heading', { name: 'Thursday 9 April 2026' }).waitFor()
		await close()
	})

	test('a run that is asked for elsewhere reaches an open page', async () => {
		const other = (await service.cli('probe', 'list')).probes.find((p) => p.probe !== probe).side
		const { page, seen, close } = await tab('/probes/' + other)
		await page.locator('#link', { hasText: /^live$/ }).waitFor()
		const before = seen.frames.length
		await service.cli('probe', 'now', other)
		await within(5e3, 'a frame', () => seen.frames.length > before)
		await close()
	})

	for (const javaScriptEnabled of [true, false]) {
		test(`declared in thirty seconds, ${javaScriptEnabled ? 'with' : 'without'} script, on a phone`, async () => {
			const { page, close } = await open(browser, service.admin + '/', { storageState: responder, javaScriptEnabled, viewport: { width: 360, height: 740 } })
			await page.getByRole('link', { name: 'Open an incident' }).click()
			await page.getByLabel('What do people notice?').fill('Nobody can sign in')
			await page.getByLabel('Sign-in', { exact: true }).check()
			await page.getByRole('button', { name: 'See first what people will be told' }).click()
			await page.getByRole('heading', { name: 'What people will be told' }).waitFor()
			assert.equal(await sideways(page), 0)
			if (javaScriptEnabled) assert.deepEqual(await violations(page), [])
			await page.getByRole('button', { name: 'Change something' }).click()
			assert.equal(await page.getByLabel('What do people notice?').inputValue(), 'Nobody can sign in')
			await page.getByRole('button', { name: 'Open it now' }).click()
			await page.getByText('The incident is open.').waitFor()
			const incident = new URL(page.url()).pathname.split('/').pop()
			await within(5e3, 'the public page has it', async () => (await service.json('/api/v2/incidents/unresolved.json')).incidents.some((i) => i.id === incident))

			await page.getByRole('button', { name: 'Undo' }).click()
			await page.getByText('The last change is taken back.').waitFor()
			await page.getByText('draft: nobody outside sees it').waitFor()
			await within(5e3, 'the public page forgets it', async () => !(await service.json('/api/v2/incidents.json')).incidents.some((i) => i.id === incident))
			await page.getByRole('button', { name: 'Publish the draft' }).click()
			await page.getByText('The draft is public.').waitFor()

			await page.getByLabel('What is new?').fill('It was a certificate.')
			await page.getByLabel('Resolved').check({ force: true })
			await page.getByRole('button', { name: 'Post it' }).click()
			await page.getByText('The incident is resolved.').waitFor()
			await close()
		})
	}

	test('by keyboard alone', async () => {
		const { page, close } = await open(browser, service.admin + '/incidents/new', { storageState: responder })
		await page.waitForFunction(() => document.activeElement.name === 'title') // it has the focus from the beginning
		await page.keyboard.type('Typed, not clicked')
		const reach = async (what, stop, most = 60) => {
			for (let n = 0; n < most; n++) {
				await page.keyboard.press('Tab')
				if (await page.evaluate(stop)) return
			}
			assert.fail(`${most} times Tab do not reach ${what}`)
		}
		await reach('the level', () => document.activeElement.name === 'level')
		await page.keyboard.press('ArrowLeft') // from major to partial
		await reach('a component', () => document.activeElement.value === 'login')
		await page.keyboard.press('Space')
		await reach('the button', () => document.activeElement.textContent === 'Open it now')
		const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineWidth)
		assert.equal(ring, '3px')
		await page.keyboard.press('Enter')
		await page.getByText('The incident is open.').waitFor()
		assert.equal(await page.locator('h1').innerText(), 'Typed, not clicked')
		assert.match(await page.locator('#facts').innerText(), /Partial outage/)
		const order = await page.evaluate(() => [...document.querySelectorAll('h1,h2')].map((h) => h.textContent))
		assert.deepEqual(order, ['Typed, not clicked', 'Its outages corrected at their own desk', 'Say more', 'The story', 'Note for operators', 'Correct', 'Who did what'])
		await service.cli('incident', 'resolve', '--id', new URL(page.url()).pathname.split('/').pop())
		await close()
	})

	test('what others do appears by itself, and leaves what is being typed alone', async () => {
		const { page, seen, close } = await tab('/incidents/' + id)
		await page.getByText('live', { exact: true }).waitFor()
		const words = page.getByLabel('What is new?')
		await words.fill('Half a sent')
		await service.act(`/api/v1/incidents/${id}/notes`, { body: 'Seen by everybody.' })
		await page.locator('#story').getByText('Seen by everybody.').waitFor()
		assert.equal(await words.inputValue(), 'Half a sent')
		assert.ok(await words.evaluate((e) => e === document.activeElement))
		assert.equal(seen.navigations, 1)
		// It was written for an older version by now: nothing is overwritten, and nothing is lost.
		await service.cli('incident', 'update', 'From the host.', '--id', id)
		await page.getByRole('button', { name: 'Post it' }).click()
		await page.getByRole('alert').waitFor()
		assert.match(await page.getByRole('alert').innerText(), /has changed this incident since you looked/)
		assert.equal(await page.getByLabel('What is new?').inputValue(), 'Half a sent')
		await page.locator('#story').getByText('From the host.').waitFor()
		await page.getByText('live', { exact: true }).waitFor() // also where the address is one of forms alone: the page knows its own
		await page.getByRole('button', { name: 'Post it' }).click()
		await page.getByText('The update is posted.').waitFor()
		assert.deepEqual(seen.faults.filter((f) => !f.includes('status of 409')), [])
		await close()
	})

	test('the overview follows, also through a restart of the service', async () => {
		const { page, seen, close } = await tab('/')
		await page.getByText('live', { exact: true }).waitFor()
		const { id: other } = await service.cli('incident', 'open', 'It comes by itself', '-c', 'login')
		await page.locator('#wrong').getByText('It comes by itself').waitFor()
		await page.locator('#strip').getByText('Major outage').waitFor()
		await service.stop()
		await page.getByText('not connected').waitFor()
		await service.again()
		await page.getByText('live', { exact: true }).waitFor({ timeout: 40e3 })
		await service.cli('incident', 'resolve', '--id', other)
		await page.locator('#wrong').getByText('It comes by itself').waitFor({ state: 'detached' })
		assert.equal(seen.navigations, 1)
		await close()
	})

	test('a disabled operator is out at once, and loses nothing that was typed', async () => {
		const state = await service.signIn(browser, 'leaver@example.com', 'responder')
		const { page, close } = await open(browser, service.admin + '/incidents/' + id, { storageState: state })
		await page.getByText('live', { exact: true }).waitFor()
		await page.getByLabel('What is new?').fill('Written before the door was closed.')
		const boss = await tab('/operators')
		const began = Date.now()
		await boss.page.getByRole('button', { name: 'Disable leaver@example.com' }).click()
		await page.getByText('signed out: sign in again').waitFor()
		assert.ok(Date.now() - began < 2000, `${Date.now() - began} ms`)
		await page.getByRole('button', { name: 'Post it' }).click()
		await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
		assert.deepEqual(await violations(page), [])
		assert.equal(await page.getByLabel('Words').inputValue(), 'Written before the door was closed.')
		await boss.page.getByRole('button', { name: 'Enable leaver@example.com' }).click()
		const again = await service.signIn(browser, 'leaver@example.com', '')
		await page.context().addCookies(again.cookies)
		await page.getByRole('button', { name: 'Send again' }).click()
		await page.locator('#story').getByText('Written before the door was closed.').waitFor()
		await boss.close()
		await close()
	})

	test('a token is shown once', async () => {
		const { page, close } = await tab('/tokens')
		await page.getByLabel('What it is for').fill('pager')
		await page.getByLabel('Only for').fill('incident')
		await page.getByRole('button', { name: 'Make the token' }).click()
		const secret = await page.locator('.made pre').innerText()
		assert.match(secret, /^sp_[\w-]{51}$/)
		assert.deepEqual(await violations(page), [])
		const ask = (path) => fetch(service.admin + path, { headers: { Authorization: `Bearer ${secret}` } })
		assert.equal((await ask('/api/v1/incidents')).status, 200)
		assert.equal((await ask('/api/v1/audit')).status, 403)
		await page.goto(service.admin + '/tokens')
		assert.equal((await page.content()).includes(secret), false)
		await page.getByRole('button', { name: 'Revoke pager' }).click()
		await page.getByText(/revoked/).waitFor()
		assert.equal((await ask('/api/v1/incidents')).status, 401)
		await close()
	})

	test('forced colours and print', async () => {
		const { page, close } = await tab('/incidents/new')
		await page.emulateMedia({ forcedColors: 'active' })
		const outline = await page.locator('.seg input:checked + span').first().evaluate((e) => getComputedStyle(e).outlineStyle)
		assert.equal(outline, 'solid')
		await page.emulateMedia({ media: 'print', forcedColors: 'none' })
		assert.equal(await page.locator('nav').isVisible(), false)
		await close()
	})
})
