// The operators' maintenance desk in a real browser: on a phone and a desk, light and dark, with and without script, by keyboard.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { browserMissing, launch, open, Service, sideways, violations, within } from './harness.mjs'

// A slot every day that is used if needed, and an upgrade every evening.
const config = `
maintenance:
  - id: evening
    category: application
    rule: FREQ=DAILY
    anchor: 2026-01-01
    start: "22:00"
    end: "23:00"
  - id: slot
    category: infrastructure
    rule: FREQ=DAILY
    anchor: 2026-01-01
    start: "01:00"
    end: "05:00"
    reserved: true
`

// local is a reading of the schedule's clock so many days ahead, as a field of a form takes it.
const local = (days, clock) => {
	const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Oslo' }).format(new Date(Date.now() + days * 864e5))
	return `${day}T${clock}`
}

describe('the maintenance desk', { skip: browserMissing }, () => {
	let browser, service, admin, responder, windows
	before(async () => {
		browser = await launch()
		service = await Service.start({ config })
		admin = await service.signIn(browser, 'admin@example.com', 'admin')
		responder = await service.signIn(browser, 'duty@example.com', 'responder')
		await service.act('/api/v1/maintenance', { category: 'emergency', lasts: '1h', reason: 'a hole in a library', body: 'We close a hole.' })
		const { page, close } = await open(browser, service.admin + '/maintenance', { storageState: admin })
		windows = await page.locator('a.slot').evaluateAll((all) => all.map((a) => ({ path: a.getAttribute('href'), text: a.innerText })))
		await close()
	})
	after(async () => {
		await browser?.close()
		await service?.end()
	})
	// pick is the nth window of which the calendar says something.
	const pick = (says, n = 0) => windows.filter((w) => w.text.includes(says))[n].path

	for (const [name, path] of Object.entries({
		'the calendar': () => '/maintenance', 'years ahead': () => '/maintenance?from=2034-03-01', 'no date': () => '/maintenance?from=x', 'a window': () => pick('planned', 20),
		'one under way': () => pick('under way'), 'a slot': () => pick('if needed', 20), 'a new window': () => '/maintenance/new', 'an emergency': () => '/maintenance/new?kind=emergency',
		'a rule': () => '/maintenance/rule?rule=FREQ%3DWEEKLY%3BBYDAY%3DSU&anchor=2026-01-04&start=02:30&end=04:00&count=60', 'a wrong rule': () => '/maintenance/rule?rule=FREQ%3DX&anchor=2026-01-04',
	})) {
		test(`${name}: axe finds nothing, it fits, it keeps to its policy`, async () => {
			const { page, seen, close } = await open(browser, service.admin + path(), { storageState: admin })
			await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.removeAttribute('name'); d.open = true }))
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
			assert.deepEqual(seen.faults.filter((f) => !f.includes('status of 422')), [])
			await close()
		})
	}

	for (const [nth, javaScriptEnabled] of [[25, true], [30, false]]) {
		test(`a whole evening ${javaScriptEnabled ? 'with' : 'without'} script, on a phone`, async () => {
			const { page, close } = await open(browser, service.admin + '/maintenance', { storageState: responder, javaScriptEnabled, viewport: { width: 360, height: 740 } })
			const fits = async () => {
				assert.equal(await sideways(page), 0)
				if (javaScriptEnabled) assert.deepEqual(await violations(page), [])
			}
			// Confirm a slot.
			await page.locator(`a.slot[href="${pick('if needed', nth)}"]`).first().click()
			let form = page.locator('#act-confirm')
			await form.getByRole('textbox', { name: /^Reason/ }).fill('the new disks have come')
			await form.getByRole('button', { name: 'Confirm the slot' }).click()
			await page.getByText('The slot is confirmed').waitFor()
			await page.locator('h1', { hasText: 'planned' }).waitFor()
			await fits()

			// Move it: first to a time that is too soon, which is refused and offered as short notice; then to a good one.
			await page.locator('summary', { hasText: 'Move it' }).click()
			form = page.locator('#act-move')
			await form.getByLabel('New start').fill(local(1, '00:30'))
			await form.getByRole('textbox', { name: /^Reason/ }).fill('the supplier comes another day')
			await form.getByRole('button', { name: 'Move it' }).click()
			await page.getByRole('alert').filter({ hasText: 'people would learn of it' }).waitFor()
			form = page.locator('#act-move')
			assert.ok(await form.getByLabel('It is short notice').isChecked())
			assert.equal(await form.getByRole('textbox', { name: /^Reason/ }).inputValue(), 'the supplier comes another day')
			await fits()
			await form.getByLabel('It is short notice').uncheck()
			await form.getByLabel('New start').fill(local(60 + nth, '21:15'))
			await form.getByRole('button', { name: 'See first what people will be told' }).click()
			await page.getByRole('heading', { name: 'What people will be told' }).waitFor()
			await fits()
			await page.getByRole('button', { name: 'Change something' }).click()
			assert.equal(await page.locator('#act-move').getByLabel('New start').inputValue(), local(60 + nth, '21:15'))
			await page.locator('#act-move').getByRole('button', { name: 'Move it' }).click()
			await page.getByText('The window is moved.').waitFor()
			await page.locator('#facts').getByText('21:15').first().waitFor()
			await page.locator('#steps').getByText('the supplier comes another day').waitFor()

			// Cancel one that people know of, with a look at what they will be told.
			await page.goto(service.admin + pick('planned', javaScriptEnabled ? 1 : 2))
			await page.locator('summary', { hasText: 'Cancel it' }).click()
			form = page.locator('#act-cancel')
			await form.getByRole('textbox', { name: /^Reason/ }).fill('the release is not ready')
			await form.locator('summary').click()
			await form.getByLabel('What readers see as well').fill('It comes next week.')
			await form.getByRole('button', { name: 'See first what people will be told' }).click()
			await page.getByRole('heading', { name: 'What people will be told' }).waitFor()
			await page.locator('section[aria-labelledby="h-page"]').getByText('It comes next week.').first().waitFor()
			await fits()
			await page.getByRole('button', { name: 'Cancel it' }).click()
			await page.getByText('The window is cancelled.').waitFor()
			const cancelled = new URL(page.url()).pathname
			await within(5e3, 'the public page says so', async () => (await (await fetch(service.url + cancelled)).text()).includes('It comes next week.'))

			// An emergency.
			await page.getByRole('link', { name: 'Maintenance', exact: true }).first().click()
			await page.getByRole('link', { name: 'Open a window' }).click()
			await page.getByRole('link', { name: 'Emergency patch' }).click()
			await page.getByLabel('Start, about').waitFor()
			await page.getByRole('textbox', { name: /^Reason/ }).fill('a hole in a library')
			await page.getByRole('button', { name: 'Open the window' }).click()
			const opened = page.getByText('The window is there, and announced as far ahead as can be.')
			const asked = page.getByRole('alert').filter({ hasText: 'office hours' })
			await opened.or(asked).first().waitFor() // where it is a working day
			if (await asked.count()) await page.getByRole('button', { name: 'Open the window' }).click()
			await opened.waitFor()
			await fits()
			const path = new URL(page.url()).pathname
			await within(5e3, 'the public page has it', async () => (await fetch(service.url + path)).ok)
			await close()
		})
	}

	test('by keyboard alone', async () => {
		const { page, close } = await open(browser, service.admin + pick('if needed', 40), { storageState: responder })
		const reach = async (what, stop, most = 80) => {
			for (let n = 0; n < most; n++) {
				await page.keyboard.press('Tab')
				if (await page.evaluate(stop)) return
			}
			assert.fail(`${most} times Tab do not reach ${what}`)
		}
		await reach('the form of the cancellation', () => document.activeElement.matches('summary') && document.activeElement.textContent === 'Cancel it')
		assert.equal(await page.evaluate(() => getComputedStyle(document.activeElement).outlineWidth), '3px')
		await page.keyboard.press('Enter')
		await reach('the reason', () => document.activeElement.closest('#act-cancel') && document.activeElement.name === 'reason')
		await page.keyboard.type('typed, not clicked')
		await reach('the button', () => document.activeElement.closest('#act-cancel') && document.activeElement.textContent === 'Cancel it')
		await page.keyboard.press('Enter')
		await page.getByText('The window is cancelled.').waitFor()
		await page.locator('#steps').getByText('typed, not clicked').waitFor()
		await close()
	})

	test('what others do appears by itself, and what is typed stays', async () => {
		const path = pick('planned', 30)
		const { page, seen, close } = await open(browser, service.admin + path, { storageState: admin, timezoneId: 'Asia/Tokyo' })
		await page.getByText('live', { exact: true }).waitFor()
		assert.match(await page.locator('#facts .reader').innerText(), /where you are: .*GMT\+9/)
		await page.locator('summary', { hasText: 'Extend it' }).click()
		const reason = page.locator('#act-extend').getByRole('textbox', { name: /^Reason/ })
		await reason.fill('half a rea')
		await service.act(`/api/v1${path}/hold`, { reason: 'the release is late' })
		await page.locator('#steps').getByText('the release is late').waitFor()
		assert.equal(await reason.inputValue(), 'half a rea')
		assert.equal(seen.navigations, 1)
		await page.locator('#act-extend').getByLabel('By').selectOption('30m')
		await page.locator('#act-extend').getByRole('button', { name: 'Extend it' }).click()
		await page.getByRole('alert').filter({ hasText: 'Since you looked at it' }).waitFor()
		await page.getByText('the release is late').first().waitFor()
		assert.equal(await page.locator('#act-extend').getByRole('textbox', { name: /^Reason/ }).inputValue(), 'half a rea')
		await page.locator('#act-extend').getByRole('button', { name: 'Extend it' }).click()
		await page.getByText('The window has more time.').waitFor()
		await page.goto(service.admin + '/maintenance')
		await page.locator('#needs').getByText('the release is late').waitFor()
		await page.locator('#needs').getByRole('link', { name: /^Decide/ }).first().click()
		await page.locator('#act-release').getByRole('textbox', { name: /^Reason/ }).waitFor()
		assert.deepEqual(seen.faults.filter((f) => !f.includes('status of 409')), [])
		await close()
	})

	test('the overview leads to a window', async () => {
		const { page, close } = await open(browser, service.admin + '/', { storageState: admin })
		await page.locator('#next tbody th a').first().click()
		await page.getByText('Announced span').waitFor()
		await close()
	})
})
