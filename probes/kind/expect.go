package kind

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/expr-lang/expr/vm"

	"github.com/superoffice/statusd/data"
)

// reply is what conditions and captures look at.
type reply struct {
	status int
	header http.Header
	body   []byte // at most maxBody
	took   time.Duration
	phases data.Phases
	vars   map[string]any // captured before, by name

	parsed bool
	json   any
}

// evaluation bounds one evaluation: long ones ask it whether there is time left.
type evaluation struct{ ctx context.Context }

// errNoTime ends an evaluation whose run is over.
var errNoTime = errors.New("no time left")

func (e *evaluation) check() error {
	if e.ctx.Err() != nil {
		return errNoTime
	}
	return nil
}

// env gives an expression the names it uses and no others, so that a body is parsed only where somebody asks for it.
func (a *reply) env(ctx context.Context, x *expression) map[string]any {
	env := map[string]any{hiddenRun: &evaluation{ctx}}
	for name := range x.names {
		switch name {
		case "status":
			env[name] = a.status
		case "header":
			env[name] = func(name string) string { return strings.Join(a.header.Values(name), ", ") }
		case "body":
			env[name] = string(a.body)
		case "json":
			env[name] = a.content()
		case "took":
			env[name] = millis(a.took)
		case "phase":
			p := a.phases
			env[name] = map[string]any{
				"resolve": millis(p.Resolve), "connect": millis(p.Connect), "tls": millis(p.TLS),
				"processing": millis(p.Processing), "transfer": millis(p.Transfer),
			}
		default:
			env[name] = a.vars[name]
		}
	}
	return env
}

// content is the body as JSON; nil where it is none. Whole numbers are int, others float64.
func (a *reply) content() any {
	if !a.parsed {
		a.parsed = true
		d := json.NewDecoder(bytes.NewReader(a.body))
		d.UseNumber()
		var v any
		if d.Decode(&v) == nil && d.Decode(&struct{}{}) == io.EOF {
			a.json = numbers(v)
		}
	}
	return a.json
}

// numbers turns each json.Number within v into an int or a float64; one that fits neither becomes nil.
func numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return int(n)
		}
		if f, err := v.Float64(); err == nil {
			return f
		}
		return nil
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = numbers(v[k])
		}
	}
	return v
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// value is what an expression says of an answer. Its error holds nothing of the answer.
func (x *expression) value(ctx context.Context, a *reply) (any, error) {
	if ctx.Err() != nil {
		return nil, errNoTime
	}
	machine := vm.VM{MemoryBudget: maxMemory}
	v, err := machine.Run(x.program, a.env(ctx, x))
	switch {
	case errors.Is(err, errNoTime):
		return nil, errNoTime
	case err != nil:
		// The message may repeat what was answered.
		return nil, fmt.Errorf("%s cannot be worked out on this answer", x)
	}
	return v, nil
}

// holds says why the first condition that does not hold fails, in our own words; an empty reason means that all hold.
func holds(ctx context.Context, conditions []*expression, a *reply) (data.Reason, string) {
	for _, c := range conditions {
		v, err := c.value(ctx, a)
		switch yes, boolean := v.(bool); {
		case errors.Is(err, errNoTime):
			return data.ReasonTimeout, "the conditions were not worked out in time"
		case err != nil:
			return data.ReasonAnswer, Clip(err.Error())
		case !boolean:
			return data.ReasonAnswer, Clip(fmt.Sprintf("%s is neither true nor false on this answer", c))
		case !yes:
			return data.ReasonAnswer, Clip(fmt.Sprintf("%s does not hold", c))
		}
	}
	return "", ""
}
