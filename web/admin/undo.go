package admin

import (
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// undoView offers to take the newest act back. Zero means that there is nothing to offer.
type undoView struct {
	Until at
	Left  int    // seconds until then
	What  string // that would be taken back
	By    string // who did it
}

// undone says what taking an act back takes back, by the operation's name.
var undone = map[string]string{
	"incident.open": "the opening of this incident, which becomes a draft", "incident.publish": "its publication: it becomes a draft again",
	"incident.update": "the last update", "incident.resolve": "the end of this incident: it goes on", "incident.discard": "that it was put aside",
	"incident.amend": "the correction of title, impact or beginning", "incident.reword": "the change of words",
}

// undoOf is what by is offered to take back at now. Only who did it and admins may; what nobody outside has seen needs no taking
// back.
func (p *Pages) undoOf(i api.Incident, by data.Actor, now time.Time) undoView {
	if i.UndoUntil == nil || i.Draft || !i.UndoUntil.After(now) {
		return undoView{}
	}
	for _, act := range i.Trail {
		what, known := undone[act.Action]
		if !known || act.Outcome != data.Done {
			continue
		}
		if !by.Role.May(data.Admin) && (act.Actor != by.Name || !by.Role.May(data.Responder)) {
			return undoView{}
		}
		_, name, cut := strings.Cut(act.Actor, ":")
		if !cut {
			name = act.Actor
		}
		until := p.when(*i.UndoUntil)
		until.Text = i.UndoUntil.In(p.zone()).Format("15:04:05")
		return undoView{until, int(i.UndoUntil.Sub(now) / time.Second), what, name}
	}
	return undoView{}
}
