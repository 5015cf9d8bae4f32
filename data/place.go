package data

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Here is the place from where the service itself looks, unless its configuration says otherwise.
const Here = "local"

// Place is somewhere from where an observer runs probes and reports. The service's own is not among them.
type Place struct {
	Name    string    `json:"name"`
	Seen    time.Time `json:"seen"`              // when it last reported anything, by our clock
	By      string    `json:"by"`                // who reported, as the audit log has it
	Version string    `json:"version,omitempty"` // of its program
	Lost    string    `json:"lost,omitempty"`    // what it says it has lost, of its own network; empty means it sees
	Next    uint64    `json:"next"`              // number of the parcel that is expected next; it forgets those before
	Behind  int       `json:"behind,omitempty"`  // parcels that it still keeps for us
}

// Key implements Keyed.
func (p Place) Key() string { return p.Name }

// SettingPlaces holds the names of the places from where observers may report, as a JSON list. None means that nobody may.
const SettingPlaces = "places"

// AdmitPlaces says from which places observers may report. The same names in another order change nothing.
func AdmitPlaces(tx Tx, names []string) error {
	names = append([]string{}, names...)
	slices.Sort(names)
	names = slices.Compact(names)
	have, err := AdmittedPlaces(tx)
	if err == nil && slices.Equal(have, names) {
		return nil
	}
	b, err := json.Marshal(names)
	if err != nil {
		return err
	}
	return tx.Settings().Put(Setting{Name: SettingPlaces, Value: string(b)})
}

// AdmittedPlaces lists the places from where observers may report, by name.
func AdmittedPlaces(tx Tx) (names []string, err error) {
	s, err := tx.Settings().Get(SettingPlaces)
	if isNotFound(err) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(s.Value), &names); err != nil {
		return nil, fmt.Errorf("the names of places: %w", ErrDamaged)
	}
	return names, nil
}

// FreshFor is how far the newest sample of a place may lie behind the newest of all places and still vote on a probe that runs
// every interval (F35): three intervals, and at least two minutes.
func FreshFor(interval time.Duration) time.Duration { return max(Stalest*interval, 2*time.Minute) }

// Stalest is how many intervals FreshFor allows, where they are long.
const Stalest = 3

// ParcelKey is place | number.
type ParcelKey string

// Parcel is what one observer saw, in the order in which it saw it, waiting for who judges. It is deleted in the transaction
// that judged it.
type Parcel struct {
	Place    string    `json:"place"`
	Number   uint64    `json:"number"`
	Received time.Time `json:"received"`
	Samples  []Sample  `json:"samples"`
}

// Key implements Keyed.
func (p Parcel) Key() ParcelKey { return KeyOfParcel(p.Place, p.Number) }

// KeyOfParcel joins the parts.
func KeyOfParcel(place string, number uint64) ParcelKey {
	return ParcelKey(fmt.Sprintf("%s|%020d", place, number))
}
