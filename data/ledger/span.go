package ledger

import "slices"

// span is [a, b) in seconds since 1970.
type span struct{ a, b int64 }

// union sorts ss in place and returns it with overlapping, touching and empty spans joined or dropped: ascending, apart.
func union(ss []span) []span {
	slices.SortFunc(ss, func(x, y span) int {
		switch {
		case x.a < y.a:
			return -1
		case x.a > y.a:
			return 1
		}
		return 0
	})
	out := ss[:0]
	for _, s := range ss {
		switch {
		case s.a >= s.b:
		case len(out) > 0 && s.a <= out[len(out)-1].b:
			out[len(out)-1].b = max(out[len(out)-1].b, s.b)
		default:
			out = append(out, s)
		}
	}
	return out
}

// subtract returns x without y. Both are unions.
func subtract(x, y []span) []span {
	if len(x) == 0 || len(y) == 0 {
		return x
	}
	out := make([]span, 0, len(x)+len(y))
	for _, s := range x {
		for len(y) > 0 && y[0].b <= s.a {
			y = y[1:]
		}
		for _, cut := range y {
			if cut.a >= s.b {
				break
			}
			if s.a < cut.a {
				out = append(out, span{s.a, cut.a})
			}
			s.a = max(s.a, cut.b)
		}
		if s.a < s.b {
			out = append(out, s)
		}
	}
	return out
}

// intersect returns what lies in both unions.
func intersect(x, y []span) []span {
	var out []span
	for len(x) > 0 && len(y) > 0 {
		if s := (span{max(x[0].a, y[0].a), min(x[0].b, y[0].b)}); s.a < s.b {
			out = append(out, s)
		}
		if x[0].b < y[0].b {
			x = x[1:]
		} else {
			y = y[1:]
		}
	}
	return out
}

// within returns how many seconds of the union ss lie in [a, b).
func within(ss []span, a, b int64) int64 {
	var n int64
	for _, s := range ss {
		n += max(0, min(s.b, b)-max(s.a, a))
	}
	return n
}
