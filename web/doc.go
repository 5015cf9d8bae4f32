// Package web serves: the public to everybody, the operators' side to operators. It joins the surfaces of its
// sub-packages into one http.Handler per listener, with all routes of a listener in one list.
//
//	page        what the public sees, made once a revision; everything public is read from its snapshot
//	statuspage  the same as Statuspage v2 JSON
//	banner      the strip for login screens
//	live        the hub that pushes to open pages; it knows only bytes
//	api         JSON for operators, and their acts
//	ui          documents, headers, errors
//
// A visitor's request never reaches the store; an operator's does.
package web
