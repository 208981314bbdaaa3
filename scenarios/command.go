package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/podsim/podsim/models"
	"github.com/podsim/podsim/models/limits"
	"github.com/podsim/podsim/models/spelling"
	"github.com/podsim/podsim/models/yamlnode"
)

// atFlag is the flag of the command line that gives a step.
const atFlag = "--at "

// commandSteps compiles a step of the command line: a moment and what kubectl is
// told. What names several objects is as many steps.
func (l *loader) commandSteps(text string) []*userStep {
	l.digest.add("at", text)
	label := atFlag + shorten(text)
	at, command, specs, err := parseStep(label, text)
	if err != nil {
		l.problems = append(l.problems, yamlnode.Problem{File: label, What: err.Error()})
		return nil
	}
	var steps []*userStep
	for _, spec := range specs {
		spec.At = &at
		steps = append(steps, &userStep{at: models.Time(at), spec: spec, action: spec.actionsOf()[0], text: command, label: label})
	}
	return steps
}

var errNoCommand = errors.New("want a moment and what kubectl is told, such as 10m 'scale deployment/web --replicas=20'")

// parseStep takes a step of the command line apart.
func parseStep(label, text string) (at time.Duration, command string, specs []*StepSpec, err error) {
	moment, command, ok := strings.Cut(strings.TrimSpace(text), " ")
	if !ok {
		return 0, "", nil, errNoCommand
	}
	if at, err = yamlnode.Duration(moment); err != nil {
		return 0, "", nil, fmt.Errorf("moment %s: %w", quote(moment), err)
	}
	command = strings.TrimSpace(command)
	words, err := splitWords(command)
	if err != nil {
		return 0, "", nil, err
	}
	if len(words) > 0 && words[0] == "kubectl" {
		words = words[1:]
	}
	specs, err = parseCommand(label, words)
	return at, command, specs, err
}

// CheckStep says what is wrong with a step of the command line, such as 10m 'scale
// deployment/web --replicas=20', before it is known which objects there are.
func CheckStep(text string) error {
	_, _, _, err := parseStep(atFlag+shorten(text), text)
	return err
}

// splitWords splits a command line as a shell does: at blanks that are neither quoted
// nor escaped.
func splitWords(text string) ([]string, error) {
	var words []string
	var word strings.Builder
	quoted, inWord, escaped := rune(0), false, false
	for _, c := range text {
		switch {
		case escaped:
			if quoted == '"' && c != '"' && c != '\\' {
				word.WriteRune('\\')
			}
			word.WriteRune(c)
			escaped = false
		case c == '\\' && quoted != '\'':
			escaped, inWord = true, true
		case quoted != 0 && c == quoted:
			quoted = 0
		case quoted == 0 && (c == '\'' || c == '"'):
			quoted, inWord = c, true
		case quoted == 0 && unicode.IsSpace(c):
			if inWord {
				words = append(words, word.String())
			}
			word.Reset()
			inWord = false
		default:
			word.WriteRune(c)
			inWord = true
		}
	}
	switch {
	case quoted != 0:
		return nil, fmt.Errorf("the quote %c is not closed", quoted)
	case escaped:
		return nil, errors.New("nothing follows the last backslash")
	case inWord:
		words = append(words, word.String())
	}
	return words, nil
}

// command is what kubectl is told, taken apart.
type command struct {
	label string
	name  string   // rollout undo
	args  []string // what is no flag
	flags map[string]string
}

// commandKind is one of the commands that are known.
type commandKind struct {
	name     string   // one or two words
	flags    []string // that it takes, beside -n of those with a target
	switches []string // flags without a value
	parse    func(c *command) ([]*StepSpec, error)
}

// shortFlags are the flags that have a letter.
var shortFlags = map[string]string{"n": "namespace", "f": "filename", "p": "patch"}

