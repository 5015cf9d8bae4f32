package kind

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/superoffice/statusd/data"
)

// Bounds of a transaction.
const (
	maxSteps    = 20
	maxStepBody = 64 << 10
)

// Names that every step knows besides captured values and secrets.
const (
	builtinRun = "run" // a text that no other run has
	builtinNow = "now" // when the run began, in ms since 1970
)

// step is a ProbeStep made ready.
type step struct {
	data.ProbeStep
	method  string
	address address
	headers map[string]template
	form    map[string]template
	body    template
	names   []string // that it cannot do without, but secrets
	expect  []*expression
	capture map[string]*expression
	needs   []int // steps, by their place in the list
}

var stepMethods = []string{"", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

func checkTransaction(p data.Probe) error {
	_, err := compileSteps(p)
	_, unread := secrets(p.Secrets)
	return errors.Join(checkHTTP(data.Probe{Target: p.Target}), err, unread)
}

// compileSteps makes the steps of p ready, or says everything that is wrong with them.
func compileSteps(p data.Probe) ([]step, error) {
	base, err := url.Parse(p.Target)
	if err != nil {
		base = &url.URL{} // Target has an error of its own
	}
	c := stepCompiler{base: base, places: map[string]int{}}
	c.steps(p)
	return c.out, errors.Join(c.errs...)
}

// stepCompiler reads one step after the other, with what those before it have said.
type stepCompiler struct {
	base     *url.URL
	secrets  []string
	captured []string
	places   map[string]int // of steps, by name
	at       int            // the one that is read
	out      []step
	errs     []error
}

func (c *stepCompiler) steps(p data.Probe) {
	bad := func(wrong bool, field, message string) {
		if wrong {
			c.errs = append(c.errs, data.Invalid(field, message))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Secrets)) {
		wrong := c.taken(name)
		bad(wrong != "", "secrets", wrong)
		c.secrets = append(c.secrets, name)
	}
	bad(len(p.Steps) == 0, "steps", "a transaction takes at least one step: give each a name and a url")
	bad(len(p.Steps) > maxSteps, "steps", fmt.Sprintf("at most %d steps, these are %d", maxSteps, len(p.Steps)))
	tidying := false
	for i, s := range p.Steps {
		c.at = i
		made := c.step(i, s)
		c.out = append(c.out, made)
		c.captured = append(c.captured, slices.Sorted(maps.Keys(s.Capture))...)
		if _, twice := c.places[s.Name]; !twice {
			c.places[s.Name] = i
		}
		if tidying && !s.Always {
			c.wrong(s, "a step cannot come after a clean-up: put the steps with always: true last")
		}
		tidying = tidying || s.Always
	}
	bad(len(p.Steps) > 0 && p.Steps[0].Always, "steps", "at least one step must not be a clean-up: leave always out where something is measured")
}

// wrong notes what is wrong with the step that is read, under the field steps[N].
func (c *stepCompiler) wrong(s data.ProbeStep, format string, args ...any) {
	c.errs = append(c.errs, data.Invalid(fmt.Sprintf("steps[%d]", c.at), fmt.Sprintf("step %q: ", s.Name)+fmt.Sprintf(format, args...)))
}

// taken says why a name cannot be that of a value; empty where it can.
func (c *stepCompiler) taken(name string) string {
	switch {
	case name == builtinRun, name == builtinNow:
		return fmt.Sprintf("%q is there already, in every transaction: use another name", name)
	case slices.Contains(c.captured, name), slices.Contains(c.secrets, name):
		return fmt.Sprintf("%q is the name of another value: use one name for each", name)
	}
	return checkVariable(name)
}

func (c *stepCompiler) step(i int, s data.ProbeStep) step {
	out := step{ProbeStep: s, method: s.Method, headers: map[string]template{}, form: map[string]template{}, capture: map[string]*expression{}}
	if err := data.ValidSlug(s.Name); err != nil {
		c.wrong(s, "its name is to have lower-case letters, digits and dashes, such as sign-in")
	} else if _, twice := c.places[s.Name]; twice {
		c.wrong(s, "another step has this name: use one name for each")
	}
	if out.method == "" {
		out.method = http.MethodGet
		if len(s.Form) > 0 || s.Body != "" {
			out.method = http.MethodPost
		}
	}
	carries := len(s.Form) > 0 || s.Body != ""
	switch {
	case !slices.Contains(stepMethods, s.Method):
		c.wrong(s, "method: %q is not allowed: use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS", s.Method)
	case carries && (out.method == http.MethodGet || out.method == http.MethodHead):
		c.wrong(s, "%s carries no form and no body: use POST, PUT or PATCH", out.method)
	case len(s.Form) > 0 && s.Body != "":
		c.wrong(s, "give form or body, not both")
	case len(s.Body) > maxStepBody:
		c.wrong(s, "body: at most %d bytes, this has %d", maxStepBody, len(s.Body))
	case s.Slow < 0:
		c.wrong(s, "slow: say after how long a right answer is late, such as 2s")
	case s.URL == "":
		c.wrong(s, "url: give a path such as /records/1, or a whole URL")
	}
	if err := checkHTTP(data.Probe{Target: "https://host/", Headers: s.Headers, Status: s.Status}); err != nil {
		c.wrong(s, "%s", messages(err))
	}
	c.fillIn(s, &out)
	c.conditions(s, &out)
	c.order(i, s, &out)
	return out
}

// fillIn reads the texts that may hold places for values.
func (c *stepCompiler) fillIn(s data.ProbeStep, out *step) {
	known := slices.Concat(c.captured, c.secrets, []string{builtinRun, builtinNow})
	read := func(where, text string) template {
		t, err := newTemplate(text, known)
		if err != nil {
			c.wrong(s, "%s: %v", where, err)
		}
		out.names = append(out.names, t.names...)
		return t
	}
	var err error
	if out.address, err = newAddress(s.URL, c.base, known); err != nil {
		c.wrong(s, "url: %v", err)
	}
	out.names = append(out.names, out.address.names()...)
	for _, name := range slices.Sorted(maps.Keys(s.Headers)) {
		out.headers[name] = read("headers: "+name, s.Headers[name])
	}
	for _, name := range slices.Sorted(maps.Keys(s.Form)) {
		out.form[name] = read("form: "+name, s.Form[name])
	}
	out.body = read("body", s.Body)
	slices.Sort(out.names)
	out.names = slices.DeleteFunc(slices.Compact(out.names), func(name string) bool { return slices.Contains(c.secrets, name) })
}

// conditions compiles what the step expects and captures.
func (c *stepCompiler) conditions(s data.ProbeStep, out *step) {
	vars := append(slices.Clone(c.captured), builtinRun, builtinNow)
	var err error
	if out.expect, err = compileConditions("expect", s.Expect, vars...); err != nil {
		c.wrong(s, "%s", messages(err))
	}
	all := slices.Clone(out.expect)
	for _, name := range slices.Sorted(maps.Keys(s.Capture)) {
		if wrong := c.taken(name); wrong != "" {
			c.wrong(s, "capture: %s", wrong)
		}
		x, err := compileValue("capture", s.Capture[name], vars...)
		if err != nil {
			c.wrong(s, "capture: %s: %s", name, messages(err))
			continue
		}
		out.capture[name] = x
		all = append(all, x)
	}
	for _, x := range all {
		for name := range x.names {
			if slices.Contains(vars, name) && !slices.Contains(out.names, name) {
				out.names = append(out.names, name)
			}
		}
	}
	slices.Sort(out.names)
}

// order finds the steps that this one needs.
func (c *stepCompiler) order(i int, s data.ProbeStep, out *step) {
	if s.Always {
		switch {
		case len(s.Needs) > 0:
			c.wrong(s, "a clean-up needs nothing but the values that it names: leave needs out")
		case s.Component != "":
			c.wrong(s, "a clean-up speaks for no component: leave component out")
		}
		return
	}
	if len(s.Needs) == 0 {
		for n := range i {
			out.needs = append(out.needs, n)
		}
	}
	for _, name := range s.Needs {
		n, before := c.places[name]
		switch {
		case !before:
			c.wrong(s, "needs: there is no step %q before it: name steps that come earlier", name)
		case c.out[n].Always:
			c.wrong(s, "needs: %q is a clean-up, which comes last: name a step that is not", name)
		}
		out.needs = append(out.needs, n)
	}
}

// messages is what an error of data.Invalid says, without its fields.
func messages(err error) string {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var texts []string
		for _, e := range many.Unwrap() {
			texts = append(texts, messages(e))
		}
		return strings.Join(texts, "; ")
	}
	if told := (*data.Error)(nil); errors.As(err, &told) {
		return told.Message
	}
	return err.Error()
}
