package page_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/reports/comparison/madeup"
	"github.com/podsim/podsim/reports/hostile"
	"github.com/podsim/podsim/reports/page"
)

func comparisonPage(t *testing.T, c *comparison.Comparison) *written {
	t.Helper()
	p := write(t, func(w io.Writer) error { return page.Comparison(w, c) })
	p.checkPolicy(t)
	return p
}

func TestComparisonsOfAnySize(t *testing.T) {
	for _, policies := range []int{1, 2, 4, 12} {
		for _, seeds := range []int{1, 10, 300} {
			c := madeup.New(policies, seeds)
			p := comparisonPage(t, c)
			p.says(t, "bin-packing", "What was compared", "pending.p99", "Methods", "by seed")
			if rows := strings.Count(p.text, `aria-label="pending.p99 with`); rows != policies {
				t.Errorf("%d policies, %d seeds: %d rows of pending.p99", policies, seeds, rows)
			}
			if policies > 1 {
				p.says(t, "difference to default")
			}
			if dots := strings.Count(p.text, "h0"); seeds > 1 && dots < policies*seeds {
				t.Errorf("%d policies, %d seeds: %d dots", policies, seeds, dots)
			}
			if len(p.text) > 2<<20 {
				t.Errorf("%d policies, %d seeds: a page of %d bytes", policies, seeds, len(p.text))
			}
		}
	}
}

func TestLargeComparisonsStaySmall(t *testing.T) {
	c := madeup.New(12, 100)
	one := c.Cells[0]
	c.Cells = nil
	for _, nodes := range strings.Split(strings.Repeat("1 ", 60), " ") {
		cell := one
		cell.Settings = []comparison.Setting{{Axis: "nodes", Value: nodes}}
		c.Cells = append(c.Cells, cell)
	}
	p := comparisonPage(t, c)
	p.says(t, "would make this page too large", "Across the grid")
	if len(p.text) > 12<<20 {
		t.Errorf("a page of %d bytes", len(p.text))
	}
}

func TestVerdictsOfComparisonsStandOnTop(t *testing.T) {
	c := madeup.Asserted(madeup.New(2, 10))
	comparisonPage(t, c).says(t, "1 of 2 assertions failed.", "Assertions of the scenario failed in some runs.")
	c.Assertions[1].Passed, c.Cells[0].Failures = true, nil
	comparisonPage(t, c).says(t, "All of 2 assertions passed.")
	comparisonPage(t, madeup.New(2, 10)).says(t, "binpack is better than default in some metrics and worse in others.")
	comparisonPage(t, madeup.New(12, 1)).says(t, "binpack, spread, gold-first and 8 more cannot be told from default on 1 seed.")
	comparisonPage(t, madeup.New(1, 10)).says(t, "One policy: there is nothing to compare it to.")
	c.Partial = true
	comparisonPage(t, c).says(t, "Unfinished: after 20 runs.")
}

func TestAGridIsShownAcrossItsPoints(t *testing.T) {
	comparisonPage(t, madeup.Grid(madeup.New(3, 10))).says(t, "Across the grid", "nodes=40", "nodes=80", "Seed by seed: 9 metrics")
}

func TestNoNameOfAComparisonIsMarkup(t *testing.T) {
	named := func(name string) *written {
		c := madeup.Grid(madeup.Asserted(madeup.New(3, 3)))
		madeup.Rename(c, "binpack", name)
		madeup.Rename(c, "default", "base"+name)
		c.Name, c.Scenario, c.Description, c.Notes = "n"+name, "s"+name, "d"+name, []string{"note" + name}
		for i := range c.Cells {
			c.Cells[i].Settings = []comparison.Setting{{Axis: name, Value: name}}
			c.Cells[i].Metrics[1].Name = "m" + name
		}
		c.Assertions[0].Text = "a" + name
		return comparisonPage(t, c)
	}
	want := named("harmless").elements
	for _, name := range hostile.Names {
		if name == "" { // which is not set off
			continue
		}
		if got := named(name).elements; got != want {
			t.Errorf("%q changes the elements of the page: %s", name, firstDifference(got, want))
		}
	}
}

func TestBatteredComparisonsHaveAPage(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := madeup.Grid(madeup.Asserted(madeup.New(rapid.IntRange(1, 4).Draw(r, "policies"), rapid.IntRange(1, 4).Draw(r, "seeds"))))
		madeup.Batter(r, c)
		var b bytes.Buffer
		if err := page.Comparison(&b, c); err != nil {
			r.Fatal(err)
		}
		for _, number := range []string{`="NaN`, `="Inf`, `="+Inf`, `="-Inf`, "NaNh0"} {
			if strings.Contains(b.String(), number) {
				r.Fatalf("a number that is none: %s", number)
			}
		}
	})
}

func TestEqualComparisonsHaveEqualPages(t *testing.T) {
	a, b := comparisonPage(t, madeup.New(4, 10)), comparisonPage(t, madeup.New(4, 10))
	if a.text != b.text {
		t.Error("two pages of one comparison differ")
	}
}

// Whatever a file of a comparison says, it is refused or has a page.
func FuzzComparison(f *testing.F) {
	var text bytes.Buffer
	if err := comparison.WriteJSON(&text, madeup.Grid(madeup.Asserted(madeup.New(2, 2)))); err != nil {
		f.Fatal(err)
	}
	f.Add(text.Bytes())
	f.Add([]byte(`{"policies": [{}], "cells": [{"metrics": [{}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := comparison.ReadJSON(text)
		if err != nil {
			return
		}
		if err := page.Comparison(io.Discard, c); err != nil {
			t.Error(err)
		}
	})
}

// What is decided is drawn before what is not, and openly.
func TestDecidedMetricsComeFirst(t *testing.T) {
	text := comparisonPage(t, madeup.New(4, 30)).text
	cost, balance := strings.Index(text, `aria-label="cost with default`), strings.Index(text, `aria-label="balance(cpu) with default`)
	if cost < 0 || balance < cost {
		t.Errorf("balance, which is neither good nor bad, comes at %d, before cost at %d", balance, cost)
	}
}
