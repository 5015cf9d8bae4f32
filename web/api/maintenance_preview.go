package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/notifier/letter"
	"github.com/superoffice/statusd/scheduler/recur"
	"github.com/superoffice/statusd/web/page"
)

// WindowWish names a change of a window that is to be looked at before it is made.
type WindowWish struct {
	Operation string          `json:"operation" doc:"Such as maintenance.move."`
	ID        string          `json:"id,omitempty" doc:"The window; opening has none."`
	Body      json.RawMessage `json:"body,omitempty" doc:"What would be sent as the body."`
}

// WindowPreview is what people will be told by a change of a window, on every surface, and how many they are.
type WindowPreview struct {
	Window  MaintenanceWindow  `json:"window" doc:"As it would be."`
	Told    bool               `json:"told" doc:"People are told at once: they know of it, or its moment has come."`
	Page    []page.WindowWords `json:"page"`
	Banners []data.Banner      `json:"banners" doc:"The banner of the window, by audience, in English; empty while none shows it."`
	Mail    MailPreview        `json:"mail"`
}

// RuleWish is a rule that somebody thinks of, as it would stand in the configuration.
type RuleWish struct {
	Rule   string `json:"rule,omitempty" doc:"RFC 5545, such as FREQ=WEEKLY;INTERVAL=2;BYDAY=FR. Give this or cron."`
	Cron   string `json:"cron,omitempty" doc:"Five-field cron text."`
	Anchor string `json:"anchor" doc:"First date of the rule, YYYY-MM-DD."`
	Start  string `json:"start,omitempty" doc:"Clock reading, HH:MM."`
	End    string `json:"end,omitempty" doc:"Clock reading, HH:MM. Give this or length."`
	Length string `json:"length,omitempty" doc:"Elapsed length, such as 3s."`
	Days   int    `json:"days,omitempty" doc:"Whole days added to end."`
	Shift  int    `json:"shift,omitempty" doc:"Days from the rule's date to the window's."`
	Zone   string `json:"zone,omitempty" doc:"IANA name; without it that of the page."`
	Count  int    `json:"count,omitempty" doc:"How many windows to show, 1 to 500; without it 12."`
}

// RulePreview is what a rule would make.
type RulePreview struct {
	Reads   string       `json:"reads" doc:"The rule in words."`
	Windows []RuleWindow `json:"windows" doc:"From now on, or from the anchor where that is later."`
}

// RuleWindow is one window of it.
type RuleWindow struct {
	Date        string    `json:"date"`
	Start       time.Time `json:"start"`
	End         time.Time `json:"end"`
	Local       string    `json:"local" doc:"In the zone of the rule."`
	ClockChange string    `json:"clock_change,omitempty"`
	Meets       []string  `json:"meets" doc:"Windows laid out at that time, by key."`
	Named       []string  `json:"meets_named" doc:"The same, as people call them."`
}

func maintenancePreviewOps() []Op {
	return []Op{
		{
			Name: "maintenance.preview", Method: http.MethodPost, Path: "/api/v1/maintenance-preview", Need: data.Responder, In: WindowWish{}, Out: WindowPreview{},
			Summary: "Say what page, banner and mail would tell by a change of a window, and how many. Nothing is changed.",
			attempt: previewWindow,
		},
		{
			Name: "maintenance.rule", Method: http.MethodPost, Path: "/api/v1/maintenance-rule", Need: data.Viewer, In: RuleWish{}, Out: RulePreview{},
			Summary: "Show the windows that a rule would make, before it is configured. Nothing is changed.",
			attempt: previewRule,
		},
	}
}

