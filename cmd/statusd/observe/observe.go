// Package observe runs probes on behalf of a service elsewhere. It keeps a store of its own, in which the probes that the
// service names are run as the service runs its own (probes.Options.Forward), and what they see waits in numbered parcels.
// They are reported in order, each until the service has said that it has it: so being cut off, here or there, loses nothing
// for as long as KeepFor, and nothing is told twice.
//
//	follow   asks which probes there are, and writes them into the own store          every 30 s
//	(probes) runs them, and leaves parcels                                            every 10 s, bad ones within a second
//	report   sends the oldest parcel, deletes it when it is taken, and so on          as they come, and once a minute at least
package observe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// KeepFor is how long parcels wait for a service that cannot be reached; older ones are given up.
const KeepFor = 7 * 24 * time.Hour

// How often it speaks to the service.
const (
	askEvery  = 30 * time.Second
	aliveFor  = time.Minute // without anything to report
	firstWait = time.Second // after an error; doubled each time
	mostWait  = 30 * time.Second
)

// Service is the service's API as an observer uses it. An error that is a *data.Error is a refusal; any other may pass.
type Service interface {
	Orders(ctx context.Context) (api.PlaceOrders, error)
	Report(ctx context.Context, r api.PlaceReport) (api.PlaceTaken, error)
}

// Observer keeps the own store like the service's, and the service told. Make one, set its fields, and call Run once.
type Observer struct {
	Store   data.Store
	Service Service
	Place   string
	Version string
	Log     *slog.Logger

	// Run starts the probes of Store, judging whether there is a network by these references, until ctx ends. It is called
	// anew when the references change.
	Run func(ctx context.Context, references []string) error
}

// Observe works until ctx ends.
func (o *Observer) Observe(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	references := make(chan []string, 1)
	group.Go(func() error { return o.follow(ctx, references) })
	group.Go(func() error { return o.look(ctx, references) })
	group.Go(func() error { return o.report(ctx) })
	return group.Wait()
}

// look keeps the probes running with the newest references.
func (o *Observer) look(ctx context.Context, references <-chan []string) error {
	var running sync.WaitGroup
	stop := func() {}
	defer func() { stop(); running.Wait() }()
	failed := make(chan error, 1)
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return err
		case list := <-references:
			stop()
			running.Wait()
			run, cancel := context.WithCancel(ctx)
			stop = cancel
			running.Go(func() {
				if err := o.Run(run, list); err != nil && run.Err() == nil {
					failed <- err
				}
			})
		}
	}
}

// follow asks for orders again and again. What was ordered last is run while the service cannot be asked, also after a start.
func (o *Observer) follow(ctx context.Context, references chan []string) error {
	var last []string
	begun := false
	var errs patience
	for {
		wait := askEvery
		orders, err := o.Service.Orders(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			if err := o.obey(ctx, orders); err != nil && ctx.Err() == nil {
				return err
			}
			if !begun || !slices.Equal(last, orders.References) {
				last, begun = orders.References, true
				references <- last
			}
			errs.worked()
		default:
			if !begun {
				begun = true
				references <- nil // with what was ordered before; whether there is a network is not known
			}
			wait = errs.failed(o.Log, "asking the service for probes", err)
		}
		if !sleep(ctx, wait) {
			return nil
		}
	}
}

// settingNext is the number that the service expects next, as far as it is known here.
const settingNext = "parcel_next"

// obey makes the own store hold the ordered probes, and goes on numbering where the service is: it may know more than a store
// that was begun anew.
func (o *Observer) obey(ctx context.Context, orders api.PlaceOrders) error {
	wanted := map[string]data.Probe{}
	for _, raw := range orders.Probes {
		var p data.Probe
		if err := json.Unmarshal(raw, &p); err != nil {
			o.Log.Error("a probe cannot be read: is the service of another version?", "error", err)
			continue
		}
		wanted[p.Name] = p
	}
	return o.Store.Update(ctx, func(tx data.Tx) error {
		for p, err := range tx.Probes().Range("", "") {
			if err != nil {
				return err
			}
			if _, still := wanted[p.Name]; !still && !p.Retired {
				p.Retired = true
				wanted[p.Name] = p
			}
		}
		for _, p := range wanted {
			if old, err := tx.Probes().Get(p.Name); err == nil && reflect.DeepEqual(old, p) {
				continue
			}
			if err := tx.Probes().Put(p); err != nil {
				return err
			}
		}
		s, err := tx.Settings().Get(settingNext)
		if err != nil && !errors.Is(err, data.ErrNotFound) {
			return err
		}
		next := uint64(1)
		if err == nil {
			if _, err := fmt.Sscan(s.Value, &next); err != nil {
				return fmt.Errorf("the number of the next parcel: %w", data.ErrDamaged)
			}
		}
		if orders.Next <= next {
			return nil
		}
		return tx.Settings().Put(data.Setting{Name: settingNext, Value: fmt.Sprint(orders.Next)})
	})
}

