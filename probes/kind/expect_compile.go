package kind

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker/nature"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
	"github.com/expr-lang/expr/vm/runtime"

	"github.com/superoffice/statusd/data"
)

// Bounds of conditions and captures. Together with a body of at most maxBody they bound what one evaluation costs; what
// could take longer asks for the time left, see evaluation.
const (
	maxConditions = 20
	maxExpression = 1024    // bytes
	maxNodes      = 200     // of the syntax tree
	maxMemory     = 1 << 20 // members of lists and maps that an evaluation makes
	maxJoined     = 64 << 10
	maxPattern    = 500 // instructions of a compiled pattern
)

// expression is a compiled condition or capture. It may be used by several goroutines at once.
type expression struct {
	text    string
	program *vm.Program
	names   map[string]bool // of the answer's parts and of captured values that it uses
}

// String is the expression as a message shows it.
func (x *expression) String() string {
	text := strings.Join(strings.Fields(x.text), " ")
	if r := []rune(text); len(r) > 100 {
		text = string(r[:99]) + "…"
	}
	return fmt.Sprintf("%q", text)
}

// readsBody says whether the expression looks into the answer's content.
func (x *expression) readsBody() bool { return x.names["body"] || x.names["json"] }

// The names of the language that come from here. Those of a hidden name begin with a space: nobody can write them.
const (
	hiddenRun   = " run"
	hiddenTick  = " tick"
	hiddenBool  = " tick bool"
	hiddenAdd   = " add"
	hiddenMatch = " match"
)

// parts are the names of an answer's parts, with their types.
var parts = types.Map{
	"status": types.Int,
	"header": types.TypeOf(func(string) string { return "" }),
	"body":   types.String,
	"json":   types.Any,
	"took":   types.Float64,
	"phase":  phases,
}

// phases are in milliseconds.
var phases = types.Map{
	"resolve": types.Float64, "connect": types.Float64, "tls": types.Float64, "processing": types.Float64, "transfer": types.Float64,
}

// functions are those of expr that cost no more than what they are given. Left out is what multiplies (repeat, replace,
// reduce), what compares each with each, and what knows the time of day.
var functions = []string{
	"all", "none", "any", "one", "filter", "map", "find", "count", "sum", "len", "type", "abs", "ceil", "floor", "round", "int",
	"float", "string", "trim", "trimPrefix", "trimSuffix", "upper", "lower", "indexOf", "max", "min", "first", "last", "get", "keys", "values",
}

// between is the one function that is ours: between(body, "value=\"", "\"") is the first text that lies between two others, and
// empty where there is none. It is for pages, where no pattern gives what it has matched.
const between = "between"

// words are those of the language itself.
var words = []string{
	"in", "not", "and", "or", "matches", "contains", "startsWith", "endsWith", "let", "if", "else", "true", "false", "nil",
}

var variable = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// checkVariable says what is wrong with the name of a captured value; empty where nothing is.
func checkVariable(name string) string {
	_, part := parts[name]
	switch {
	case !variable.MatchString(name):
		return fmt.Sprintf("%q is no name: use at most 40 lower-case letters, digits and underscores, a letter first", name)
	case part, name == between, slices.Contains(words, name), slices.Contains(functions, name):
		return fmt.Sprintf("%q is a word of conditions already: use another name", name)
	}
	return ""
}

