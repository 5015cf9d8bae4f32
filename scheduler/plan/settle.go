package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/superoffice/statusd/data"
)

// spare is how many days apart windows that follow each other, and the ends of the longest one, may be.
const spare = 45

// pad is how many days beyond a span its layout depends on: what moves into it, and what that may meet.
func (p *planning) pad() int {
	days := 0
	for _, versions := range p.plans {
		for _, v := range versions {
			for _, a := range v.avoids {
				days = max(days, spare)
				if a.Effect == data.EffectMove {
					days = max(days, spare+2*a.Within)
				}
			}
		}
	}
	return days
}

// group is windows that follow each other, the leader first, and share their fate.
type group []*entry

// settle decides on every window that the rules make.
func (p *planning) settle() Layout {
	out := newLayout()
	slices.SortFunc(p.entries, func(a, b *entry) int { return inOrder(a.window, b.window) })
	lanes := p.lanes()
	for _, g := range p.groups() {
		g.settle(lanes, &out)
	}
	return out
}

// groups are all windows, each with those that follow it, by the start of the first.
func (p *planning) groups() []group {
	var roots []data.OccurrenceKey
	members := map[data.OccurrenceKey]group{}
	for _, e := range p.entries {
		root := e
		for range len(p.plans) {
			next, ok := p.byKey[root.window.Follows]
			if !ok {
				break
			}
			root = next
		}
		key := root.window.Key()
		if members[key] == nil {
			roots = append(roots, key)
		}
		members[key] = append(members[key], e)
	}
	out := make([]group, len(roots))
	for i, key := range roots {
		out[i] = members[key]
	}
	return out
}

// lane is a window between those before and after it of the same plan.
type lane struct{ before, after *entry }

func (p *planning) lanes() map[*entry]lane {
	last := map[string]*entry{}
	out := make(map[*entry]lane, len(p.entries))
	for _, e := range p.entries {
		before := last[e.version.Slug]
		out[e] = lane{before: before}
		if before != nil {
			out[before] = lane{out[before].before, e}
		}
		last[e.version.Slug] = e
	}
	return out
}

// settle lays the group out, moves it, or withholds it.
func (g group) settle(lanes map[*entry]lane, out *Layout) {
	var mover hit
	var warnings [][]string
	why := ""
	for _, e := range g {
		hits := e.version.hits(e.window.Window)
		if h, ok := first(hits, data.EffectWithhold); ok && why == "" {
			why = g.because(e, h)
		}
		if h, ok := first(hits, data.EffectMove); ok && mover.why == "" {
			mover = hit{h.avoid, g.because(e, h)}
		}
		warnings = append(warnings, warningsOf(hits))
	}
	switch {
	case why != "":
		g.withhold(why, out)
	case mover.why != "":
		g.move(mover, lanes, out)
	default:
		for i, e := range g {
			o := e.window
			o.Warning = strings.Join(warnings[i], "; ")
			out.Windows[o.Key()] = o
		}
	}
}

// because is the reason for the group of a hit on one of it.
func (g group) because(e *entry, h hit) string {
	if len(g) == 1 {
		return h.why
	}
	return fmt.Sprintf("%s of %s: %s", e.window.Maintenance, e.window.Date, h.why)
}

func warningsOf(hits []hit) []string {
	var out []string
	for _, h := range hits {
		if h.avoid.Effect == data.EffectWarn {
			out = append(out, h.why)
		}
	}
	return out
}

func (g group) withhold(why string, out *Layout) {
	for _, e := range g {
		out.Withheld[e.window.Key()] = Withheld{e.window, why}
	}
}

// move lays the group out on the first day that is free for all of it, or withholds it.
func (g group) move(by hit, lanes map[*entry]lane, out *Layout) {
	for n := by.avoid.Step; n <= by.avoid.Within; n += by.avoid.Step {
		days := n
		if by.avoid.Earlier {
			days = -n
		}
		moved, obstacle, free := g.at(days, lanes, out)
		if obstacle != "" {
			g.withhold(by.why+"; "+obstacle, out)
			return
		}
		if free {
			for _, o := range moved {
				out.Windows[o.Key()] = o
				out.Moved[o.Key()] = by.why
			}
			return
		}
	}
	g.withhold(fmt.Sprintf("%s; no day within %d days is free", by.why, by.avoid.Within), out)
}

// at is the group so many days later, and whether all of it is free there. An obstacle is one that it cannot pass.
func (g group) at(days int, lanes map[*entry]lane, out *Layout) (moved []data.Occurrence, obstacle string, free bool) {
	free = true
	for _, e := range g {
		o, at := e.window, e.version.rule.Moved(e.at, days)
		o.Window, o.Clock = at.Window, at.Clock
		if other := lanes[e].meets(o.Window, out); other != nil {
			return nil, fmt.Sprintf("%s it would meet %s of %s", apart(days), other.window.Maintenance, other.window.Date), false
		}
		in := e.version.governing(o.Window.Start)
		if in.Retired || in.broken {
			return nil, apart(days) + " there is no such plan", false
		}
		hits := in.hits(o.Window)
		_, withheld := first(hits, data.EffectWithhold)
		_, moving := first(hits, data.EffectMove)
		free = free && !withheld && !moving
		o.Warning = strings.Join(warningsOf(hits), "; ")
		moved = append(moved, o)
	}
	return moved, "", free
}

// meets returns the neighbour that a window would touch or pass, where it stands by its rule or where it was moved to.
func (l lane) meets(w data.Window, out *Layout) *entry {
	if l.after != nil {
		start := l.after.window.Window.Start
		if o, ok := out.Windows[l.after.window.Key()]; ok && o.Window.Start.Before(start) {
			start = o.Window.Start
		}
		if w.End.After(start) {
			return l.after
		}
	}
	if l.before != nil {
		end := l.before.window.Window.End
		if o, ok := out.Windows[l.before.window.Key()]; ok {
			end = latest(end, o.Window.End)
		}
		if w.Start.Before(end) {
			return l.before
		}
	}
	return nil
}

func apart(days int) string {
	if days < 0 {
		return fmt.Sprintf("%d days earlier", -days)
	}
	return fmt.Sprintf("%d days later", days)
}
