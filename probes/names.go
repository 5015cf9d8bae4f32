package probes

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"net"
	"slices"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/probes/kind"
)

// maxNames is how many names one look at our own resolver asks for.
const maxNames = 16

// watch takes over the names of the probes that are at work.
func (o *observer) watch(probes iter.Seq[data.Probe]) {
	names := namesOf(o.references, probes)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.names = names
}

// namesOf is what our own resolver is told by: the distinct public names of references and of probes that are not retired.
// If there are more than maxNames, references come first and the others by a hash, for they are spread over zones then.
func namesOf(references []string, probes iter.Seq[data.Probe]) []string {
	var names, others []string
	for _, address := range references {
		if host, _, err := net.SplitHostPort(address); err == nil {
			names = append(names, kind.PublicName(host))
		}
	}
	for p := range probes {
		if name := kind.PublicName(kind.Host(p)); !p.Retired && !slices.Contains(names, name) {
			others = append(others, name)
		}
	}
	order := func(a, b string) int { return cmp.Or(cmp.Compare(hash(a), hash(b)), cmp.Compare(a, b)) }
	slices.SortFunc(names, order)
	slices.SortFunc(others, order)
	names = slices.Compact(append(names, others...))
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	return names[:min(len(names), maxNames)]
}

// ask says whether our own resolver is lost, by asking for all names at once: most of them do not resolve. A single name
// cannot be compared with others; that it does not exist is an answer then, and any other error means lost.
//
// Names of one zone cannot tell the loss of that zone from that of the resolver: give a reference by a name of another one.
func (o *observer) ask(ctx context.Context) bool {
	o.mu.Lock()
	names := o.names
	o.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	answers := make(chan error, len(names))
	for _, name := range names {
		go func() {
			_, err := o.resolve(ctx, name)
			answers <- err
		}()
	}
	failed := 0
	for range names {
		err := <-answers
		var dns *net.DNSError
		if err != nil && (len(names) > 1 || !errors.As(err, &dns) || !dns.IsNotFound) {
			failed++
		}
	}
	return 2*failed > len(names)
}
