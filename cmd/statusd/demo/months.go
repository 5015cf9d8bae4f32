package demo

import (
	"fmt"
	"time"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/months"
)

// mistake is an outage that was none: what somebody found out after its month had been settled.
func (c calendar) mistake() (trouble, data.Correction) {
	at := c.workday(2, 6, 16, 0)
	return trouble{[]string{"documents"}, at, at.Add(10 * time.Minute), data.MajorOutage, data.ReasonBody, nil}, data.Correction{
		At: c.month(1).AddDate(0, 0, 13).Add(10 * time.Hour).UTC(), Author: hand, Void: true,
		Why: "The answer's wording had changed, and the probe looked for the old one. Documents were stored all the time.",
	}
}

// foundOut writes down who set the mistake aside.
func (h *history) foundOut(t trouble, found data.Correction) error {
	for _, p := range h.probes {
		if p.Name == t.probes[0] {
			before := h.outage(p, t)
			after := before
			after.Corrections = append(after.Corrections, found)
			return h.audit(found.At, "outage.void", string(before.Key()), before, after)
		}
	}
	return nil
}

// settle settles the months that are due, each when it was, and sets the mistake aside when that was found out, which restates
// the month before last.
func (h *history) settle(page config.Page, quiet bool) error {
	book := months.Book{Zone: page.Zone, ZoneName: page.Zone.String(), Target: page.Target, Settling: page.Settling}
	until := func(now time.Time) error {
		due, _, err := book.Due(h.tx, now)
		for _, month := range due {
			at, err := book.SettlesAt(month)
			if err != nil {
				return err
			}
			records, err := months.Records(h.tx, at)
			if err != nil {
				return err
			}
			if _, err := book.Settle(h.tx, records, month, "statusd", at); err != nil {
				return fmt.Errorf("settling %s: %w", month, err)
			}
		}
		return err
	}
	if quiet {
		return until(h.now)
	}
	t, found := h.mistake()
	if err := until(found.At); err != nil {
		return err
	}
	for _, p := range h.probes {
		if p.Name != t.probes[0] {
			continue
		}
		o := h.outage(p, t)
		o.Corrections = append(o.Corrections, found)
		if err := h.tx.Outages().Put(o); err != nil {
			return err
		}
		if _, err := book.Revise(h.tx, o.Started, found.Author, found.Why, found.At); err != nil {
			return fmt.Errorf("restating the month of %s: %w", o.Key(), err)
		}
	}
	return until(h.now)
}
