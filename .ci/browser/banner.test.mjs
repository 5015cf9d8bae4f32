// The banner inside a login page: the right notice, live, gone when dismissed or silenced; and a login that works whatever the
// service does (F40).
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { browserMissing, launch, open, Service, sideways, violations, within } from './harness.mjs'
import { Liar, Login } from './standins.mjs'

const config = (frame) => `
cohorts:
  - {id: pilot, name: {en: Pilot customers}, customers: [Cust7]}
  - {id: rest, rest: true}
maintenance: []
banner: {frames: ["${frame}"]}
`

// What open counts as a fault and is how this page is meant: it asks another origin, by its policy.
const expected = (fault) => fault.startsWith('request to another origin') || fault.startsWith('websocket to another origin')
const faults = (tab) => tab.seen.faults.filter((f) => !expected(f))
const banners = (tab) => tab.page.locator('statusd-banner div')
const texts = (tab) => banners(tab).locator('p').allInnerTexts()

// signIn fills the form in and sends it, which must work at once.
async function signIn(tab, login) {
	const before = login.signedIn
	await tab.page.getByLabel('User').fill('kari', { timeout: 1000 })
	await tab.page.getByLabel('Password').fill('x', { timeout: 1000 })
	await tab.page.getByRole('button', { name: 'Sign in' }).click({ timeout: 1000, noWaitAfter: true })
	await tab.page.getByRole('heading', { name: 'Signed in' }).waitFor({ timeout: 3000 })
	assert.equal(login.signedIn, before + 1)
}

// visit opens a login page as soon as it can be used, whatever it still waits for.
const visit = (browser, url, options) => open(browser, url, { goto: { waitUntil: 'domcontentloaded', timeout: 3000 }, ...options })

