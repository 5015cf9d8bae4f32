import { launch, open } from './harness.mjs'
import { readFileSync } from 'node:fs'
const url = JSON.parse(readFileSync('/tmp/wp/addr.json')).listen
const browser = await launch()
const list = JSON.parse(process.argv[2])
for (const [name, path, w, scheme, opts] of list) {
  const { page, seen, close } = await open(browser, url + path, { colorScheme: scheme || 'light', viewport: { width: w || 1280, height: 900 }, javaScriptEnabled: !opts?.nojs })
  if (opts?.print) await page.emulateMedia({ media: 'print' })
  await page.waitForTimeout(300)
  await page.screenshot({ path: `/tmp/wp/${name}.png`, fullPage: true })
  console.log(name, await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), seen.faults.join('; '))
  await close()
}
await browser.close()
