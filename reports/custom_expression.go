package reports

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/podsim/podsim/models/spelling"
)

// The bounds on expressions of users. The steps are those that CEL counts: about
// one for each operation, more for texts and lists.
const (
	expressionBytes = 2_000
	expressionDepth = 50
	expressionNodes = 5_000 // after the expansion of macros
	stepsOfOne      = 20_000
	stepsOfRun      = 1_000_000_000 // of a metric, over all rows
)

// expression is a compiled expression.
type expression struct {
	field   string
	program cel.Program
	// columns are those that it reads under other names: of extended resources.
	aliases map[string]string
}

// errMissing is the value of an empty cell, and of a metric that was not measured.
var errMissing = errors.New("no value")

var missingValue = types.WrapErr(errMissing)

// expression compiles the text of a field; nil if something is wrong.
func (c *customCompiler) expression(field, text string, want []*cel.Type, wanted string) *expression {
	switch {
	case strings.TrimSpace(text) == "":
		c.blame(field, 0, 0, "is empty")
		return nil
	case len(text) > expressionBytes:
		c.blame(field, 0, 0, "longer than %d bytes", expressionBytes)
		return nil
	}
	r := rewriter{compiler: c, field: field, columns: columnsOver(c.spec.Over), aliases: make(map[string]string)}
	env, err := cel.NewEnv(r.options()...)
	if err != nil {
		c.blame(field, 0, 0, "%v", err)
		return nil
	}
	ast, issues := env.Parse(unreserve(text))
	if c.blameIssues(field, issues, nil) {
		return nil
	}
	r.rewrite(ast.NativeRep())
	if r.failed {
		return nil
	}
	if env, err = env.Extend(r.aliasOptions()...); err != nil {
		c.blame(field, 0, 0, "%v", err)
		return nil
	}
	checked, issues := env.Check(ast)
	if c.blameIssues(field, issues, r.names()) {
		return nil
	}
	if got := checked.OutputType(); !slices.ContainsFunc(append(want, cel.DynType), got.IsExactType) {
		c.blame(field, 0, 0, "want %s; this is %s", wanted, typeName(got.String()))
		return nil
	}
	program, err := env.Program(checked, cel.CostLimit(stepsOfOne))
	if err != nil {
		c.blame(field, 0, 0, "%v", err)
		return nil
	}
	return &expression{field, program, r.aliases}
}

// options declare what an expression may use.
func (r *rewriter) options() []cel.EnvOption {
	options := []cel.EnvOption{
		cel.CrossTypeNumericComparisons(true), cel.ParserRecursionLimit(expressionDepth),
		cel.ParserErrorRecoveryLimit(4), cel.ExpressionNodeLimit(expressionNodes), cel.ClearMacros(),
		cel.Function("metric", cel.Overload("metric_string", []*cel.Type{cel.StringType}, cel.DoubleType)),
		cel.Function("column", cel.Overload("column_string", []*cel.Type{cel.StringType}, cel.DoubleType)),
	}
	for i := range r.columns {
		options = append(options, cel.Variable(r.columns[i].Name, celType(r.columns[i].Type)))
	}
	if len(r.columns) == 0 {
		return options
	}
	isMissing := cel.UnaryBinding(func(v ref.Val) ref.Val { return types.Bool(types.IsError(v)) })
	var overloads []cel.FunctionOpt
	for _, t := range []*cel.Type{cel.DoubleType, cel.StringType, cel.BoolType} {
		overloads = append(overloads, cel.Overload("missing_"+t.String(), []*cel.Type{t}, cel.BoolType, cel.OverloadIsNonStrict(), isMissing))
	}
	return append(options, cel.Function("missing", overloads...))
}

func celType(kind string) *cel.Type {
	switch kind {
	case typeText:
		return cel.StringType
	case typeBoolean:
		return cel.BoolType
	}
	return cel.DoubleType
}

// typeName names a type of CEL as the list of columns does.
func typeName(name string) string {
	switch name {
	case "double", "int", "uint":
		return "a number"
	case "string":
		return "a text"
	case "bool":
		return "a condition"
	}
	return name
}

// columnsOver lists the columns of a table that have words for names.
func columnsOver(table string) []Column {
	file := map[string]string{overPods: PodsFile, overNodes: NodesFile, overTimeseries: SeriesFile}[table]
	var out []Column
	for _, c := range Columns() {
		if c.File == file && !strings.Contains(c.Name, "<") {
			out = append(out, c)
		}
	}
	return out
}

var (
	undeclared = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	overload   = regexp.MustCompile(`^found no matching overload for '([^']*)' applied to '(.*)'$`)
	typeWords  = regexp.MustCompile(`\b(double|int|uint|string|bool)\b`)
)

// blameIssues translates what CEL found and reports whether there was anything.
func (c *customCompiler) blameIssues(field string, issues *cel.Issues, known []string) bool {
	if issues == nil || issues.Err() == nil {
		return false
	}
	list := issues.Errors()
	if len(list) == 0 {
		c.blame(field, 0, 0, "%v", issues.Err())
	}
	const most = 5
	for i, e := range list {
		if i == most {
			break
		}
		c.blame(field, e.Location.Line(), e.Location.Column()+1, "%s", translate(e, known))
	}
	return true
}

func translate(e *common.Error, known []string) string {
	e.Message = strings.ReplaceAll(e.Message, unreserved, reserved)
	if m := undeclared.FindStringSubmatch(e.Message); m != nil {
		what := fmt.Sprintf("there is no %s", strconv.Quote(m[1]))
		if guess := spelling.Guess(m[1], known); guess != "" {
			return what + fmt.Sprintf("; did you mean %s?", guess)
		}
		return what + "; podsim columns lists the columns of each table"
	}
	if m := overload.FindStringSubmatch(e.Message); m != nil {
		name := strings.Trim(m[1], "_")
		if name == "?_:" {
			name = "? :"
		}
		return fmt.Sprintf("%s does not apply to %s", name, typeWords.ReplaceAllStringFunc(m[2], func(t string) string {
			return strings.TrimPrefix(typeName(t), "a ")
		}))
	}
	message, _, _ := strings.Cut(e.Message, "\n")
	return strings.TrimPrefix(message, "Syntax error: ")
}