describe('the banner on a login page', { skip: browserMissing }, () => {
	let browser, service, login
	before(async () => {
		browser = await launch()
		login = await Login.start()
		service = await Service.start({ config: config(login.url) })
	})
	after(async () => {
		await browser?.close()
		await service?.end()
		await login?.end()
	})

	const script = () => service.url + '/banner.js'

	test('with nothing to tell the page is as it was', async () => {
		const tab = await visit(browser, login.at(script(), { 'data-live': '' }))
		await tab.page.locator('statusd-banner [role=status]').waitFor({ state: 'attached' })
		assert.equal(await banners(tab).count(), 0)
		assert.equal((await tab.page.locator('statusd-banner').boundingBox()).height, 0)
		assert.deepEqual(await tab.page.context().cookies(), [])
		await signIn(tab, login)
		assert.deepEqual(faults(tab), [])
		await tab.close()
	})

	test('what happens appears and goes while the page is open, for those it concerns, in their language', async () => {
		const tabs = {}
		for (const [name, customer, lang] of [['pilot', 'Cust7', 'sv'], ['other', 'Cust8', 'en'], ['unknown', '', 'de']]) {
			tabs[name] = await visit(browser, login.at(script(), { 'data-live': '', 'data-customer': customer }, { lang, target: name === 'pilot' }))
			await within(5000, 'it listens', () => tabs[name].seen.frames.length > 0)
		}
		await service.cli('incident', 'open', 'Sign-in fails', '-c', 'login', '--cohort', 'pilot')
		await within(5000, 'the pilot is told', async () => (await texts(tabs.pilot)).length === 1)
		assert.match((await texts(tabs.pilot))[0], /Sign-in fails/)
		assert.equal(await tabs.pilot.page.locator('#notices statusd-banner').count(), 1)
		assert.equal(await tabs.pilot.page.locator('statusd-banner p').getAttribute('lang'), 'sv')
		assert.equal(await tabs.pilot.page.getByRole('button', { name: 'Stäng' }).count(), 1)
		const link = tabs.pilot.page.locator('statusd-banner a')
		assert.equal(new URL(await link.getAttribute('href')).origin, service.url)
		await within(5000, 'whoever is not known is told whom it is about', async () => /neue Version zuerst/.test((await texts(tabs.unknown))[0]))
		assert.deepEqual(await texts(tabs.other), [])
		assert.deepEqual(await violations(tabs.pilot.page), [])
		await service.cli('incident', 'resolve', 'It works again.')
		for (const name of ['pilot', 'unknown']) await within(8000, `${name} is told no more`, async () => (await texts(tabs[name])).length === 0)
		for (const tab of Object.values(tabs)) {
			assert.deepEqual(faults(tab), [])
			await tab.close()
		}
	})

	test('it can be dismissed, until there is something new; no cookie is set', async () => {
		await service.cli('incident', 'open', 'Search is slow', '-c', 'crm-read=degraded')
		await within(5000, 'it is told', async () => (await service.json('/api/v1/banner')).banners.length === 1)
		const tab = await visit(browser, login.at(script(), { 'data-live': '' }))
		await tab.page.getByRole('button', { name: 'Close' }).focus()
		await tab.page.keyboard.press('Enter')
		assert.equal(await banners(tab).count(), 0)
		await tab.page.reload()
		await tab.page.locator('statusd-banner').waitFor({ state: 'attached' })
		await within(5000, 'it listens', () => tab.seen.frames.length > 0)
		assert.equal(await banners(tab).count(), 0, 'dismissed is dismissed after a reload')
		await service.cli('incident', 'update', 'An index is rebuilt.')
		await within(5000, 'the new version is shown', async () => (await banners(tab).count()) === 1)
		assert.deepEqual(await tab.page.context().cookies(), [])
		assert.deepEqual(await tab.page.evaluate(() => Object.keys(localStorage)), ['statusd.banner'])
		assert.deepEqual(faults(tab), [])
		await tab.close()
		const none = await visit(browser, login.at(script(), { 'data-storage': 'off' }))
		await banners(none).waitFor()
		await none.page.getByRole('button', { name: 'Close' }).click()
		assert.equal(await banners(none).count(), 0)
		assert.deepEqual(await none.page.evaluate(() => Object.keys(localStorage)), [])
		await none.close()
	})

	test('one switch silences it everywhere, and another lets it speak', async () => {
		const tab = await visit(browser, login.at(script(), { 'data-live': '' }))
		await banners(tab).waitFor()
		const others = ['/api/v1/banner.html', '/banner/frame']
		for (const path of others) assert.match(await (await fetch(service.url + path)).text(), /Search is slow/)
		await service.cli('banner', 'silence', 'It covers the password field.')
		await within(5000, 'silence', async () => (await banners(tab).count()) === 0)
		await within(5000, 'silence', async () => (await service.json('/api/v1/banner')).banners.length === 0)
		for (const path of others) assert.doesNotMatch(await (await fetch(service.url + path)).text(), /Search is slow/)
		assert.deepEqual((await service.json('/api/v1/banner')).banners, [])
		assert.match(await (await fetch(service.url + '/?lang=en')).text(), /Search is slow/, 'the page goes on')
		await service.cli('banner', 'speak')
		await within(5000, 'it is told', async () => (await service.json('/api/v1/banner')).banners.length === 1)
		await banners(tab).waitFor()
		assert.deepEqual(faults(tab), [])
		await tab.close()
	})

	test('a script whose hash is named is run, and another one is not', async () => {
		const { scripts: [newest] } = await service.json('/banner.json')
		const right = await visit(browser, login.at(service.url + newest.path, { integrity: newest.integrity }))
		await banners(right).waitFor()
		assert.deepEqual(faults(right), [])
		await right.close()
		const wrong = await visit(browser, login.at(service.url + newest.path, { integrity: 'sha384-' + 'A'.repeat(64) }))
		await within(3000, 'the browser refuses it', () => wrong.seen.faults.some((f) => f.includes('integrity')))
		assert.equal(await wrong.page.locator('statusd-banner').count(), 0)
		await signIn(wrong, login)
		await wrong.close()
	})

	test('a customer who is known later is asked for then', async () => {
		await service.cli('incident', 'open', 'Only for pilots', '-c', 'login', '--cohort', 'pilot')
		await within(5000, 'it is told', async () => (await service.json('/api/v1/banner?customer=Cust7')).banners.length === 2)
		const tab = await visit(browser, login.at(script(), { 'data-customer': 'Cust8' }))
		await within(5000, 'one banner', async () => (await texts(tab)).length === 1)
		await tab.page.evaluate(() => { document.querySelector('script').dataset.customer = 'Cust7' })
		await within(5000, 'both', async () => (await texts(tab)).length === 2)
		assert.match((await texts(tab)).join(), /Only for pilots/)
		assert.deepEqual(faults(tab), [])
		await tab.close()
	})

	test('it moves no login aside, however the page is laid out', async () => {
		const layouts = {
			'a row': 'body { margin: 0; min-height: 100vh; display: flex; align-items: center; justify-content: center }',
			'a column': 'body { margin: 0; height: 100vh; display: flex; flex-direction: column; align-items: center; justify-content: center }',
			'a grid': 'body { margin: 0; min-height: 100vh; display: grid; place-items: center }',
		}
		const box = (tab, of) => tab.page.locator(of).evaluate((e) => {
			const { x, y, width, height } = e.getBoundingClientRect()
			return { x, y, width, height }
		})
		for (const [name, css] of Object.entries(layouts)) {
			for (const width of [320, 1280]) {
				const before = (page) => page.addInitScript((css) => {
					const sheet = new CSSStyleSheet()
					sheet.replaceSync(css)
					document.adoptedStyleSheets = [sheet]
				}, css)
				const viewport = { width, height: 800 }
				const without = await visit(browser, login.at(login.url + '/none.js'), { before, viewport })
				const alone = await box(without, 'form')
				await without.close()
				const nothing = await visit(browser, login.at(script(), { 'data-service': login.url }), { before, viewport })
				await nothing.page.locator('statusd-banner').waitFor({ state: 'attached' })
				assert.deepEqual(await box(nothing, 'form'), alone, `${name}, ${width} px, nothing to tell`)
				await nothing.close()
				const tab = await visit(browser, login.at(script()), { before, viewport })
				await within(5000, 'both', async () => (await texts(tab)).length === 2)
				const strip = await box(tab, 'statusd-banner')
				assert.deepEqual([strip.x, strip.y, strip.width], [0, 0, width], `${name}, ${width} px: all of the banner can be seen`)
				assert.deepEqual(await box(tab, 'form'), { ...alone, y: alone.y + strip.height }, `${name}, ${width} px: the login is below`)
				await tab.close()
			}
		}
	})

	test('it keeps the focus while other notices come and go, and waits for the element that it is to fill', async () => {
		const tab = await visit(browser, login.at(script(), { 'data-live': '', 'data-customer': 'Cust8', 'data-target': '#late' }))
		await within(5000, 'it listens', () => tab.seen.frames.length > 0)
		assert.equal(await tab.page.locator('statusd-banner').count(), 0)
		await tab.page.evaluate(() => {
			const late = document.createElement('div')
			late.id = 'late'
			document.querySelector('main').prepend(late)
		})
		await within(5000, 'one banner', async () => (await texts(tab)).length === 1)
		const close = tab.page.getByRole('button', { name: 'Close' })
		await close.focus()
		const { id } = await service.cli('incident', 'open', 'Something worse', '-c', 'login')
		await within(5000, 'two banners', async () => (await texts(tab)).length === 2)
		assert.match((await texts(tab))[0], /Something worse/)
		assert.equal(await close.nth(1).evaluate((e) => e === e.getRootNode().activeElement), true, 'the focus is where it was')
		await close.nth(0).click()
		await within(5000, 'one banner', async () => (await texts(tab)).length === 1)
		assert.match((await texts(tab))[0], /Search is slow/)
		assert.deepEqual(faults(tab), [])
		await tab.close()
		await service.cli('incident', 'resolve', 'It works again.', '--id', id)
		await within(5000, 'it is over', async () => (await service.json('/api/v1/banner')).banners.length === 2)
	})

	for (const colorScheme of ['light', 'dark']) {
		for (const width of [320, 1280]) {
			test(`it is accessible and fits at ${width} px, ${colorScheme}`, async () => {
				const tab = await visit(browser, login.at(script()), { colorScheme, viewport: { width, height: 800 } })
				await within(5000, 'both', async () => (await texts(tab)).length === 2)
				await tab.page.evaluate((scheme) => { document.documentElement.style.colorScheme = scheme }, colorScheme)
				assert.deepEqual(await violations(tab.page), [])
				assert.equal(await sideways(tab.page), 0)
				await tab.close()
			})
		}
	}

	test('the preview shows it in a stand-in login page, with every kind there is', async () => {
		for (const [width, colorScheme] of [[320, 'light'], [1280, 'dark']]) {
			const tab = await open(browser, service.url + '/banner/preview?lang=nb&customer=Cust7', { colorScheme, viewport: { width, height: 800 } })
			await within(5000, 'the real banner', async () => (await texts(tab)).length === 2)
			assert.equal(await tab.page.locator('.statusd-banner').count(), 5)
			assert.deepEqual(await violations(tab.page), [])
			assert.equal(await sideways(tab.page), 0)
			assert.deepEqual(faults(tab), [])
			await tab.close()
		}
	})

	test('in an iframe it runs nothing, and only where the configuration lets it', async () => {
		const tab = await open(browser, `${login.url}/frame?src=${encodeURIComponent(service.url + '/banner/frame?lang=en')}`)
		const frame = tab.page.frameLocator('iframe')
		await frame.getByText('Search is slow').waitFor()
		assert.deepEqual(faults(tab), [])
		await tab.close()
		const elsewhere = await Login.start()
		const other = await open(browser, `${elsewhere.url}/frame?src=${encodeURIComponent(service.url + '/banner/frame')}`)
		await within(3000, 'the browser refuses it', () => other.seen.faults.some((f) => f.includes('frame-ancestors')))
		await other.close()
		await elsewhere.end()
	})
})

