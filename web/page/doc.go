// Package page makes what the public sees.
//
// One goroutine (Publisher.Run) reads the store in one View into a State, which holds everything the public may know and
// nothing hidden, and renders every document from it once: pages in each language, JSON, the banner's answers. They are
// swapped in behind one pointer. A visitor costs a pointer load and a write; nobody's request ever reaches the store, and
// the last Snapshot outlives it.
//
//	store ──View──▶ State ──Renderers──▶ Docs ──swap──▶ Snapshot ──▶ visitors
//	                                              └──▶ OnSwap: live frames, the look at our own listener
//
// # How a page comes about
//
// Each page has a struct with ready-made words (front.go, schedule.go, history.go, detail.go) and a template beside the
// style and the script in html/. Render makes the content of each, then one hash over all of them in a language, then puts
// the frame around. The hash is in every page (data-main) and in every live frame, so an open page knows when to fetch
// itself again; what moves by the passing of time alone is marked data-t and left out of it, so a minute in which nothing
// happens is no change. The style stands inside the page, so that the first response is all it takes to show it.
//
// The front page, schedule, uptime and history are made at once. Pages of single incidents and windows are made when
// somebody asks (Snapshot.Doc), since there may be thousands; and so are calendars (Snapshot.Calendar), of which there is one
// for each component, cohort and language.
//
// Pages in a time zone that a reader chose (Snapshot.DocIn) are made one at a time, and few are kept: the zone stands in the
// address, so that anybody can ask for any. Pictures for previews are drawn once for each headline.
//
// # Samples
//
// The page of a component shows what samples say, which are too many to be read with everything else and are not watched. Run
// reads them beside it, at its start and every ten minutes, days that are over once; until then the page of a component says that
// nothing has been measured. Figures never come from them.
package page
