package probes

import (
	"errors"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// settingLate begins the name of the setting that says from when on a place told late what it saw of a side.
const settingLate = "probes_late"

// late is that setting. It is written with the first sample that comes late, and deleted with what is made of them (fill.go): a
// process that is killed in between leaves it behind, and the next one finds in the samples what is still owed.
type late struct {
	holder data.Mark // component, cohort and by
	place  string
	from   time.Time // the first sample that came late
}

func (l late) apply(tx data.Tx) error {
	return tx.Settings().Put(data.Setting{Name: lateName(l.holder, l.place), Value: l.from.UTC().Format(time.RFC3339Nano)})
}

func lateName(m data.Mark, place string) string {
	return strings.Join([]string{settingLate, m.Component, m.Cohort, m.By, place}, "|")
}

// recallLate gathers again what places told late of a side before a process was killed. What cannot be read is left out.
func recallLate(tx data.Tx, p data.Probe) (backlog, error) {
	b := backlog{}
	prefix := lateName(data.Mark{Component: p.Component, Cohort: p.Cohort, By: p.Name}, "")
	var all []data.Setting
	for s, err := range tx.Settings().Range(prefix, strings.TrimSuffix(prefix, "|")+"}") {
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	for _, s := range all {
		from, err := time.Parse(time.RFC3339Nano, s.Value)
		if err != nil {
			continue
		}
		place := strings.TrimPrefix(s.Name, prefix)
		for block, err := range tx.Blocks().Range(data.KeyOfBlock(p.Name, place, data.BlockDay(from)), data.KeyOfBlock(p.Name, place, farDay)) {
			var samples []data.Sample
			if err == nil {
				samples, err = block.Samples()
			}
			if err != nil && !errors.Is(err, data.ErrDamaged) {
				return nil, err
			}
			for _, one := range samples {
				if !one.At.Before(from) {
					b.late(place, one, p.Every())
				}
			}
		}
	}
	return b, nil
}

// holder is who holds a level of a component: one side of a probe.
type holder struct{ component, cohort, by string }

func holderOf(p data.Probe) holder { return holder{p.Component, p.Cohort, p.Name} }

// holder is of whom a change is.
func (c change) holder() holder {
	m := c.mark
	switch {
	case c.fill != nil:
		m = c.fill.holder
	case c.late != nil:
		m = c.late.holder
	}
	return holder{m.Component, m.Cohort, m.By}
}
