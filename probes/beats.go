package probes

import (
	"context"
	"fmt"
	"slices"

	"github.com/superoffice/statusd/data"
)

// deadBeats names the heartbeats of probes that take none: that are retired, gone, or of another kind now. A probe that comes back
// begins without one, as a new one does; what came of the old one is kept as samples, marks and outages.
func deadBeats(tx data.Tx) (dead []string, err error) {
	for b, err := range tx.Beats().Range("", "") {
		if err != nil {
			return nil, err
		}
		dead = append(dead, b.Probe)
	}
	if len(dead) == 0 {
		return nil, nil
	}
	live := map[string]bool{}
	for p, err := range tx.Probes().Range("", "") {
		if err != nil {
			return nil, err
		}
		live[p.Name] = p.Kind == data.ProbeHeartbeat && !p.Retired
	}
	return slices.DeleteFunc(dead, func(name string) bool { return live[name] }), nil
}

// forgetBeats deletes them.
func (r *Runner) forgetBeats(ctx context.Context) error {
	err := r.o.Store.Update(ctx, func(tx data.Tx) error {
		dead, err := deadBeats(tx)
		for _, name := range dead {
			if err := tx.Beats().Delete(name); err != nil {
				return err
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("deleting the heartbeats of probes that take none: %w", err)
	}
	return nil
}