// compileConditions compiles expressions that are true or false of an answer, in the language of expr. Known names are the
// parts of an answer and those of extra, which are values captured before. The error is one data.Invalid of field per
// condition, joined.
func compileConditions(field string, texts []string, extra ...string) ([]*expression, error) {
	if len(texts) > maxConditions {
		return nil, data.Invalid(field, fmt.Sprintf("at most %d conditions, these are %d", maxConditions, len(texts)))
	}
	var out []*expression
	var errs []error
	for i, text := range texts {
		x, wrong := compileExpression(text, extra, expr.AsBool())
		if wrong != "" {
			errs = append(errs, data.Invalid(field, fmt.Sprintf("condition %d, %s", i+1, wrong)))
		}
		out = append(out, x)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return out, nil
}

// compileValue compiles an expression whose value is captured. The names it knows are those of compileConditions.
func compileValue(field, text string, extra ...string) (*expression, error) {
	x, wrong := compileExpression(text, extra, expr.AsAny())
	if wrong != "" {
		return nil, data.Invalid(field, wrong)
	}
	return x, nil
}

// compileExpression compiles one text, or says where and what is wrong with it.
func compileExpression(text string, extra []string, as expr.Option) (*expression, string) {
	switch {
	case strings.TrimSpace(text) == "":
		return nil, "there is nothing: say what is to hold, such as status == 200"
	case len(text) > maxExpression:
		return nil, fmt.Sprintf("at most %d bytes, this has %d", maxExpression, len(text))
	}
	known := types.Map{hiddenRun: types.TypeOf(&evaluation{})}
	for name, t := range parts {
		known[name] = t
	}
	for _, name := range extra {
		known[name] = types.Any
	}
	guard := &guard{known: known, names: map[string]bool{}}
	options := []expr.Option{
		expr.Env(known), as, expr.Optimize(false), expr.MaxNodes(maxNodes), expr.DisableAllBuiltins(), expr.Patch(guard),
		expr.Function(hiddenTick, tick, new(func(*evaluation, any) any)),
		expr.Function(hiddenBool, tick, new(func(*evaluation, bool) bool)),
		expr.Function(hiddenAdd, add, new(func(any, any) any)),
		expr.Function(between, textBetween, new(func(any, any, any) string)),
		expr.Function(hiddenMatch, match, new(func(*evaluation, any, *regexp.Regexp) bool)),
	}
	for _, name := range functions {
		options = append(options, expr.EnableBuiltin(name))
	}
	program, err := expr.Compile(text, options...)
	if err == nil || guard.wrong != "" {
		if guard.wrong != "" {
			return nil, fmt.Sprintf("%s: %s", column(text, guard.at), guard.wrong)
		}
		return &expression{text: text, program: program, names: guard.names}, ""
	}
	var fault *file.Error
	switch {
	case errors.As(err, &fault):
	case strings.HasPrefix(err.Error(), "expected "):
		return nil, err.Error() + ": write it so that it is true or false, such as status == 200"
	default: // a fault of the compiler's own, with a trace
		return nil, "this cannot be compiled: write it in another way"
	}
	wrong := fmt.Sprintf("%s: %s", column(text, fault.From), fault.Message)
	if strings.HasPrefix(fault.Message, "unknown name") {
		names := `status, header("…"), body, json, took and phase`
		if len(extra) > 0 {
			names += ", and captured were " + strings.Join(slices.Sorted(slices.Values(extra)), ", ")
		}
		wrong += ": an answer has " + names
	}
	return nil, wrong
}

// column says where in a text the rune of an index stands.
func column(text string, at int) string {
	before := []rune(text)
	before = before[:min(at, len(before))]
	line := 1
	for i, r := range before {
		if r == '\n' {
			line, at = line+1, at-i-1
		}
	}
	if line > 1 {
		return fmt.Sprintf("line %d, column %d", line, at+1)
	}
	return fmt.Sprintf("column %d", at+1)
}

// guard reads a syntax tree after its types are known. It notes the names that are used, refuses what cannot be bounded,
// and puts the functions below where something may take long.
type guard struct {
	known types.Map
	names map[string]bool
	wrong string // the first
	at    int
}

func (g *guard) refuse(n ast.Node, why string) {
	if g.wrong == "" {
		g.wrong, g.at = why, n.Location().From
	}
}

// Visit implements ast.Visitor.
func (g *guard) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if _, ok := g.known[n.Value]; ok && n.Value != hiddenRun {
			g.names[n.Value] = true
		}
		if n.Value == "$env" {
			g.refuse(n, "$env is not there: name a part of the answer")
		}
	case *ast.BuiltinNode:
		if !slices.Contains(functions, n.Name) {
			g.refuse(n, fmt.Sprintf("%s is not there: use one of %s", n.Name, strings.Join(functions, ", ")))
		}
	case *ast.VariableDeclaratorNode:
		g.refuse(n, "let is not there: write the value where it is used")
	case *ast.SequenceNode:
		g.refuse(n, "one expression, without a semicolon: write several conditions, or join them with and")
	case *ast.PredicateNode:
		name := hiddenTick
		if nature := n.Node.Nature(); nature.Type != nil && nature.Kind == reflect.Bool {
			name = hiddenBool
		}
		ast.Patch(&n.Node, call(name, &ast.IdentifierNode{Value: hiddenRun}, n.Node))
	case *ast.BinaryNode:
		g.binary(node, n)
	}
}