describe('a login page whose service has gone wrong', { skip: browserMissing }, () => {
	let browser, service, login, liar
	before(async () => {
		browser = await launch()
		login = await Login.start()
		service = await Service.start({ config: 'maintenance: []\n' })
		liar = await Liar.start(service)
	})
	after(async () => {
		await browser?.close()
		await service?.end()
		await login?.end()
		await liar?.end()
	})

	const at = (attributes) => login.at(liar.url + '/banner.js', attributes)
	const json = { 'Content-Type': 'application/json' }
	// good is an answer that would be shown, were nothing wrong around it.
	const good = (fields) => JSON.stringify({ as_of: new Date().toISOString(), banners: [liar.banner(fields)] })
	const lies = {
		'answers never': () => {},
		'drops the connection': (res) => res.destroy(),
		'answers an error': (res) => res.writeHead(500, json).end(good()),
		'answers with another type': (res) => res.writeHead(200, { 'Content-Type': 'text/html' }).end(JSON.stringify({ as_of: new Date().toISOString(), banners: [liar.banner()] })),
		'answers without a type': (res) => { res.removeHeader('Content-Type'); res.end(JSON.stringify({ as_of: new Date().toISOString(), banners: [liar.banner()] })) },
		'leads elsewhere': (res, req) => req.url.includes('elsewhere') ? res.writeHead(200, json).end(good()) : res.writeHead(302, { Location: '/api/v1/banner?elsewhere' }).end(),
		'answers 10 MB': (res) => { res.writeHead(200, json); res.end(good({ text: 'x'.repeat(1e7) })) },
		'answers a little more than it may': (res) => { res.writeHead(200, json); res.end(good({ text: 'x'.repeat(16384) })) },
		'answers a byte a second': (res) => {
			res.writeHead(200, json)
			const timer = setInterval(() => res.write(' '), 1000)
			res.on('close', () => clearInterval(timer))
		},
		'answers no JSON': (res) => res.writeHead(200, json).end('<!doctype html>'),
		'answers null': (res) => res.writeHead(200, json).end('null'),
		'answers a number of banners': (res) => res.writeHead(200, json).end('{"banners":7}'),
		'answers banners that are none': (res) => liar.banners([null, 7, 'x', [], {}, { text: 7 }, { text: {} }, { text: '' }])(res),
		'answers what ended': (res) => liar.banners([liar.banner({ tone: 'planned', end: new Date(Date.now() - 1000).toISOString() })])(res),
		'answers what ended, from a page that stands still': (res) => liar.banners([liar.banner({ tone: 'planned', end: new Date(Date.now() - 36e5).toISOString() })], { as_of: new Date(Date.now() - 3 * 36e5).toISOString() })(res),
		'answers what never ends': (res) => liar.banners([liar.banner({ tone: 'planned', end: 'never' })])(res),
	}
	for (const [name, lie] of Object.entries(lies)) {
		test(`${name}: the login goes on, with no banner`, async () => {
			liar.answer = lie
			const tab = await visit(browser, at({ 'data-live': '' }))
			await within(3000, 'it is asked', () => liar.asked.length > 0)
			liar.asked.length = 0
			await tab.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)))
			assert.equal(await banners(tab).count(), 0)
			await signIn(tab, login)
			assert.deepEqual(faults(tab).filter((f) => !/Failed to load resource|CORS policy|WebSocket connection to|policy: connect-src|violates the following Content Security Policy/.test(f)), [])
			await tab.close()
		})
	}

	test('it gives up waiting after a second and a half', async () => {
		liar.answer = () => {}
		const tab = await visit(browser, at())
		const [failed] = await Promise.all([tab.page.waitForEvent('requestfailed', { timeout: 4000 }), within(2000, 'it is asked', () => liar.asked.length > 0)])
		assert.equal(failed.failure().errorText, 'net::ERR_ABORTED')
		await tab.close()
	})

	test('a script that never comes delays nobody', async () => {
		liar.slowScript = true
		const tab = await visit(browser, at())
		await signIn(tab, login)
		await tab.close()
		liar.slowScript = false
	})

	test('asked for after the page has loaded, as the guide shows, it does not even hold back the load event', async () => {
		const guide = readFileSync(new URL('../../docs/banner.md', import.meta.url), 'utf8')
		const recipe = guide.match(/```js\n(addEventListener\('load'[^]*?)```/)[1].replaceAll('https://status.example.com', liar.url)
		const address = login.at(login.url + '/nothing.js', { 'data-service': liar.url }, { plain: true })
		const loaded = (tab) => within(3000, 'it has loaded', () => tab.page.evaluate(() => document.readyState === 'complete'))
		liar.slowScript = true
		const slow = await visit(browser, address, { before: (page) => page.addInitScript(recipe) })
		await loaded(slow)
		assert.equal(await slow.page.locator('script[src$="/banner/1.js"]').count(), 1)
		await slow.close()
		liar.slowScript = false
		liar.answer = liar.banners([liar.banner()])
		const tab = await visit(browser, address, { before: (page) => page.addInitScript(recipe) })
		await banners(tab).first().waitFor()
		assert.match(liar.asked.at(-1).url, /customer=Cust12345/)
		await tab.close()
	})

	test('a service that was taken over shows text and nothing else', async () => {
		const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
		liar.answer = (res) => liar.banners([
			liar.banner({ id: evil, text: evil + ' \u202e\u0000\n' + 'x'.repeat(5000), url: 'javascript:window.hacked=1', tone: '"><script>', lang: evil }),
			liar.banner({ id: 'b', text: 'Go to ' + new URL(liar.url).host, url: liar.url.replace('//', '//evil@') + '/x' }),
			liar.banner({ id: 'c', text: 'Go to ' + new URL(liar.url).host, url: 'blob:' + liar.url + '/x' }),
			liar.banner({ id: 'd', text: 'a fourth' }),
		], { __proto__: null, constructor: { prototype: { hacked: 1 } } })(res)
		const tab = await visit(browser, at({ 'data-live': '' }))
		await banners(tab).first().waitFor()
		assert.equal(await banners(tab).count(), 3)
		const said = await texts(tab)
		assert.ok(said[0].startsWith('<img src=x') && said[0].length <= 400, said[0])
		assert.doesNotMatch(said[0], /[\u202e\u0000\n]/)
		assert.equal(await tab.page.locator('statusd-banner').locator('a, img, script').count(), 0)
		assert.equal(await tab.page.evaluate(() => 'hacked' in window || 'hacked' in {}), false)
		await tab.page.setViewportSize({ width: 320, height: 480 })
		const height = await tab.page.locator('statusd-banner').evaluate((e) => e.getBoundingClientRect().height / innerHeight)
		assert.ok(height > 0.39 && height <= 0.4, `the banner takes ${height} of the window`)
		await signIn(tab, login)
		assert.deepEqual(faults(tab).filter((f) => !f.includes('WebSocket connection to')), [])
		await tab.close()
	})

	test('what was known last is shown while it is fresh, and then nothing', async () => {
		const begin = Date.now()
		const tab = await visit(browser, at())
		for (const [skew, name] of [[0, 'a right clock'], [-7 * 36e5, 'a clock that is seven hours slow'], [9 * 36e5, 'one that is nine hours fast']]) {
			await tab.page.context().clearCookies()
			liar.answer = liar.banners([liar.banner(), liar.banner({ id: 'p', tone: 'planned', text: 'Planned maintenance' })])
			await tab.page.clock.setFixedTime(begin + skew)
			await tab.page.goto(at(), { waitUntil: 'domcontentloaded' })
			await within(3000, `both with ${name}`, async () => (await texts(tab)).length === 2)
			liar.answer = (res) => res.destroy()
			for (const [minutes, want] of [[14, 2], [16, 1], [59, 1], [61, 0]]) {
				await tab.page.clock.setFixedTime(begin + skew + minutes * 6e4)
				await tab.page.reload({ waitUntil: 'domcontentloaded' })
				await within(3000, `${want} banners after ${minutes} minutes with ${name}`, async () => (await texts(tab)).length === want && liar.asked.length > 0)
				liar.asked.length = 0
			}
		}
		await tab.close()
	})

	test('it asks once a minute or so while it is seen, and drops what is over', async () => {
		liar.answer = liar.banners([liar.banner()])
		liar.asked.length = 0
		const tab = await visit(browser, at(), { before: (page) => page.clock.install() })
		await banners(tab).waitFor()
		assert.equal(liar.asked.length, 1)
		liar.answer = liar.banners([])
		await tab.page.clock.runFor(47e3)
		assert.equal(liar.asked.length, 1, 'not before 48 seconds')
		for (let half = 0; half < 52 && liar.asked.length < 2; half++) {
			await tab.page.clock.runFor(500)
			await new Promise((resolve) => setTimeout(resolve, 20))
		}
		await within(3000, 'it is gone', async () => (await banners(tab).count()) === 0)
		assert.equal(liar.asked.length, 2)
		await tab.close()
	})
})

