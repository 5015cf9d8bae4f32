package page

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/ui"
)

// Place is the address of a document: its path, and the language it is in; empty for one that is in none.
type Place struct {
	Path string
	Lang i18n.Lang
}

// Docs are documents by place.
type Docs map[Place]*ui.Doc

// Renderer makes documents of one State. It is pure: the same State gives the same bytes.
type Renderer func(*State) (Docs, error)

// Snapshot is what the public sees, from one State. It is immutable.
type Snapshot struct {
	State *State
	Docs  Docs

	details   details // made when asked for
	calendars calendars
	audiences audiences
	sheets    sheets
	zoned     zoned
}

// Doc returns the document at path in lang, else the one there that has no language. Pages of single incidents and windows
// are made when first asked for.
func (s *Snapshot) Doc(path string, lang i18n.Lang) (*ui.Doc, bool) {
	if d, ok := s.Docs[Place{path, lang}]; ok {
		return d, true
	}
	if d, ok := s.Docs[Place{path, ""}]; ok {
		return d, true
	}
	return s.details.doc(s.State, path, lang)
}

// Publisher keeps the newest Snapshot. Visitors only ever load a pointer; First makes the first one and then Run, and nobody
// else, each that follows, so that no older one takes the place of a newer and its revision never goes back.
type Publisher struct {
	Store     data.Store
	Settings  Settings
	Renderers []Renderer
	OnSwap    []func(*Snapshot) // told after each swap, in turn and never two at once; they must not block
	Tick      time.Duration     // how often "as of" moves without any change; zero means a minute
	Log       *slog.Logger

	current atomic.Pointer[Snapshot]
	samples atomic.Pointer[map[string][]DaySamples] // nil before they were read
	changed atomic.Pointer[Settings]                // newer than Settings; nil means none
	once    sync.Once
	wakeup  chan struct{} // of one: how often Run is woken before it looks is all the same

	mu      sync.Mutex
	swapped chan struct{} // closed at the next swap; nil while nobody waits
}

// Swapped returns what is closed at the next swap. Ask before looking at Current, so that no swap goes by unseen.
func (p *Publisher) Swapped() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.swapped == nil {
		p.swapped = make(chan struct{})
	}
	return p.swapped
}

// Use takes new settings and wakes Run, which makes a Snapshot with them. It does not wait for that. It may be called at any
// time, from any goroutine; before Run it counts from First or Run's first Snapshot on.
func (p *Publisher) Use(s Settings) {
	p.changed.Store(&s)
	p.wake()
}

func (p *Publisher) wake() {
	select {
	case p.woken() <- struct{}{}:
	default:
	}
}

func (p *Publisher) woken() chan struct{} {
	p.once.Do(func() { p.wakeup = make(chan struct{}, 1) })
	return p.wakeup
}

func (p *Publisher) settings() Settings {
	if s := p.changed.Load(); s != nil {
		return *s
	}
	return p.Settings
}

// tables are those whose changes the public can see. Notices, samples and proofs are not among them, so that telling and
// measuring never rebuild the page.
var tables = []data.TableName{
	data.ComponentsTable, data.CohortsTable, data.ProbesTable, data.OccurrencesTable, data.MarksTable, data.OutagesTable,
	data.IncidentsTable, data.SettingsTable,
}

// Current returns the newest Snapshot, or nil before the first.
func (p *Publisher) Current() *Snapshot { return p.current.Load() }

// First makes the first Snapshot, so that there is a page before anybody can ask for one. Call it before Run, or without.
func (p *Publisher) First(ctx context.Context) error {
	watching, stop := context.WithCancel(ctx)
	defer stop()
	revision, ok := <-p.Store.Watch(watching, tables...)
	if !ok {
		return errors.New("reading the page: the store is closed or the start was given up")
	}
	_, err := p.build(ctx, revision)
	return err
}

// build makes a Snapshot of the store as it is, at least as new as revision, and swaps it in.
func (p *Publisher) build(ctx context.Context, revision data.Revision) (*Snapshot, error) {
	now := time.Now()
	var state, before *State
	if s := p.Current(); s != nil {
		before = s.State
	}
	err := p.Store.View(ctx, func(tx data.Tx) (err error) {
		state, err = ReadAfter(tx, p.settings(), now, before)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the page: %w", err)
	}
	state.Revision = revision
	if days := p.samples.Load(); days != nil {
		state.samples = *days
	}
	s := &Snapshot{State: state, Docs: Docs{}}
	for _, render := range p.Renderers {
		docs, err := render(state)
		if err != nil {
			return nil, fmt.Errorf("rendering: %w", err)
		}
		for place, d := range docs {
			s.Docs[place] = d
		}
	}
	if last := p.Current(); last != nil {
		for place, d := range s.Docs {
			if before, ok := last.Docs[place]; ok {
				d.Follow(before)
			}
		}
	}
	p.Swap(s)
	return s, nil
}

// Swap puts s in the place of the newest Snapshot, and tells OnSwap.
func (p *Publisher) Swap(s *Snapshot) {
	p.current.Store(s)
	p.mu.Lock()
	if p.swapped != nil {
		close(p.swapped)
		p.swapped = nil
	}
	p.mu.Unlock()
	for _, tell := range p.OnSwap {
		tell(s)
	}
}

// Run builds a Snapshot at its start, at every revision of what the public can see, when Use says so, at every moment that
// changes what may be seen, and at every tick. Beside that it reads samples, every ten minutes. A failed build keeps the last one, which says how old it is, and is tried
// again at the next tick.
func (p *Publisher) Run(ctx context.Context) error {
	tick := p.Tick
	if tick == 0 {
		tick = time.Minute
	}
	var reading sync.WaitGroup
	ctx, stop := context.WithCancel(ctx)
	defer reading.Wait()
	defer stop()
	reading.Go(func() { p.follow(ctx) })
	revisions := p.Store.Watch(ctx, tables...)
	revision, ok := <-revisions
	timer := time.NewTimer(tick)
	defer timer.Stop()
	for ok {
		wait := tick
		s, err := p.build(ctx, revision)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			p.Log.Error("the page stays as it was", "error", err)
		default:
			if next := s.State.Next(); !next.IsZero() {
				wait = min(wait, max(0, time.Until(next)))
			}
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return nil
		case r, open := <-revisions:
			if ok = open; ok {
				revision = r
			}
		case <-p.woken():
		case <-timer.C:
		}
	}
	return nil
}

// Next is the first instant after s.Now at which the public may see something else although nothing was written: a moment
// to speak, a start or end, an incident that has been over for a day, support that opens or closes, a new day.
func (s *State) Next() time.Time {
	var next time.Time
	at := func(t time.Time) {
		if t.After(s.Now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for _, o := range s.Occurrences {
		if o.Standing || o.Over() {
			continue
		}
		lead := o.Notice.WithDefaults()
		at(o.Window.Start.Add(-lead.Page))
		at(o.Window.Start.Add(-lead.Banner))
		at(o.Window.Start)
		at(o.Window.End)
	}
	for _, i := range s.Incidents {
		if !i.Open() {
			at(i.ResolvedAt.Add(AfterResolution))
		}
	}
	for _, c := range s.Territories {
		_, next := c.Open(s.Hours, s.Now)
		at(next)
		if s.Premium != nil {
			_, next = c.Open(*s.Premium, s.Now)
			at(next)
		}
	}
	y, m, d := s.Now.In(s.Zone).Date()
	at(time.Date(y, m, d+1, 0, 0, 0, 0, s.Zone))
	return next
}

// AfterResolution is how long an incident stays on the front page when it is over (N12).
const AfterResolution = 24 * time.Hour
