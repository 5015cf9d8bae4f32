package history

import "time"

// Days are the bounds of n calendar days of a zone, the first of which holds from: n+1 midnights, 23 to 25 hours apart where
// clocks change.
func Days(from time.Time, n int, zone *time.Location) []time.Time {
	y, m, d := from.In(zone).Date()
	bounds := make([]time.Time, n+1)
	for i := range bounds {
		bounds[i] = time.Date(y, m, d+i, 0, 0, 0, 0, zone)
	}
	return bounds
}

// Even are the bounds of n spans of equal length that make up [from, to), such as the hours of a day or the pixels of a chart.
func Even(from, to time.Time, n int) []time.Time {
	bounds := make([]time.Time, n+1)
	length := to.Sub(from)
	for i := range bounds {
		bounds[i] = from.Add(time.Duration(float64(length) * float64(i) / float64(n)))
	}
	bounds[n] = to
	return bounds
}

// Hours are the bounds of the hours of [from, to), elapsed and not of a clock: a day has 23 to 25 of them.
func Hours(from, to time.Time) []time.Time {
	var bounds []time.Time
	for at := from; at.Before(to); at = at.Add(time.Hour) {
		bounds = append(bounds, at)
	}
	return append(bounds, to)
}