describe('the widget on another site', { skip: browserMissing }, () => {
	let browser, service, site
	before(async () => {
		browser = await launch()
		site = await Login.start()
		service = await Service.start({ config: 'maintenance: []\n' })
	})
	after(async () => {
		await browser?.close()
		await service?.end()
		await site?.end()
	})

	const at = () => `${site.url}/site?src=${encodeURIComponent(service.url + '/embed/script.js')}`
	const inSight = (tab) => tab.page.locator('iframe').evaluate((frame) => {
		const { left, right, top, bottom } = frame.getBoundingClientRect()
		return getComputedStyle(frame).visibility === 'visible' && left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight
	})

	for (const width of [360, 1280]) {
		test(`it is out of sight until there is something to tell, and again when it was dismissed, at ${width} px`, async () => {
			const options = { viewport: { width, height: 700 }, screen: { width, height: 700 }, reducedMotion: 'reduce' }
			const calm = await open(browser, at(), options)
			await calm.page.locator('iframe').waitFor({ state: 'attached' })
			await calm.page.frameLocator('iframe').locator('button').waitFor({ state: 'attached' })
			assert.equal(await inSight(calm), false)
			assert.equal(await sideways(calm.page), 0)
			await calm.page.evaluate(() => window.statusEmbedTest())
			assert.equal(await inSight(calm), true)
			await calm.close()

			await service.cli('incident', 'open', 'Sign-in fails', '-c', 'login')
			await within(5000, 'it is told', async () => (await service.json('/api/v1/banner')).banners.length === 1)
			const tab = await open(browser, at(), options)
			await within(5000, 'it moves in', () => inSight(tab))
			const frame = tab.page.frameLocator('iframe')
			assert.match(await frame.locator('main').innerText(), /Sign-in fails/)
			await frame.getByRole('button', { name: 'Close' }).click()
			await within(5000, 'it moves out', async () => !await inSight(tab))
			await tab.page.evaluate(() => postMessage({ action: 'showFrame' }, '*'))
			assert.equal(await inSight(tab), false, 'another sender than the frame is not heard')
			await tab.page.reload()
			await frame.locator('button').waitFor({ state: 'attached' })
			assert.equal(await inSight(tab), false, 'dismissed is dismissed')
			await service.cli('incident', 'resolve', 'It works again.')
			await within(5000, 'it is over', async () => (await service.json('/api/v1/banner')).banners.length === 0)
			assert.deepEqual(faults(tab), [])
			await tab.close()
		})
	}

	test('the frame is accessible', async () => {
		await service.cli('incident', 'open', 'Sign-in fails', '-c', 'login')
		await within(5000, 'it is told', async () => (await service.json('/api/v1/banner')).banners.length === 1)
		for (const colorScheme of ['light', 'dark']) {
			const tab = await open(browser, service.url + '/embed/frame?lang=sv', { colorScheme, viewport: { width: 320, height: 115 } })
			assert.deepEqual((await violations(tab.page)).filter((v) => !v.startsWith('page-has-heading-one')), [])
			assert.equal(await tab.page.evaluate(() => document.documentElement.scrollHeight), 115)
			await tab.close()
		}
	})

	test('a text that does not fit is read to its end, by keyboard too, and the link stays in sight', async () => {
		const title = 'Sign-in fails for everybody whose organisation uses a provider of its own, and takes long for everybody else who signs in for the first time today'
		await service.cli('incident', 'open', title, '-c', 'login')
		await within(5000, 'it is told', async () => (await service.json('/api/v1/banner')).banners.some((b) => b.text.includes(title)))
		for (const { id } of (await service.json('/api/v2/incidents/unresolved.json')).incidents.filter((i) => i.name !== title)) await service.cli('incident', 'resolve', 'It works again.', '--id', id)
		await within(5000, 'it is the only one', async () => (await service.json('/api/v1/banner')).banners.length === 1)
		for (const width of [320, 360]) {
			const tab = await open(browser, service.url + '/embed/frame?lang=en', { viewport: { width, height: 115 } })
			const at = (selector) => tab.page.locator(selector).evaluate((el) => { const { top, bottom } = el.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight })
			assert.ok((await tab.page.locator('#text').innerText()).includes(title))
			assert.ok(await at('#text') && await at('a'), 'the text has its place above the link')
			await tab.page.keyboard.press('Tab')
			assert.equal(await tab.page.evaluate(() => document.activeElement.id), 'text')
			await tab.page.keyboard.press('End')
			await within(5000, 'its end is in sight', () => tab.page.locator('#text').evaluate((el) => el.scrollTop > 0 && el.scrollTop + el.clientHeight >= el.scrollHeight - 1))
			await tab.page.keyboard.press('Tab')
			assert.equal(await tab.page.evaluate(() => document.activeElement.tagName), 'A')
			assert.deepEqual((await violations(tab.page)).filter((v) => !v.startsWith('page-has-heading-one')), [])
			assert.deepEqual(faults(tab), [])
			await tab.close()
		}
	})
})
