// The widget in a page that includes it: a frame off the screen, which moves in while there is something to tell.
(() => {
	'use strict'
	const script = document.currentScript
	const quietly = (f) => { try { return f() } catch {} }
	quietly(() => {
		const origin = new URL(script.src).origin, narrow = screen.width < 450
		const frame = document.createElement('iframe')
		frame.src = origin + '/embed/frame' + (narrow ? '?mobile=true' : '')
		frame.title = 'Status'
		const off = { position: 'fixed', border: '0', zIndex: '9999', boxShadow: '0 4px 24px rgba(0,0,0,.25)', height: '115px', transition: 'left .6s, bottom .6s', visibility: 'hidden' }
		Object.assign(frame.style, off, narrow ? { left: '0', bottom: '-130px', width: '100%' } : { left: '-360px', bottom: '60px', width: '320px' })
		if (matchMedia('(prefers-reduced-motion: reduce)').matches) frame.style.transition = 'none'
		const show = () => Object.assign(frame.style, { visibility: 'visible' }, narrow ? { bottom: '0' } : { left: '60px' })
		const dismiss = () => Object.assign(frame.style, { visibility: 'hidden' }, narrow ? { bottom: '-130px' } : { left: '-360px' })
		addEventListener('message', (message) => quietly(() => {
			if (message.origin !== origin || message.source !== frame.contentWindow) return
			if (message.data.action === 'showFrame') show()
			if (message.data.action === 'dismissFrame') dismiss()
		}))
		window.statusEmbedTest = show
		const add = () => document.body.append(frame)
		if (document.body) add()
		else document.addEventListener('DOMContentLoaded', add)
	})
})()
