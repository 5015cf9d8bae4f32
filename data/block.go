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

// Append packs one more sample behind those of b. Samples come in ascending order of At within the block's day, in whole
// seconds; one that is not later than the last is refused.
func (b *Block) Append(s Sample) error {
	last, err := b.tail()
	if err != nil {
		return err
	}
	day, err := time.Parse(time.DateOnly, b.Day)
	if err != nil {
		return fmt.Errorf("block %s: %w", b.Key(), err)
	}
	at := int64(s.At.Sub(day) / time.Second)
	if at < 0 || at >= 86400 {
		return fmt.Errorf("block %s: a sample of %s does not belong to this day", b.Key(), s.At.UTC().Format(time.RFC3339))
	}
	if len(b.Data) > 0 && at <= last.at {
		return fmt.Errorf("block %s: a sample of %s comes after one of second %d", b.Key(), s.At.UTC().Format(time.RFC3339), last.at)
	}
	reason := byte(0)
	for i, r := range Reasons {
		if r == s.Reason {
			reason = byte(i)
		}
	}
	code := latencyCode(s.Latency)
	if len(b.Data) > 0 && at-last.at == last.step && byte(s.Level) == last.level && reason == last.reason {
		b.Data = append(b.Data, code)
		return nil
	}
	b.Data = append(b.Data, blockEscape|code)
	b.Data = binary.AppendUvarint(b.Data, uint64(at-last.at))
	b.Data = append(b.Data, byte(s.Level), reason)
	return nil
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
	day, err := time.Parse(time.DateOnly, b.Day)
	if err != nil {
		return nil, fmt.Errorf("block %s: %w", b.Key(), err)
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
