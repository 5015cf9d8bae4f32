package admin

import (
	"net/url"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// actForm is the form of one act on a window.
type actForm struct {
	Words          wordsForm
	Act            data.Act
	ID, Key        string
	Version        int
	Name, Hint     string // the button, and what comes of it
	Open           bool   // what is most likely wanted, or what has just been sent
	Danger         bool
	Times          []clockField
	By             []option // lengths of time; empty for an act without
	ByValue        string
	Zone           string
	Admin          bool // may declare time that has passed
	Short, Past    bool // ticked
	AsksShort      bool // it was refused as too late: offer it as short notice
	Reason, Body   string
	Langs          []wording
	Translated     bool
	Problem, Field string
	Announce       bool // people know of the window, so that they are told at once
}

var lengths = []option{{"15m", "15 minutes"}, {"30m", "30 minutes"}, {"1h", "1 hour"}, {"2h", "2 hours"}, {"4h", "4 hours"}}

// actWords say what the button of an act says, and what comes of it.
var actWords = map[data.Act][2]string{
	data.ActConfirm:  {"Confirm the slot", "It is used, and announced like any other window."},
	data.ActRelease:  {"Let it take place", "The review ends, and the window stays as it was planned."},
	data.ActVerify:   {"Work done, verify", "Readers see that the result is being checked; the window runs on to its end."},
	data.ActComplete: {"Complete it now", "The window ends at once. What is left of it counts as uptime again."},
	data.ActMove:     {"Move it", "It takes place at another time."},
	data.ActExtend:   {"Extend it", "What is added needs the promised notice, or is short notice with a reason."},
	data.ActShorten:  {"Shorten it", "Told at once; needs no new notice."},
	data.ActHold:     {"Put it under review", "Undecided at the deadline of its notice it is cancelled."},
	data.ActCancel:   {"Cancel it", "It does not take place."},
}

func (p *Pages) actForm(act data.Act, m api.MaintenanceWindow, by data.Actor, words wordsForm) actForm {
	f := actForm{
		Act: act, ID: m.ID, Key: data.NewID(), Version: m.Version, Name: actWords[act][0], Hint: actWords[act][1], Danger: act == data.ActCancel,
		Zone: p.zone().String(), Words: words, Announce: m.Told,
	}
	switch act {
	case data.ActConfirm, data.ActRelease, data.ActComplete:
		f.Open = act != data.ActComplete || m.Phase == data.Verifying
	case data.ActMove:
		f.Times = []clockField{
			p.clockField("start", "New start", "", m.Start),
			p.clockField("end", "New end", "left alone, the window keeps its length of "+hours(m.End.Sub(m.Start)), m.End),
		}
	case data.ActExtend:
		f.By, f.Admin = append([]option{{"", "until the time below"}}, lengths...), by.Role.May(data.Admin)
		f.Times = []clockField{p.clockField("end", "Later end", "", m.End), p.clockField("start", "Earlier start", "", m.Start)}
	case data.ActShorten:
		f.By = append([]option{{"", "to the time below"}}, lengths...)
		f.Times = []clockField{p.clockField("end", "Earlier end", "", m.End), p.clockField("start", "Later start", "", m.Start)}
	}
	return f
}

// fill puts back what was typed, and what is wrong with it. Refused as too late, it is offered as short notice.
func (f *actForm) fill(back *typed) {
	v := back.values
	f.Open, f.Problem, f.Field = true, back.message, back.field
	f.Words.fill(v)
	f.Reason, f.ByValue = v.Get("reason"), v.Get("by")
	f.AsksShort = back.field == "short_notice" || v.Get("short") != ""
	f.Short, f.Past = f.AsksShort, v.Get("past") != ""
	fillTimes(f.Times, back)
}

func fillTimes(times []clockField, back *typed) {
	for n := range times {
		t := &times[n]
		t.fill(back.values)
		t.Wrong = back.field == t.Name
	}
}

// changeOf reads the form of an act. notes say what clock changes did to the times in it.
func changeOf(act data.Act, v url.Values, zone *time.Location) (c api.WindowChange, notes []string, err error) {
	c = api.WindowChange{
		Reason: v.Get("reason"), By: v.Get("by"), Short: v.Get("short") != "", Afterwards: v.Get("past") != "",
		Version: number(v.Get("version")),
	}
	if act != data.ActMove && act != data.ActExtend && act != data.ActShorten {
		return c, nil, nil
	}
	start, err := enteredIn(v, "start", false, zone)
	if err != nil {
		return c, nil, err
	}
	end, err := enteredIn(v, "end", true, zone)
	if err != nil {
		return c, nil, err
	}
	if act == data.ActMove || start.Changed {
		c.Start = start.At
	}
	if end.Changed {
		c.End = end.At
	}
	for _, e := range []entered{start, end} {
		if e.Note != "" {
			notes = append(notes, e.Note)
		}
	}
	return c, notes, nil
}
