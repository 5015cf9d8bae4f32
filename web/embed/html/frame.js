// In the frame of the widget: it asks to be shown while there is something to tell that nobody dismissed, and looks again every
// five minutes or so.
const key = 'statusd.embed', version = document.documentElement.dataset.version
const quietly = (f) => { try { return f() } catch {} }
const tell = (action) => parent.postMessage({ action }, '*')

if (version && quietly(() => localStorage.getItem(key)) !== version) tell('showFrame')
else tell('dismissFrame')
// What does not fit scrolls; then it is a stop of the keyboard too.
const text = document.getElementById('text')
new ResizeObserver(() => {
	if (text.scrollHeight > text.clientHeight) text.tabIndex = 0
	else text.removeAttribute('tabindex')
}).observe(text)
document.querySelector('button').addEventListener('click', () => {
	quietly(() => localStorage.setItem(key, version))
	tell('dismissFrame')
})
setTimeout(() => location.reload(), 3e5 * (0.8 + Math.random() * 0.4))
