package history

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// behind sorts after every day and every place.
const behind = "}"

// Read goes over the blocks that may hold samples of [from, to) of one side of a probe (data.Side), place by place and each by
// day, in the order of their keys. An empty place means all; a block may hold samples outside the span, which Sum passes over. It reads
// nothing but these blocks, and one more for each place. After an error it stops.
func Read(tx data.Tx, side, place string, from, to time.Time) iter.Seq2[data.Block, error] {
	first, last := data.BlockDay(from), data.BlockDay(to.Add(-1))
	return func(yield func(data.Block, error) bool) {
		if !from.Before(to) {
			return
		}
		if place != "" {
			days(tx, side, place, first, last, yield)
			return
		}
		for place, err := range Places(tx, side) {
			if err != nil {
				yield(data.Block{}, err)
				return
			}
			if !days(tx, side, place, first, last, yield) {
				return
			}
		}
	}
}

func days(tx data.Tx, side, place, first, last string, yield func(data.Block, error) bool) bool {
	for b, err := range tx.Blocks().Range(data.KeyOfBlock(side, place, first), data.KeyOfBlock(side, place, last+"|")) {
		if !yield(b, err) || err != nil {
			return false
		}
	}
	return true
}

// Places goes over the places from where a side was ever looked at, as far as its samples are kept.
func Places(tx data.Tx, side string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		key, end := data.KeyOfBlock(side, "", ""), data.BlockKey(side+behind)
		key = key[:len(key)-1] // side|
		for {
			place, found := "", false
			for b, err := range tx.Blocks().Range(key, end) {
				if err != nil {
					yield("", err)
					return
				}
				place, found = b.Place, true
				break
			}
			if !found || !yield(place, nil) {
				return
			}
			key = data.KeyOfBlock(side, place, behind)
		}
	}
}

// Sum counts samples into the spans between bounds: the i-th summary is of [bounds[i], bounds[i+1]), so there is one less than
// there are bounds. Bounds ascend; samples outside are passed over. It keeps no block, and needs no order among them.
//
// A block that is damaged counts as far as it can be read, and the error joins all of them (data.ErrDamaged): the summaries are
// right but for these. Any other error comes with nothing.
func Sum(blocks iter.Seq2[data.Block, error], bounds []time.Time) ([]Summary, error) {
	if len(bounds) < 2 {
		return nil, errors.New("summing samples: at least two bounds are needed")
	}
	sums := make([]Summary, len(bounds)-1)
	var damage error
	for b, err := range blocks {
		if err != nil {
			return nil, err
		}
		if err := count(b, bounds, sums); err != nil {
			damage = errors.Join(damage, err)
		}
	}
	return sums, damage
}

func count(b data.Block, bounds []time.Time, sums []Summary) error {
	day, err := time.Parse(time.DateOnly, b.Day)
	if err != nil {
		return fmt.Errorf("block %s: %w: its day cannot be read", b.Key(), data.ErrDamaged)
	}
	// The first bound after the day's beginning ends the span that the day begins in.
	i, _ := slices.BinarySearchFunc(bounds, day, func(bound, day time.Time) int {
		if bound.After(day) {
			return 1
		}
		return -1
	})
	i--
	next := secondsTo(bounds, i+1, day)
	return b.Each(func(second int64, level data.Level, _ data.Reason, code byte) {
		for second >= next {
			i++
			next = secondsTo(bounds, i+1, day)
		}
		if i >= 0 && i < len(sums) {
			sums[i].Add(level, code)
		}
	})
}

// secondsTo is the first whole second of the day that is not before the i-th bound; none is before a bound that there is not.
func secondsTo(bounds []time.Time, i int, day time.Time) int64 {
	if i >= len(bounds) {
		return 1 << 62
	}
	return int64((bounds[i].Sub(day) + time.Second - 1) / time.Second)
}
