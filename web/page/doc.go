// Package page makes what the public sees.
//
// One goroutine (Publisher.Run) reads the store in one View into a State, which holds everything the public may know and
// nothing hidden, and renders every document from it once: pages in each language, JSON, the banner's answers. They are
// swapped in behind one pointer. A visitor costs a pointer load and a write; nobody's request ever reaches the store, and
// the last Snapshot outlives it.
//
//	store ──View──▶ State ──Renderers──▶ Docs ──swap──▶ Snapshot ──▶ visitors
//	                                              └──▶ OnSwap: live frames, the look at our own listener
package page
