package admin

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gorilla/websocket"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/ui"
)

// Times of the operators' live channel (RELIABILITY 3.2).
const (
	pingEvery  = 25 * time.Second
	pongWithin = 10 * time.Second
	writeLimit = 10 * time.Second
	readLimit  = 4 << 10
	frameGap   = 300 * time.Millisecond // changes that follow one another go out as one
	askAgain   = 30 * time.Second       // whether the session still is, whatever changed: it may have run out
	liveLife   = 6 * time.Hour
)

// Codes by which the channel closes.
const (
	closeSignedOut = 4401 // who it was is signed out, disabled, revoked, or has another role
	closeAgain     = websocket.CloseServiceRestart
)

// watched are the tables that the pages show.
var watched = []data.TableName{
	data.ComponentsTable, data.MarksTable, data.OutagesTable, data.IncidentsTable, data.OccurrencesTable, data.ProofsTable,
	data.AlarmsTable, data.AlertsTable, data.SettingsTable, data.DuesTable, data.NoticesTable,
}

// watchedOfProbes are those that the pages of probes show besides. They change with every batch of samples, so that others are
// spared them.
var watchedOfProbes = []data.TableName{data.RecentsTable, data.AsksTable, data.ProbesTable, data.PlacesTable}

// rights are the tables that decide who may see them.
var rights = []data.TableName{data.OperatorsTable, data.SessionsTable, data.TokensTable}

// live answers GET /live, or GET /live?probes: a frame with the newest revision whenever something that the pages show has changed. It says nothing
// else, so that a page fetches what its reader may see. It ends within a second when the reader may see nothing any more.
func (p *Pages) live(w http.ResponseWriter, r *http.Request) {
	was, err := p.API.Actor(r)
	if err != nil {
		ui.WriteProblem(w, r, p.Log, err)
		return
	}
	upgrader := websocket.Upgrader{
		HandshakeTimeout: 5 * time.Second, ReadBufferSize: 512, WriteBufferSize: 512, CheckOrigin: p.sameOrigin,
		Error: func(w http.ResponseWriter, r *http.Request, status int, reason error) {
			ui.WriteProblem(w, r, p.Log, &ui.StatusError{Status: status, Message: reason.Error()})
		},
	}
	c, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // it has answered
	}
	defer c.Close()
	ctx, stop := context.WithTimeout(r.Context(), liveLife)
	defer stop()
	c.SetReadLimit(readLimit)
	c.SetPongHandler(func(string) error { return c.SetReadDeadline(time.Now().Add(pingEvery + pongWithin)) })
	go func() {
		defer stop()
		for {
			c.SetReadDeadline(time.Now().Add(pingEvery + pongWithin)) //nolint:errcheck // the next read says so
			if _, _, err := c.ReadMessage(); err != nil {
				return
			}
		}
	}()
	code, reason := p.follow(ctx, c, r, was)
	c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(writeLimit)) //nolint:errcheck // it closes either way
}

// follow sends frames until the connection, its time or the reader's right ends.
func (p *Pages) follow(ctx context.Context, c *websocket.Conn, r *http.Request, was data.Actor) (code int, reason string) {
	tables := watched
	if r.URL.Query().Has("probes") {
		tables = slices.Concat(watched, watchedOfProbes)
	}
	changes, who := p.API.Store.Watch(ctx, tables...), p.API.Store.Watch(ctx, rights...)
	ping, again := time.NewTicker(pingEvery), time.NewTicker(askAgain)
	defer ping.Stop()
	defer again.Stop()
	// The strip at the top is of the published snapshot, which is newer than the change by a moment.
	swapped, shown := p.Pages.Swapped(), data.Revision(0)
	for {
		var revision data.Revision
		select {
		case <-ctx.Done():
			return closeAgain, "connect again"
		case <-ping.C:
			if err := c.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeLimit)); err != nil {
				return websocket.CloseGoingAway, ""
			}
			continue
		case <-p.Stopping:
			return closeAgain, "connect again"
		case <-again.C:
		case _, ok := <-who:
			if !ok {
				return closeAgain, "connect again"
			}
		case <-swapped:
			swapped = p.Pages.Swapped()
			if s := p.Pages.Current(); s != nil && s.State.Revision != shown {
				shown = s.State.Revision
				revision = shown
			}
		case rev, ok := <-changes:
			if !ok {
				return closeAgain, "connect again"
			}
			revision = rev
		}
		switch is, err := p.API.Actor(r); {
		case out(err), err == nil && (is.Name != was.Name || is.Role != was.Role):
			return closeSignedOut, "signed out"
		case err != nil: // it cannot be known, as while the store is being closed
			return closeAgain, "connect again"
		}
		if revision == 0 {
			continue
		}
		c.SetWriteDeadline(time.Now().Add(writeLimit)) //nolint:errcheck // the write says so
		if err := c.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"revision":%d}`, revision)); err != nil {
			return websocket.CloseGoingAway, ""
		}
		select {
		case <-ctx.Done():
		case <-p.Stopping:
		case <-time.After(frameGap):
		}
	}
}

// sameOrigin lets pages of this listener in and nobody else: the cookie would come along (C15).
func (p *Pages) sameOrigin(r *http.Request) bool {
	if from := r.Header.Get("Sec-Fetch-Site"); from == "cross-site" || from == "same-site" {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true // no browser
	}
	u, err := url.Parse(origin)
	return err == nil && (u.Host == r.Host && u.Host != "" || p.Origin != "" && origin == p.Origin)
}
