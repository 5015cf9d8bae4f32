// A certified identity provider, npm's oidc-provider, on a loopback port, with people who need no password.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { once } from 'node:events'
import Provider from 'oidc-provider'

export const client = { id: 'statusd', secret: randomBytes(24).toString('hex') }

// IdentityProvider listens before it knows its client, so that the client's configuration can name it. It is called localhost,
// while the client is called 127.0.0.1: two sites, as far as browsers and their cookies are concerned.
export class IdentityProvider {
	// people are claims by the name that is typed at the provider.
	static async start(people) {
		const p = new IdentityProvider()
		p.people = people
		p.asked = []
		p.server = createServer((req, res) => p.#answer(req, res))
		p.server.listen(0, '127.0.0.1')
		await once(p.server, 'listening')
		p.issuer = `http://localhost:${p.server.address().port}`
		return p
	}

	// serve lets the client with this redirect address in.
	serve(redirect) {
		const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })
		this.provider = new Provider(this.issuer, {
			clients: [{
				client_id: client.id, client_secret: client.secret, redirect_uris: [redirect], response_types: ['code'],
				grant_types: ['authorization_code'],
			}],
			pkce: { required: () => true },
			scopes: ['openid', 'profile', 'groups'],
			claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
			jwks: { keys: [{ ...key, kid: 'one', use: 'sig', alg: 'RS256' }] },
			cookies: { keys: [randomBytes(24).toString('hex')] },
			features: { devInteractions: { enabled: false } },
			interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
			ttl: { Session: 600, Interaction: 600, Grant: 600, IdToken: 300, AccessToken: 300 },
			findAccount: (_, id) => this.people[id] && { accountId: id, claims: () => ({ sub: id, ...this.people[id] }) },
			// Everybody agrees to what the client asks for.
			loadExistingGrant: async ({ oidc }) => {
				const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId })
				grant.addOIDCScope('openid profile groups')
				await grant.save()
				return grant
			},
		})
		this.callback = this.provider.callback()
	}

	async #answer(req, res) {
		this.asked.push(`${req.method} ${req.url.split('?')[0]}`)
		try {
			if (!this.callback) return res.writeHead(503).end()
			if (!req.url.startsWith('/interaction/')) return await this.callback(req, res)
			if (req.method === 'GET') {
				res.setHeader('Content-Type', 'text/html; charset=utf-8')
				return res.end(`<!doctype html><title>Provider</title><form method="post"><label>Name <input name="name"></label><button>Let me in</button></form>`)
			}
			let body = ''
			for await (const part of req) body += part
			await this.provider.interactionFinished(req, res, { login: { accountId: new URLSearchParams(body).get('name') } })
		} catch (error) {
			if (!res.headersSent) res.writeHead(500)
			res.end(String(error))
		}
	}

	stop() {
		this.server.closeAllConnections()
		return new Promise((resolve) => this.server.close(resolve))
	}
}
