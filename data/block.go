package data

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

// BlockKey is probe | place | UTC day.
type BlockKey string

// Block holds the samples of one probe, seen from one place, in one UTC day, packed. Detail, phases and certificate
// dates are not kept.
type Block struct {
	Probe string `json:"probe"`
	Place string `json:"place"`
	Day   string `json:"day"` // YYYY-MM-DD in UTC
	Data  []byte `json:"data"`
}

// Key implements Keyed.
func (b Block) Key() BlockKey { return KeyOfBlock(b.Probe, b.Place, b.Day) }

// KeyOfBlock joins the parts of a block's name.
func KeyOfBlock(probe, place, day string) BlockKey {
	return BlockKey(probe + "|" + place + "|" + day)
}

// BlockDay is the day whose block a sample at t goes into.
func BlockDay(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// A packed sample is one byte while nothing changes: the code of its latency, with the distance to the sample before it,
// level and reason as before. Otherwise the byte 0x80|code is followed by the distance in seconds (varint), the level and
// the index of the reason. So a steady target costs one byte a sample, and a reader needs no index.
const blockEscape = 0x80

// latencyCode squeezes a latency into 0 to 127 on a logarithmic scale: 0 is nothing, 127 is 60 s or more, and in between
// a step is about 9 %.
func latencyCode(d time.Duration) byte {
	if d <= 0 {
		return 0
	}
	ms := float64(d) / float64(time.Millisecond)
	return byte(min(127, 1+int(math.Round(8*math.Log2(1+ms)))))
}

func latencyOf(code byte) time.Duration {
	if code == 0 {
		return 0
	}
	ms := math.Exp2(float64(code-1)/8) - 1
	return time.Duration(ms * float64(time.Millisecond)).Round(10 * time.Microsecond)
}

// LatencyCodes is how many latencies a block tells apart: codes are 0 to LatencyCodes-1, in ascending order of latency, and 0 is
// none at all.
const LatencyCodes = 128

// LatencyOf is the latency that a code stands for, within 5 %; 127 stands for about a minute or more.
func LatencyOf(code byte) time.Duration { return latencyOf(code) }

// Append packs one more sample behind those of b. Samples come in ascending order of At within the block's day, in whole
// seconds; one that is not later than the last is refused. It walks the whole block first: who has several uses AppendAll.
func (b *Block) Append(s Sample) error {
	st, err := b.tail()
	if err != nil {
		return err
	}
	day, err := b.start()
	if err != nil {
		return err
	}
	return b.pack(&st, day, s)
}

// AppendAll packs samples as Append does, one after another, and walks the block once for all of them. Those that do not come
// after the one before, or are of another day, are left out and counted. An error means that nothing was appended.
func (b *Block) AppendAll(samples []Sample) (refused int, err error) {
	st, err := b.tail()
	if err != nil {
		return len(samples), err
	}
	day, err := b.start()
	if err != nil {
		return len(samples), err
	}
	for _, s := range samples {
		if b.pack(&st, day, s) != nil {
			refused++
		}
	}
	return refused, nil
}

// start is the instant at which the block's day begins.
func (b Block) start() (time.Time, error) {
	day, err := time.Parse(time.DateOnly, b.Day)
	if err != nil {
		return time.Time{}, fmt.Errorf("block %s: %w", b.Key(), err)
	}
	return day, nil
}

// pack appends one sample behind the one that last is of, and moves last on to it.
func (b *Block) pack(last *blockState, day time.Time, s Sample) error {
	at := int64(s.At.Sub(day) / time.Second)
	if s.At.Before(day) || at >= 86400 {
		return fmt.Errorf("block %s: a sample of %s does not belong to this day", b.Key(), s.At.UTC().Format(time.RFC3339))
	}
	if len(b.Data) > 0 && at <= last.at {
		return fmt.Errorf("block %s: a sample of %s comes after one of second %d", b.Key(), s.At.UTC().Format(time.RFC3339), last.at)
	}
	next := blockState{at: at, step: at - last.at, level: byte(s.Level)}
	for i, r := range Reasons {
		if r == s.Reason {
			next.reason = byte(i)
		}
	}
	code := latencyCode(s.Latency)
	if len(b.Data) > 0 && next.step == last.step && next.level == last.level && next.reason == last.reason {
		b.Data = append(b.Data, code)
	} else {
		b.Data = append(b.Data, blockEscape|code)
		b.Data = binary.AppendUvarint(b.Data, uint64(next.step))
		b.Data = append(b.Data, next.level, next.reason)
	}
	*last = next
	return nil
}

// Each visits the samples, oldest first: the second of the block's day, the level, the reason and the code of the latency (see
// LatencyOf). It allocates nothing. What it visited before an error is right; an error is ErrDamaged.
func (b Block) Each(visit func(second int64, level Level, reason Reason, code byte)) error {
	return b.walk(func(st blockState, code byte) { visit(st.at, Level(st.level), Reasons[st.reason], code) })
}

// blockState is what the next packed sample is relative to.
type blockState struct {
	at, step      int64
	level, reason byte
}

func (b Block) tail() (blockState, error) {
	var st blockState
	err := b.walk(func(s blockState, _ byte) { st = s })
	return st, err
}

func (b Block) walk(visit func(blockState, byte)) error {
	var st blockState
	for i := 0; i < len(b.Data); {
		c := b.Data[i]
		i++
		if c&blockEscape != 0 {
			step, n := binary.Uvarint(b.Data[i:])
			if n <= 0 || step > 86400 || i+n+2 > len(b.Data) {
				return fmt.Errorf("block %s: %w at byte %d", b.Key(), ErrDamaged, i)
			}
			st.step, st.level, st.reason = int64(step), b.Data[i+n], b.Data[i+n+1]
			i += n + 2
			if int(st.level) >= len(levelNames) || int(st.reason) >= len(Reasons) {
				return fmt.Errorf("block %s: %w at byte %d", b.Key(), ErrDamaged, i)
			}
		} else if i == 1 {
			return fmt.Errorf("block %s: %w at its beginning", b.Key(), ErrDamaged)
		}
		if st.at += st.step; st.at >= 86400 {
			return fmt.Errorf("block %s: %w: it runs past its day", b.Key(), ErrDamaged)
		}
		visit(st, c&^blockEscape)
	}
	return nil
}

// Samples unpacks the block, oldest first.
func (b Block) Samples() ([]Sample, error) {
	day, err := b.start()
	if err != nil {
		return nil, err
	}
	var out []Sample
	err = b.walk(func(st blockState, code byte) {
		out = append(out, Sample{
			Probe: b.Probe, Place: b.Place, At: day.Add(time.Duration(st.at) * time.Second),
			Level: Level(st.level), Reason: Reasons[st.reason], Latency: latencyOf(code),
		})
	})
	return out, err
}
