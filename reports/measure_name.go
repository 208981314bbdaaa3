package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/podsim/podsim/models/spelling"
)

// measureName is the name of a measure as a user writes it, taken apart.
type measureName struct {
	base, argument string
	label, value   string
	hasArgument    bool
	hasLabel       bool
}

// MeasureNamed reads the name of a measure, such as pending.p99, cost or
// evictions{cause="preemption"}, and returns its kind and the name as Measures
// writes it. Blanks do not matter, and quotes may be left out. utilisation(cpu) and
// utilisation.cpu, which assertions know as the state at a moment, are taken for its
// mean over the run. Whether a run has a measure of this name, its resource or its
// label is not known here.
func MeasureNamed(text string) (MeasureKind, string, error) {
	name, err := parseMeasureName(text)
	if err != nil {
		return MeasureKind{}, "", err
	}
	if resource, ok := strings.CutPrefix(name.base, "utilisation."); ok && !name.hasArgument && standard(resource) {
		name.base, name.argument, name.hasArgument = "utilisation", resource, true
	}
	if name.base == "utilisation" {
		name.base = "utilisation.mean"
	}
	k := findMeasure(name.base)
	if k == nil {
		return MeasureKind{}, "", unknownMeasure(name.base)
	}
	if err := k.check(&name); err != nil {
		return MeasureKind{}, "", err
	}
	return k.MeasureKind, k.spell(reading{argument: name.argument, label: name.label, value: name.value}), nil
}

func findMeasure(base string) *measureKind {
	for i := range measureTable {
		if measureTable[i].Name == base {
			return &measureTable[i]
		}
	}
	return nil
}

func parseMeasureName(text string) (measureName, error) {
	var n measureName
	rest, braces, has := strings.Cut(strings.TrimSpace(text), "{")
	if n.hasLabel = has; has {
		inside, ok := strings.CutSuffix(strings.TrimSpace(braces), "}")
		label, value, found := strings.Cut(inside, "=")
		if !ok || !found {
			return n, fmt.Errorf("%q has no label in braces (want such as {cause=\"preemption\"})", text)
		}
		n.label, n.value = strings.TrimSpace(label), strings.TrimSpace(value)
		if strings.HasPrefix(n.value, `"`) {
			unquoted, err := strconv.Unquote(n.value)
			if err != nil {
				return n, fmt.Errorf("%s is no text in quotes", n.value)
			}
			n.value = unquoted
		} else if strings.ContainsAny(n.value, `",`) {
			return n, fmt.Errorf("%q is no value of one label (want such as {cause=\"preemption\"})", n.value)
		}
	}
	rest, argument, has := strings.Cut(strings.TrimSpace(rest), "(")
	if n.hasArgument = has; has {
		inside, ok := strings.CutSuffix(argument, ")")
		if !ok {
			return n, fmt.Errorf("%q lacks a closing parenthesis at its end", text)
		}
		n.argument = strings.TrimSpace(inside)
	}
	n.base = strings.TrimSpace(rest)
	return n, nil
}

// check holds a name against what its kind may have.
func (k *MeasureKind) check(n *measureName) error {
	switch {
	case k.Argument != "" && n.argument == "":
		return fmt.Errorf("%s needs a %s, such as %s(cpu)", k.Name, k.Argument, k.Name)
	case k.Argument == "" && n.hasArgument:
		return fmt.Errorf("%q takes no argument (got %q)", k.Name, n.argument)
	case !n.hasLabel:
		return nil
	case len(k.Labels) == 0:
		return fmt.Errorf("%s has no labels (got {%s=%q})", k.Name, n.label, n.value)
	case !slices.Contains(k.Labels, n.label):
		return fmt.Errorf("%s has no label %q%s (known: %s)", k.Name, n.label, guessed(n.label, k.Labels), strings.Join(k.Labels, ", "))
	case len(k.Values) > 0 && !slices.Contains(k.Values, n.value):
		return fmt.Errorf("%s knows no %s %q%s (known: %s)", k.Name, n.label, n.value, guessed(n.value, k.Values), strings.Join(k.Values, ", "))
	}
	return nil
}

// guessed asks whether something else was meant.
func guessed(name string, known []string) string {
	if guess := spelling.Guess(name, known); guess != "" && guess != name {
		return fmt.Sprintf("; did you mean %q?", guess)
	}
	return ""
}

func unknownMeasure(name string) error {
	var known []string
	for i := range measureTable {
		known = append(known, measureTable[i].Spelling())
	}
	names := append(slices.Clone(known), "utilisation")
	for i := range measureTable {
		names = append(names, measureTable[i].Name)
	}
	if guess := guessed(name, names); guess != "" {
		return fmt.Errorf("unknown metric %q%s", name, guess)
	}
	return fmt.Errorf("unknown metric %q (known: %s)", name, strings.Join(known, ", "))
}