func (g *guard) binary(node *ast.Node, n *ast.BinaryNode) {
	switch n.Operator {
	case "..":
		g.refuse(n, "a range is not there: compare with < and >")
	case "+":
		if !number(n.Left.Nature()) || !number(n.Right.Nature()) {
			ast.Patch(node, call(hiddenAdd, n.Left, n.Right))
		}
	case "matches":
		text, ok := n.Right.(*ast.StringNode)
		if !ok {
			g.refuse(n.Right, `a pattern is a text in quotes, such as body matches "^ok$"`)
			return
		}
		pattern, why := compilePattern(text.Value)
		if why != "" {
			g.refuse(n.Right, why)
			return
		}
		ast.Patch(node, call(hiddenMatch, &ast.IdentifierNode{Value: hiddenRun}, n.Left, &ast.ConstantNode{Value: pattern}))
	}
}

func number(n *nature.Nature) bool { return n.Type != nil && n.IsNumber() }

func call(name string, args ...ast.Node) ast.Node {
	return &ast.CallNode{Callee: &ast.IdentifierNode{Value: name}, Arguments: args}
}

// compilePattern compiles a pattern whose matching is bounded.
func compilePattern(text string) (*regexp.Regexp, string) {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, fmt.Sprintf("this is no pattern (%v): use the syntax of RE2", err)
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil || len(prog.Inst) > maxPattern {
		return nil, "this pattern is too large: use smaller counts than {100}"
	}
	pattern, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Sprintf("this is no pattern (%v): use the syntax of RE2", err)
	}
	return pattern, ""
}

// tick passes on what a predicate says of one member while there is time left.
func tick(args ...any) (any, error) { return args[1], args[0].(*evaluation).check() }

var (
	errJoined  = fmt.Errorf("a joined text has more than %d bytes", maxJoined)
	errNotText = errors.New("only text matches a pattern")

	errNotBetween = errors.New("only text lies between texts")
)

// add adds numbers and joins short texts.
func add(args ...any) (any, error) {
	if a, ok := args[0].(string); ok {
		if b, ok := args[1].(string); ok && len(a)+len(b) > maxJoined {
			return nil, errJoined
		}
	}
	return runtime.Add(args[0], args[1]), nil
}

// textBetween implements between.
func textBetween(args ...any) (any, error) {
	text, isText := args[0].(string)
	before, isBefore := args[1].(string)
	after, isAfter := args[2].(string)
	if !isText || !isBefore || !isAfter {
		return "", errNotBetween
	}
	_, rest, begins := strings.Cut(text, before)
	inside, _, ends := strings.Cut(rest, after)
	if !begins || !ends {
		return "", nil
	}
	return inside, nil
}

// match looks for a pattern while there is time left.
func match(args ...any) (any, error) {
	text, ok := args[1].(string)
	if !ok {
		return false, errNotText
	}
	run, pattern := args[0].(*evaluation), args[2].(*regexp.Regexp)
	if len(text) <= maxJoined {
		return pattern.MatchString(text), run.check()
	}
	in := &hurried{text: strings.NewReader(text), run: run}
	found := pattern.MatchReader(in)
	return found, in.err
}

// hurried is a text that ends early when there is no time left.
type hurried struct {
	text *strings.Reader
	run  *evaluation
	n    int
	err  error
}

// ReadRune implements io.RuneReader.
func (h *hurried) ReadRune() (rune, int, error) {
	if h.n++; h.n%4096 == 0 {
		if h.err = h.run.check(); h.err != nil {
			return 0, 0, h.err
		}
	}
	return h.text.ReadRune()
}
