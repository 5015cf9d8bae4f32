// Package admin holds the operators' pages. They are a coat over the operations of web/api: a page shows what a read answers, a
// form sends what a write takes, through the same door (api.API.Do), so that pages, API and command line cannot behave
// differently.
//
//	GET page ──▶ API.Do(read)  ──▶ view ──▶ template ──▶ buffer ──▶ answer
//	POST form ─▶ JSON ─▶ API.Do(write) ─▶ 303 to the page
//	                         └─ refused ─▶ the same form with what was typed, and what is wrong
//
// Everything works without script. The script makes parts of a page that are marked data-live follow the operators' websocket,
// counts down the moment to undo, and does nothing else; it is our own, because a page that must not lose what somebody types
// at 03:00 replaces little, and because it has to pass under Trusted Types. So there is no htmx.
//
// The maintenance desk shows weeks of windows, with what each surface owes of them, and has a form for each act that a window
// takes now. Times in it are readings of the schedule's clock. A reading that clocks skip or show twice lands as those of rules do
// (DOMAIN.md 4.1), and leads to the preview, which says what is meant, before anything is saved.
//
// A form carries an idempotency key, so that sending it twice does it once, and the version that it was made for, so that
// nobody's words are overwritten unseen. When the session is over by the time a form is sent, the answer holds everything that
// was typed and can be sent again after signing in.
package admin