// commandKinds are the commands that steps are made of.
func commandKinds() []commandKind {
	return []commandKind{
		{"apply", []string{"filename"}, nil, parseApply},
		{"patch", []string{"patch", "type", "subresource", "namespace"}, nil, parsePatch},
		{"annotate", []string{"namespace"}, []string{"overwrite"}, parseAnnotate},
		{"set image", []string{"namespace"}, nil, parseSetImage},
		{"scale", []string{"replicas", "namespace"}, nil, parseScale},
		{"rollout undo", []string{"to-revision", "namespace"}, nil, parseRollout},
		{"rollout pause", []string{"namespace"}, nil, parseRollout},
		{"rollout resume", []string{"namespace"}, nil, parseRollout},
		{"rollout restart", []string{"namespace"}, nil, parseRollout},
		{"delete", []string{"grace-period", "cascade", "namespace"}, []string{"force", "now"}, parseDelete},
		{"debug", []string{"image", "container", "target", "for", "namespace"}, nil, parseDebug},
		{"evict", []string{"grace-period", "namespace"}, nil, parseEvict},
		{"drain", []string{"grace-period", "timeout", "pod-selector", "skip-wait-for-delete-timeout"},
			[]string{"ignore-daemonsets", "delete-emptydir-data", "force", "disable-eviction"}, parseDrain},
		{"cordon", nil, nil, parseCordon},
		{"uncordon", nil, nil, parseCordon},
		{"label", []string{"namespace"}, []string{"overwrite"}, parseLabel},
		{"taint", nil, []string{"overwrite"}, parseTaint},
		{"fault", []string{"name", "action", "scope", "for", "shutdown-grace-period", "shutdown-grace-period-critical-pods"}, nil, parseFault},
	}
}

// parseCommand reads what kubectl is told.
func parseCommand(label string, words []string) ([]*StepSpec, error) {
	if len(words) == 0 {
		return nil, errNoCommand
	}
	kind, rest, err := findCommand(words)
	if err != nil {
		return nil, err
	}
	c := &command{label: label, name: kind.name, flags: make(map[string]string)}
	if err := c.read(kind, rest); err != nil {
		return nil, fmt.Errorf("%s: %w", kind.name, err)
	}
	specs, err := kind.parse(c)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", kind.name, err)
	case len(specs) > limits.Steps:
		return nil, fmt.Errorf("%s: more than %d steps", kind.name, limits.Steps)
	}
	return specs, nil
}

func findCommand(words []string) (kind commandKind, rest []string, err error) {
	var known, second []string
	for _, kind := range commandKinds() {
		first, sub, two := strings.Cut(kind.name, " ")
		switch {
		case !two && first == words[0]:
			return kind, words[1:], nil
		case two && first == words[0] && len(words) > 1 && sub == words[1]:
			return kind, words[2:], nil
		case two && first == words[0]:
			second = append(second, sub)
		}
		known = append(known, kind.name)
	}
	switch {
	case len(second) > 0 && len(words) > 1:
		return kind, nil, errors.New(unknown(words[0]+" command", words[1], second))
	case len(second) > 0:
		return kind, nil, fmt.Errorf("%s what? Want %s", words[0], strings.Join(second, ", "))
	}
	return kind, nil, errors.New(unknownAction("command", words[0], known))
}

// read tells flags from arguments.
func (c *command) read(kind commandKind, words []string) error {
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		if len(word) < 2 || word[0] != '-' {
			c.args = append(c.args, word)
			continue
		}
		name, value, given := strings.Cut(strings.TrimLeft(word, "-"), "=")
		if short := shortFlags[name]; short != "" && !strings.HasPrefix(word, "--") {
			name = short
		}
		isSwitch := slices.Contains(kind.switches, name)
		switch {
		case !isSwitch && !slices.Contains(kind.flags, name):
			return unknownFlag(word, slices.Concat(kind.flags, kind.switches))
		case isSwitch && !given:
			value = "true"
		case isSwitch && value != "true" && value != "false":
			return fmt.Errorf("--%s: got %s; want true or false", name, quote(value))
		case isSwitch:
		case !given && len(words) == 0:
			return fmt.Errorf("--%s: its value is missing", name)
		case !given:
			value, words = words[0], words[1:]
		}
		if _, twice := c.flags[name]; twice {
			return fmt.Errorf("--%s is given twice", name)
		}
		c.flags[name] = value
	}
	return nil
}

func unknownFlag(word string, known []string) error {
	name, _, _ := strings.Cut(word, "=")
	text := "unknown flag " + quote(name)
	if guess := spelling.Guess(strings.TrimLeft(name, "-"), known); guess != "" {
		return errors.New(text + "; did you mean --" + guess + "?")
	}
	if len(known) == 0 {
		return errors.New(text + " (there is none)")
	}
	return errors.New(text + " (known: --" + strings.Join(known, ", --") + ")")
}
