// Operators sign in with real Chromium by a provider that nobody here wrote, without any script, and by a link when it is down.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { browserMissing, launch, Service, violations, within } from './harness.mjs'
import { client, IdentityProvider } from './provider.mjs'

const people = {
	kari: { preferred_username: 'kari@example.com', groups: ['everybody', 'on-call'] },
	ola: { preferred_username: 'ola@example.com', groups: ['everybody', 'status-admins', 'on-call'] },
	guest: { preferred_username: 'guest@example.com', groups: ['everybody'] },
}

describe('signing in', { skip: browserMissing }, () => {
	let browser, provider, service
	before(async () => {
		process.env.STATUSD_TEST_OIDC_SECRET = client.secret
		provider = await IdentityProvider.start(people)
		browser = await launch()
		service = await Service.start({
			config: `
maintenance: []
sign_in:
  oidc:
    issuer: ${provider.issuer}
    client_id: ${client.id}
    client_secret_env: STATUSD_TEST_OIDC_SECRET
    scopes: [profile, groups]
    roles: {responder: [on-call], admin: [status-admins]}
    label: Example login
    test: true
`,
		})
		provider.serve(service.admin + '/signin/callback')
	})
	after(async () => {
		await browser?.close()
		await service?.end()
		await provider?.stop()
		delete process.env.STATUSD_TEST_OIDC_SECRET
	})

	// tab is a browser of somebody's own, without script unless asked. Nothing in it may break a policy.
	const tab = async (options = { javaScriptEnabled: false }) => {
		const context = await browser.newContext(options)
		context.setDefaultTimeout(10e3)
		const page = await context.newPage()
		const faults = []
		page.on('console', (m) => m.type() === 'error' && !m.text().includes('the server responded with a status of') && faults.push(m.text()))
		return { context, page, faults }
	}
	// atProvider begins at our page and goes on until somebody has said at the provider who they are.
	const atProvider = async (page, name, back = '/api/v1/me') => {
		await page.goto(`${service.admin}/signin?return=${encodeURIComponent(back)}`)
		await page.getByRole('button', { name: 'Sign in with Example login' }).click()
		await page.getByLabel('Name').fill(name)
		await page.getByRole('button', { name: 'Let me in' }).click()
	}
	const me = async (page) => {
		const answer = await page.goto(service.admin + '/api/v1/me')
		return { status: answer.status(), ...JSON.parse(await answer.text()) }
	}
	const reference = async (context) => (await context.cookies(service.admin)).find((c) => c.name === '__Host-sp')

	test('the page for it is accessible, and keeps to its policy', async () => {
		const { context, page, faults } = await tab({ viewport: { width: 360, height: 800 } })
		await page.goto(service.admin + '/signin')
		assert.deepEqual(await violations(page), [])
		assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), true)
		assert.deepEqual(faults, [])
		await context.close()
	})

	let kari
	test('by the provider, from one page to the same page, with the role of the highest group', async () => {
		kari = await tab()
		await atProvider(kari.page, 'kari')
		await kari.page.waitForURL(service.admin + '/api/v1/me')
		assert.match(await kari.page.locator('body').innerText(), /"operator:kari@example.com"/, 'the page that it leads to knows who came, although another site sent them')
		const who = await me(kari.page)
		assert.deepEqual([who.status, who.name, who.role], [200, 'operator:kari@example.com', 'responder'])
		assert.ok(provider.asked.includes('POST /token') && provider.asked.includes('GET /me'), provider.asked.join('\n'))
		assert.deepEqual(kari.faults, [])

		const ola = await tab()
		await atProvider(ola.page, 'ola')
		await ola.page.waitForURL(service.admin + '/api/v1/me')
		assert.equal((await me(ola.page)).role, 'admin')
		await ola.context.close()
	})

	test('the cookie is for this host alone, for no script, and for no other site', async () => {
		const cookies = await kari.context.cookies(service.admin)
		assert.deepEqual(cookies.filter((c) => c.name.startsWith('__Host-sp')).map((c) => c.name), ['__Host-sp'], 'nothing is left of the way')
		const c = await reference(kari.context)
		assert.deepEqual([c.path, c.httpOnly, c.secure, c.sameSite, c.domain], ['/', true, true, 'Strict', '127.0.0.1'])
		assert.ok(Math.abs(c.expires - Date.now() / 1000 - 12 * 3600) < 60, `expires in ${c.expires - Date.now() / 1000} s`)
		assert.match(c.value, /^[A-Za-z0-9_-]{43}$/)
	})

	test('another site neither reads nor writes as somebody signed in', async () => {
		const page = await kari.context.newPage()
		await page.goto(provider.issuer + '/interaction/x')
		await page.setContent(`<a href="${service.admin}/api/v1/me">look</a><form method="post" action="${service.admin}/signout/everywhere"><button>out</button></form>`)
		const [looked] = await Promise.all([page.waitForResponse(service.admin + '/api/v1/me'), page.getByText('look').click()])
		assert.equal(looked.status(), 401)
		await page.goto(provider.issuer + '/interaction/x')
		await page.setContent(`<form method="post" action="${service.admin}/signout/everywhere"><button>out</button></form>`)
		const [out] = await Promise.all([page.waitForResponse(service.admin + '/signout/everywhere'), page.getByText('out').click()])
		assert.equal(out.status(), 403)
		await page.close()
		assert.equal((await me(kari.page)).status, 200)
	})

	test('two tabs at once', async () => {
		const { context, page, faults } = await tab()
		const second = await context.newPage()
		for (const p of [page, second]) {
			await p.goto(service.admin + '/signin')
			await p.getByRole('button', { name: /^Sign in with/ }).click()
			await p.getByLabel('Name').waitFor()
		}
		assert.equal((await context.cookies(service.admin)).filter((c) => c.name.startsWith('__Host-sp-oidc-')).length, 2)
		for (const p of [page, second]) {
			await p.getByLabel('Name').fill('kari')
			await p.getByRole('button').click()
			await p.waitForURL(service.admin + '/')
		}
		assert.equal((await me(page)).name, 'operator:kari@example.com')
		assert.deepEqual(faults, [])
		await context.close()
	})

	test('signing out ends the session, not only the cookie', async () => {
		const old = await reference(kari.context)
		await kari.page.goto(service.admin + '/signin')
		await kari.page.getByText('You are kari@example.com, with the role responder.').waitFor()
		await kari.page.locator('#main').getByRole('button', { name: 'Sign out', exact: true }).click()
		await kari.page.getByRole('heading', { name: 'You are signed out' }).waitFor()
		assert.equal(await reference(kari.context), undefined)
		assert.equal((await me(kari.page)).status, 401)
		await kari.context.addCookies([old])
		assert.equal((await me(kari.page)).status, 401)
	})

	test('signing out everywhere ends them all', async () => {
		const [one, two] = [await tab(), await tab()]
		for (const { page } of [one, two]) {
			await atProvider(page, 'kari')
			await page.waitForURL(service.admin + '/api/v1/me')
		}
		await one.page.goto(service.admin + '/signin')
		await one.page.getByRole('button', { name: 'Sign out everywhere' }).click()
		await one.page.getByRole('heading', { name: 'You are signed out' }).waitFor()
		assert.equal((await me(two.page)).status, 401)
		await Promise.all([one.context.close(), two.context.close()])
	})

	test('whoever is in no group that has a role is refused, and told what to do', async () => {
		const { context, page } = await tab()
		await atProvider(page, 'guest')
		await page.getByRole('alert').getByText('You are guest@example.com at the identity provider, but in none of the groups').waitFor()
		assert.equal(await reference(context), undefined)
		assert.equal((await me(page)).status, 401)
		await context.close()
	})

	// issue asks for a link over the local socket, as somebody on the host.
	const issue = (name, role) => new Promise((resolve, reject) => {
		const req = request({ socketPath: join(service.data, 'statusd.sock'), path: '/api/v1/operators/link', method: 'POST', headers: { 'Content-Type': 'application/json' } }, async (res) => {
			let body = ''
			for await (const part of res) body += part
			if (res.statusCode === 201) resolve(JSON.parse(body))
			else reject(new Error(`${res.statusCode} ${body}`))
		})
		req.on('error', reject)
		req.end(JSON.stringify({ name, role }))
	})

	test('with the provider gone the service starts, says what to do, and a link from the host signs in once', async () => {
		const before = await tab()
		await atProvider(before.page, 'kari')
		await before.page.waitForURL(service.admin + '/api/v1/me')
		await provider.stop()
		await service.stop()
		await service.again()
		assert.equal((await me(before.page)).name, 'operator:kari@example.com', 'who was in stays in')
		await before.context.close()

		const { context, page, faults } = await tab()
		await page.goto(service.admin + '/signin')
		await page.getByRole('alert').getByText('Example login cannot be reached').waitFor()
		await page.getByText('statusd operator link NAME').waitFor()

		const link = await issue('night shift', 'admin')
		assert.ok(link.url.startsWith(service.admin + '/signin/link/'), link.url)
		for (let i = 0; i < 2; i++) await page.goto(link.url) // a scanner of mail looks first
		assert.equal(await reference(context), undefined)
		await page.getByRole('button', { name: 'Sign in' }).click()
		await page.waitForURL(service.admin + '/')
		const who = await me(page)
		assert.deepEqual([who.name, who.role], ['operator:night shift', 'admin'])
		assert.deepEqual(faults, [])
		await context.close()

		const other = await tab()
		await other.page.goto(link.url)
		await other.page.getByRole('button', { name: 'Sign in' }).click()
		await other.page.getByRole('heading', { name: 'This link was used' }).waitFor()
		assert.equal(await reference(other.context), undefined)
		await other.context.close()
		await within(5000, 'the log knows nothing secret', () => service.log().includes('cannot be used'))
		for (const secret of [client.secret, new URL(link.url).pathname.split('/').at(-1)]) assert.ok(!service.log().includes(secret))
	})
})