func previewWindow(a *API, tx data.Tx, c *Call) (func(context.Context) (any, error), error) {
	var p WindowWish
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	op, ok := a.ops()[p.Operation]
	if !ok || op.write == nil || !strings.HasPrefix(op.Name, "maintenance.") {
		return nil, data.Invalid("operation", fmt.Sprintf("%q is no change of a window: use one such as maintenance.move or maintenance.open", p.Operation))
	}
	inner := Call{By: c.By, ID: p.ID, Body: p.Body, now: c.now, op: op.Name}
	res, err := op.write(a, tx, &inner)
	if err != nil {
		return nil, err
	}
	o := res.after.(data.Occurrence) //nolint:forcetypeassert // every change of a window keeps one
	state, err := page.Read(tx, a.Settings, c.now)
	if err != nil {
		return nil, err
	}
	components, err := data.All(tx.Components().Range("", ""))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(components, func(a, b data.Component) int { return a.Position - b.Position })
	var told *data.Bulletin
	for _, b := range o.Owed(c.now) {
		if stored, err := tx.Bulletins().Get(b.Key()); err == nil && !stored.Void && !stored.Fanned && c.now.Before(stored.Until) {
			told = &stored
		}
	}
	quiet := op.Name == "maintenance.update" || op.Name == "maintenance.note"
	return func(ctx context.Context) (any, error) {
		window, _ := res.body.(MaintenanceWindow)
		v := WindowPreview{
			Window: window, Page: []page.WindowWords{}, Banners: bannersOf(state, state.OccurrenceID(o)),
			Mail: MailPreview{Languages: map[string]int{}, Letters: []Letter{}},
		}
		if o.Phase != data.Reserved && o.Phase != data.Lapsed && op.Name != "maintenance.note" {
			v.Page = state.Words(o)
		}
		if told == nil || quiet {
			return v, nil
		}
		v.Told = !told.Moment.After(c.now)
		at := told.Moment
		if at.Before(c.now) {
			at = c.now
		}
		v.Mail.At = &at
		return v, v.byMail(ctx, a, *told, state, o, components)
	}, nil
}

func (v *WindowPreview) byMail(ctx context.Context, a *API, b data.Bulletin, s *page.State, o data.Occurrence, components []data.Component) error {
	alone := data.Announcement{Occurrences: []data.Occurrence{o}}
	langs, err := v.Mail.count(ctx, a.Store, alone.Topic())
	if err != nil {
		return err
	}
	for _, lang := range langs {
		f := letter.Facts{Lang: i18n.Lang(lang), Product: a.Settings.Product, Zone: a.Settings.Zone, Contract: true}
		f.TellWindow(b, alone, components, a.Settings.URL, s.PageID)
		l, err := letter.Write(f)
		if err != nil {
			return err
		}
		v.Mail.Letters = append(v.Mail.Letters, Letter{Lang: lang, Subject: l.Subject, Text: l.Text, HTML: l.HTML})
	}
	return nil
}

// mostRuleWindows is how many windows of a rule are shown at most.
const mostRuleWindows = 500

func previewRule(a *API, tx data.Tx, c *Call) (func(context.Context) (any, error), error) {
	var p RuleWish
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	if p.Count == 0 {
		p.Count = 12
	}
	if p.Count < 1 || p.Count > mostRuleWindows {
		return nil, data.Invalid("count", fmt.Sprintf("%d windows: ask for 1 to %d", p.Count, mostRuleWindows))
	}
	switch {
	case p.Rule != "" && p.Cron != "":
		return nil, data.Invalid("cron", "both rule and cron are given: keep one")
	case p.End != "" && p.Length != "":
		return nil, data.Invalid("end", "both end and length are given: keep one")
	}
	rec := data.Recurrence{
		Zone: p.Zone, Rule: p.Rule, Cron: p.Cron, Anchor: p.Anchor, Start: p.Start, Until: p.End, Days: p.Days, Shift: p.Shift,
	}
	if rec.Zone == "" {
		rec.Zone = a.zone().String()
	}
	if p.Length != "" {
		d, err := lengthOf("length", p.Length)
		if err != nil {
			return nil, err
		}
		rec.Length = d
	}
	rule, err := recur.Compile(rec)
	var wrong *data.Error
	if errors.As(err, &wrong) && wrong.Field == "until" {
		return nil, data.Invalid("end", wrong.Message)
	} else if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(rec.Zone)
	if err != nil {
		return nil, data.Invalid("zone", err.Error())
	}
	laid, err := data.All(tx.Occurrences().Range("", ""))
	if err != nil {
		return nil, err
	}
	out := RulePreview{Reads: rule.String(), Windows: []RuleWindow{}}
	for at := c.now; len(out.Windows) < p.Count; {
		next, ok := rule.Next(at)
		if !ok {
			break
		}
		at = next.Window.Start
		w := RuleWindow{
			Date: next.Date, Start: next.Window.Start, End: next.Window.End, Local: i18n.When(i18n.EN, next.Window.Start, next.Window.End, zone),
			ClockChange: next.Clock, Meets: []string{}, Named: []string{},
		}
		for _, o := range laid {
			if !o.Standing && o.Window.Overlaps(next.Window) && (o.Phase == data.Scheduled || o.Phase == data.Reserved || o.Phase == data.Held) {
				w.Meets, w.Named = append(w.Meets, string(o.Key())), append(w.Named, o.Named())
			}
		}
		out.Windows = append(out.Windows, w)
	}
	return func(context.Context) (any, error) { return out, nil }, nil
}
