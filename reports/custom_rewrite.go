package reports

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/podsim/podsim/models/spelling"
)

// rewriter adapts a parsed expression before its types are checked: whole numbers
// become floating-point ones, as all columns are, and column() becomes a name.
type rewriter struct {
	compiler *customCompiler
	field    string
	columns  []Column
	aliases  map[string]string // column by the name that stands in for it
	factory  ast.ExprFactory
	info     *ast.SourceInfo
	next     int64 // id of the next new node
	failed   bool
}

func (r *rewriter) rewrite(tree *ast.AST) {
	r.factory, r.info = ast.NewExprFactory(), tree.SourceInfo()
	indices := make(map[int64]bool)
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		r.next = max(r.next, e.ID()+1)
		if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operators.Index && len(e.AsCall().Args()) == 2 {
			indices[e.AsCall().Args()[1].ID()] = true
		}
	}))
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.LiteralKind:
			if !indices[e.ID()] {
				r.widen(e)
			}
		case ast.IdentKind:
			if e.AsIdent() == unreserved {
				e.SetKindCase(r.factory.NewIdent(e.ID(), reserved))
			}
		case ast.CallKind:
			r.call(e)
		}
	}))
}

// widen makes a whole number a floating-point one.
func (r *rewriter) widen(e ast.Expr) {
	switch n := e.AsLiteral().(type) {
	case types.Int:
		e.SetKindCase(r.factory.NewLiteral(e.ID(), types.Double(n)))
	case types.Uint:
		e.SetKindCase(r.factory.NewLiteral(e.ID(), types.Double(n)))
	}
}

func (r *rewriter) call(e ast.Expr) {
	call := e.AsCall()
	switch name := call.FunctionName(); {
	case name == "size":
		// A number like others.
		inner := r.factory.NewCall(r.next, "size", call.Args()...)
		if call.IsMemberFunction() {
			inner = r.factory.NewMemberCall(r.next, "size", call.Target(), call.Args()...)
		}
		r.next++
		e.SetKindCase(r.factory.NewCall(e.ID(), "double", inner))
	case name == "column" && !call.IsMemberFunction():
		if text, ok := r.literal(e, call, "column"); ok {
			r.column(e, text)
		}
	case name == "metric" && !call.IsMemberFunction():
		if text, ok := r.literal(e, call, "metric"); ok {
			r.metric(e, text)
		}
	}
}

// literal is the one argument of a call, a text.
func (r *rewriter) literal(e ast.Expr, call ast.CallExpr, of string) (string, bool) {
	if len(call.Args()) == 1 && call.Args()[0].Kind() == ast.LiteralKind {
		if text, ok := call.Args()[0].AsLiteral().(types.String); ok {
			return string(text), true
		}
	}
	r.blame(e, "%s takes a name in quotes", of)
	return "", false
}

func (r *rewriter) blame(e ast.Expr, format string, args ...any) {
	at := r.info.GetStartLocation(e.ID())
	r.compiler.blame(r.field, max(at.Line(), 1), at.Column()+1, format, args...)
	r.failed = true
}

// A column has a name that CEL reserves. Another word of the same length, so that
// places stay what they are, takes it through the parser.
const (
	reserved   = "namespace"
	unreserved = "namespac_"
)

// texts finds what a word is not looked for in: texts in quotes and comments.
var texts = regexp.MustCompile(`(?s)"""(?:\\.|.)*?"""|'''(?:\\.|.)*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|//[^\n]*|\bnamespace\b`)

// unreserve replaces the reserved word.
func unreserve(text string) string {
	return texts.ReplaceAllStringFunc(text, func(found string) string {
		if found == reserved {
			return unreserved
		}
		return found
	})
}

// column puts a name in the place of column('name').
func (r *rewriter) column(e ast.Expr, name string) {
	switch {
	case r.compiler.spec.Over == "":
		r.blame(e, "columns need over: without it there are no rows")
	case slices.ContainsFunc(r.columns, func(c Column) bool { return c.Name == name }):
		e.SetKindCase(r.factory.NewIdent(e.ID(), name))
	case r.compiler.spec.Over == overTimeseries && extendedName(name):
		alias := fmt.Sprintf("column_%d", len(r.aliases))
		for other, of := range r.aliases {
			if of == name {
				alias = other
			}
		}
		r.aliases[alias] = name
		e.SetKindCase(r.factory.NewIdent(e.ID(), alias))
	default:
		r.blame(e, "%s", unknownName("column", name, r.columnNames()))
	}
}

// extendedName reports whether an extended resource could have a column so called.
func extendedName(name string) bool {
	return slices.ContainsFunc(extendedColumns, func(c resourceColumn) bool {
		resource, ok := strings.CutSuffix(name, strings.TrimPrefix(c.name, "<resource>"))
		return ok && resource != ""
	})
}

// metric puts a variable in the place of metric('name').
func (r *rewriter) metric(e ast.Expr, name string) {
	known := r.compiler.metricNames()
	switch {
	case r.compiler.spec.Over != "":
		r.blame(e, "metrics are known at the end, not row by row; leave over out")
	case !slices.Contains(known, baseName(name)):
		r.blame(e, "%s", unknownName("metric", name, known))
	default:
		alias := fmt.Sprintf("metric_%d", len(r.aliases))
		r.aliases[alias] = name
		e.SetKindCase(r.factory.NewIdent(e.ID(), alias))
	}
}

func unknownName(what, name string, known []string) string {
	text := fmt.Sprintf("there is no %s %s", what, strconv.Quote(name))
	if guess := spelling.Guess(baseName(name), known); guess != "" {
		text += fmt.Sprintf("; did you mean %s?", guess)
	}
	return text
}

func (r *rewriter) columnNames() []string {
	var names []string
	for i := range r.columns {
		names = append(names, r.columns[i].Name)
	}
	return names
}

// names are the words that an expression may use, for guesses.
func (r *rewriter) names() []string {
	return append(r.columnNames(), "missing", "column", "metric", "size", "matches", "contains", "startsWith", "endsWith", "double", "string")
}

// aliasOptions declare the names that stand in for columns and metrics.
func (r *rewriter) aliasOptions() []cel.EnvOption {
	var options []cel.EnvOption
	for i := range len(r.aliases) {
		for _, alias := range []string{fmt.Sprintf("column_%d", i), fmt.Sprintf("metric_%d", i)} {
			if _, used := r.aliases[alias]; used {
				options = append(options, cel.Variable(alias, cel.DoubleType))
			}
		}
	}
	return options
}
