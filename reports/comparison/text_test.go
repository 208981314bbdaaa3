package comparison_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/reports/comparison/madeup"
	"github.com/podsim/podsim/reports/golden"
)

func written(t *testing.T, c *comparison.Comparison, terminal reports.Terminal) string {
	t.Helper()
	var b bytes.Buffer
	if err := comparison.WriteText(&b, c, terminal); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	partial := madeup.New(2, 1)
	partial.Partial, partial.Stopped = true, "stopped early"
	partial.Cells[0].Inputs[0].Equal = false
	for name, c := range map[string]*comparison.Comparison{
		"four": madeup.Asserted(madeup.New(4, 30)), "two": madeup.New(2, 30), "one": madeup.New(1, 30), "partial": partial, "grid": madeup.Grid(madeup.New(2, 30)),
		"empty": {Policies: []comparison.Policy{{Name: "a"}}, Scenario: "s"},
	} {
		for _, terminal := range []reports.Terminal{{Width: 100, Unicode: true}, {Width: 72}, {Width: 40, Unicode: true}} {
			name := fmt.Sprintf("%s_%d.txt", name, terminal.Width)
			t.Run(name, func(t *testing.T) {
				text := written(t, c, terminal)
				fits(t, text, terminal)
				golden.Match(t, name, text)
			})
		}
	}
}

// fits checks that a terminal can show the lines.
func fits(t *testing.T, text string, terminal reports.Terminal) {
	t.Helper()
	golden.Fits(t, text, terminal.Width, terminal.Unicode, twwidth.Width)
}

func TestEveryWidthFits(t *testing.T) {
	many := madeup.New(12, 5)
	for i := range many.Policies {
		old := many.Policies[i].Name
		name := old + "-" + strings.Repeat("very-long-name-", i)
		madeup.Rename(many, old, name)
	}
	for width := 40; width <= 160; width += 8 {
		for _, c := range []*comparison.Comparison{madeup.New(4, 30), madeup.New(2, 30), many} {
			terminal := reports.Terminal{Width: width, Unicode: true}
			fits(t, written(t, c, terminal), terminal)
		}
	}
}

func TestColourOnlyWhereItIsAskedFor(t *testing.T) {
	c := madeup.New(4, 30)
	bare := written(t, c, reports.Terminal{Width: 100, Unicode: true})
	coloured := written(t, c, reports.Terminal{Width: 100, Unicode: true, Color: true})
	if strings.Contains(bare, "\x1b") || !strings.Contains(coloured, "\x1b[32mbetter\x1b[0m") {
		t.Error("colour where none was asked for, or none where it was")
	}
	if stripped := colourless(coloured); stripped != bare {
		t.Error("colour changes the text")
	}
}

func colourless(text string) string {
	for _, code := range []string{"0", "1", "2", "31", "32", "33"} {
		text = strings.ReplaceAll(text, "\x1b["+code+"m", "")
	}
	return text
}