// report sends parcels as they come.
func (o *Observer) report(ctx context.Context) error {
	parcels := o.Store.Watch(ctx, data.ParcelsTable)
	var errs patience
	var told time.Time // when the service last heard of us
	for {
		oldest, behind, err := o.oldest(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if oldest == nil && time.Since(told) < aliveFor {
			select {
			case <-ctx.Done():
				return nil
			case _, ok := <-parcels:
				if !ok {
					return nil
				}
			case <-time.After(aliveFor - time.Since(told)):
			}
			continue
		}
		if err := o.send(ctx, oldest, behind); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			if !sleep(ctx, errs.failed(o.Log, "reporting to the service", err)) {
				return nil
			}
			continue
		}
		if errs.worked() {
			o.Log.Info("the service is reached again")
		}
		told = time.Now()
	}
}

// oldest is the first parcel that waits, nil if none does, and how many wait behind it. What is too old is given up.
func (o *Observer) oldest(ctx context.Context) (*data.Parcel, int, error) {
	var parcel *data.Parcel
	var behind int
	var old []data.ParcelKey
	err := o.Store.View(ctx, func(tx data.Tx) error {
		parcel, behind, old = nil, 0, nil
		for p, err := range tx.Parcels().Range("", "") {
			if err != nil {
				return err
			}
			if time.Since(p.Received) <= KeepFor {
				parcel = &p
				break
			}
			old = append(old, p.Key())
		}
		if parcel == nil {
			return nil
		}
		last, err := tx.Parcels().Last("~")
		behind = int(last.Number - parcel.Number)
		return err
	})
	if err == nil && len(old) > 0 {
		o.Log.Error("what was seen more than a week ago is given up: the service was not reached since", "parcels", len(old))
		err = o.drop(ctx, old...)
	}
	return parcel, behind, err
}

// send reports one parcel, or that there is none, which says that somebody is there. One that is refused will always be, and is given up.
func (o *Observer) send(ctx context.Context, p *data.Parcel, behind int) error {
	r := api.PlaceReport{Number: 1, Sent: time.Now().UTC(), Behind: behind, Version: o.Version, Lost: o.lost(ctx)}
	if p != nil {
		r.Number = int(p.Number)
		for _, s := range p.Samples {
			r.Samples = append(r.Samples, api.Seen(s))
		}
	}
	r, bare, err := fit(r)
	if err != nil {
		return err
	}
	if bare > 0 {
		o.Log.Info("a report is too long for the service: details are left out, no run is", "runs", bare)
	}
	taken, err := o.Service.Report(ctx, r)
	if err == nil && taken.Skipped > 0 {
		o.Log.Warn("the service left samples out: they are of probes that it does not let this place run, or are not as it expects them", "samples", taken.Skipped)
	}
	var refused *data.Error
	if errors.As(err, &refused) && refused.Kind == data.KindInvalid && p != nil {
		o.Log.Error("the service does not take what was seen; it is given up", "samples", len(p.Samples), "reason", refused)
		err = nil
	}
	if err != nil || p == nil {
		return err
	}
	return o.drop(ctx, p.Key())
}

func (o *Observer) drop(ctx context.Context, keys ...data.ParcelKey) error {
	return o.Store.Update(ctx, func(tx data.Tx) error {
		var errs []error
		for _, key := range keys {
			errs = append(errs, tx.Parcels().Delete(key))
		}
		return errors.Join(errs...)
	})
}

// lost is what the probes have found missing of our own network.
func (o *Observer) lost(ctx context.Context) (what string) {
	err := o.Store.View(ctx, func(tx data.Tx) error {
		for a, err := range tx.Alarms().Range(data.AlarmsOf(data.AlarmBlind)) {
			if err != nil {
				return err
			}
			if a.Stands() {
				what = a.Detail
			}
		}
		return nil
	})
	if err != nil {
		return ""
	}
	return what
}

// patience is how long to wait after errors in a row: a second, doubled each time up to half a minute, less a quarter by chance.
type patience time.Duration

// failed logs the first error of a row, and says how long to wait.
func (p *patience) failed(log *slog.Logger, doing string, err error) time.Duration {
	if *p == 0 {
		if _, refused := errors.AsType[*data.Error](err); refused {
			log.Error("the service takes nothing from here until somebody puts right what it says; what is seen is kept for a week, and it is asked again",
				"reason", err, "while", doing)
		} else {
			log.Warn(doing+" failed; it is tried again, and nothing is lost meanwhile", "error", err)
		}
		*p = patience(firstWait) / 2
	}
	*p = min(patience(mostWait), 2**p)
	return time.Duration(*p) - time.Duration(rand.Int64N(int64(*p)/4+1))
}

// worked ends a row, and says whether there was one.
func (p *patience) worked() bool {
	was := *p > 0
	*p = 0
	return was
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
