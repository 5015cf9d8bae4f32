import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

test('the check of a push in docs/banner.md takes what is genuine, and nothing else', async () => {
	const blocks = readFileSync(new URL('../../docs/banner.md', import.meta.url), 'utf8').matchAll(/```js\n(.*?)```/gs)
	const code = [...blocks].map((b) => b[1]).find((text) => text.includes('genuine('))
	const { genuine } = await import('data:text/javascript,' + encodeURIComponent(code))
	// The example of Standard Webhooks.
	const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', body = '{"test": 2432232314}', now = 1614265330
	const headers = { 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp': '1614265330', 'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=' }
	const of = (change) => ({ ...headers, ...change })
	assert.equal(genuine(headers, body, secret, now), true)
	assert.equal(genuine(of({ 'webhook-signature': 'v1,AAAA ' + headers['webhook-signature'] }), body, secret, now + 300), true, 'one of two keys, five minutes late')
	for (const [what, ...given] of [
		['another body', headers, body + ' ', secret, now], ['another secret', headers, body, 'whsec_AAAA', now], ['another ID', of({ 'webhook-id': 'msg' }), body, secret, now],
		['too late', headers, body, secret, now + 301], ['too early', headers, body, secret, now - 301], ['no time', of({ 'webhook-timestamp': undefined }), body, secret, now],
		['no signature', of({ 'webhook-signature': undefined }), body, secret, now], ['another kind', of({ 'webhook-signature': headers['webhook-signature'].slice(3) }), body, secret, now],
	]) assert.equal(genuine(...given), false, what)
})
